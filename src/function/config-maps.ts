/** A source that is one ConfigMap or several. */
import type { Finding } from '../outcome/finding.ts';
import { digestOf, parentFolders, sortedFiles, type SourceFiles } from './files.ts';
import type { Source } from './source.ts';

/** One ConfigMap of a source, as far as it could be read. */
export type ConfigMapSource =
  | ConfigMapFiles
  | { readonly type: 'missing'; readonly name: string }
  | Extract<Source, { readonly type: 'unreachable' | 'invalid' }>;

export interface ConfigMapFiles {
  readonly type: 'files';
  readonly name: string;
  readonly files: SourceFiles;
  readonly digest: string;
  /** Whether it has the Function's label. */
  readonly labelled: boolean;
  /** Of its annotation `buildless.dev/refresh`. */
  readonly refresh: number;
}

/** ConfigMaps that were put together before, by the first of them: the files of one that did not change are the same object. */
const known = new WeakMap<ConfigMapFiles, { readonly of: readonly ConfigMapFiles[]; readonly source: Source }>();

/** Puts the ConfigMaps of a source together; if any cannot be read, the source cannot. */
export function sourceOfConfigMaps(configMaps: readonly ConfigMapSource[]): Source {
  const parts: ConfigMapFiles[] = [];
  const findings: Finding[] = [];
  for (const configMap of configMaps) {
    if (configMap.type === 'files') parts.push(configMap);
    else if (configMap.type === 'invalid') findings.push(...configMap.findings);
    else return configMap;
  }
  const [first] = parts;
  if (first === undefined || parts.length < configMaps.length) return { type: 'invalid', findings };
  const before = known.get(first);
  if (before !== undefined && isSame(before.of, parts)) return before.source;
  const source = together(first, parts);
  known.set(first, { of: parts, source });
  return source;
}

const isSame = (one: readonly ConfigMapFiles[], other: readonly ConfigMapFiles[]): boolean =>
  one.length === other.length && one.every((part, index) => part === other[index]);

function together(first: ConfigMapFiles, all: readonly ConfigMapFiles[]): Source {
  const parts = all.map(({ name, digest }) => ({ name, digest }));
  const rest = {
    parts,
    labelled: all.every(({ labelled }) => labelled),
    refresh: all.reduce((sum, { refresh }) => sum + refresh, 0),
  };
  if (all.length === 1) return { type: 'files', files: first.files, digest: first.digest, ...rest };
  const owners = new Map<string, string>();
  const files = new Map<string, Uint8Array>();
  const findings: Finding[] = [];
  for (const part of all) {
    for (const [file, content] of part.files) {
      const owner = owners.get(file);
      if (owner !== undefined) findings.push(heldTwice(file, part.name, owner));
      else files.set(file, content);
      owners.set(file, owner ?? part.name);
    }
  }
  for (const [file, name] of owners) {
    const folder = parentFolders(file).find((parent) => owners.has(parent));
    const owner = folder === undefined ? undefined : owners.get(folder);
    if (folder !== undefined && owner !== undefined) findings.push(fileAndFolder(file, name, folder, owner));
  }
  if (findings.length > 0) return { type: 'invalid', findings };
  const sorted = sortedFiles(files);
  return { type: 'files', files: sorted, digest: digestOf(sorted), ...rest };
}

const heldTwice = (file: string, name: string, owner: string): Finding => ({
  code: 'source-invalid',
  object: { kind: 'ConfigMap', name },
  problem: `the file ${file} is also in configmap/${owner}`,
  fix: 'remove or rename the key in one of the two',
});

const fileAndFolder = (file: string, name: string, folder: string, owner: string): Finding => ({
  code: 'source-invalid',
  object: { kind: 'ConfigMap', name },
  problem: `${folder} is a file of configmap/${owner}, and ${file} needs it to be a folder`,
  fix: 'rename one of the two keys',
});
