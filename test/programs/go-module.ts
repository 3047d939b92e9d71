import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  const { Version: version, Dir: folder } = download(name, goModule(by));
  return { version, folder };
}

export interface PinnedModule {
  readonly module: string;
  readonly version: string;
  /** As go.sum has it. */
  readonly sum: string;
}

/**
 * A module by itself, without those that it requires.
 *
 * @throws where Go cannot get it, or gets another one
 */
export function pinnedModule({ module, version, sum }: PinnedModule): GoModule {
  const found = download(`${module}@${version}`, tmpdir());
  if (found.Sum !== sum) throw new Error(`${module}@${version} is ${found.Sum}, and not ${sum}`);
  return { version, folder: found.Dir };
}

interface Downloaded {
  readonly Version: string;
  readonly Sum: string;
  readonly Dir: string;
}

function download(name: string, cwd: string): Downloaded {
  const { status, stdout, stderr } = spawnSync('go', ['mod', 'download', '-json', name], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`go mod download ${name}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Downloaded;
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
