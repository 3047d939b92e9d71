import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isObject, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { goModule } from './go-program.ts';

export interface GoModule {
  readonly version: string;
  /** What its zip has, in Go's module cache. */
  readonly folder: string;
}

/**
 * A module that a folder of this directory requires, as Go's module proxy has it: fetched if it is not there yet.
 *
 * @throws where Go cannot get it
 */
export function requiredModule(by: string, name: string): GoModule {
  const { status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', name], {
    cwd: goModule(by),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`go mod download ${name}: ${stderr}${stdout}`);
  const { Version: version, Dir: folder } = JSON.parse(stdout) as { readonly Version: string; readonly Dir: string };
  return { version, folder };
}

/** The Kubernetes objects of a YAML file of a module, or of all that are directly in a folder of it, by name. */
export function manifestsOf({ folder }: GoModule, name: string): readonly KubernetesObject[] {
  const place = path.join(folder, name);
  const files = statSync(place).isDirectory()
    ? readdirSync(place)
        .filter((file) => file.endsWith('.yaml'))
        .sort()
        .map((file) => path.join(place, file))
    : [place];
  return files.flatMap((file) => {
    const documents = parseAllDocuments(readFileSync(file, 'utf8'));
    return ('empty' in documents ? [] : documents).map((document): unknown => document.toJS()).filter(isObject);
  });
}
