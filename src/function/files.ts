import { createHash } from 'node:crypto';
import type { Finding } from '../outcome/finding.ts';

/** A Function's source: relative path with `/` to content, sorted by path. */
export type SourceFiles = ReadonlyMap<string, Uint8Array>;

/** The part of a ConfigMap that is a source. */
export interface ConfigMapData {
  readonly data?: Readonly<Record<string, string>>;
  /** Base64. */
  readonly binaryData?: Readonly<Record<string, string>>;
}

/**
 * Turns a ConfigMap key into a path: `..` stands for `/`, as keys cannot hold a slash.
 *
 * @example pathOfKey('lib..deep..x.js') // 'lib/deep/x.js'
 * @returns undefined if the key names no file inside the source's folder
 */
export function pathOfKey(key: string): string | undefined {
  const segments = key.split('..');
  const climbs = segments.some(
    (segment) => segment === '' || segment === '.' || segment === '..' || /[/\\\0]/.test(segment),
  );
  return climbs ? undefined : segments.join('/');
}

/**
 * Reads the files of a source out of a ConfigMap.
 *
 * @param name of the ConfigMap, for findings
 * @returns the files, or every key that cannot be one
 */
export function filesOfConfigMap(
  name: string,
  configMap: ConfigMapData,
): { readonly files: SourceFiles } | { readonly findings: readonly Finding[] } {
  const entries = [
    ...Object.entries(configMap.data ?? {}).map(([key, text]) => ({
      key,
      list: 'data' as const,
      content: Buffer.from(text, 'utf8'),
    })),
    ...Object.entries(configMap.binaryData ?? {}).map(([key, text]) => ({
      key,
      list: 'binaryData' as const,
      content: Buffer.from(text, 'base64'),
    })),
  ];
  return collectFiles(name, entries);
}

/** One key of a ConfigMap, as the API has it or as the kubelet mounts it. */
export interface SourceEntry {
  readonly key: string;
  readonly list: keyof ConfigMapData;
  readonly content: Uint8Array;
}

/**
 * The same for keys from anywhere; shared by admission and by `buildless-prepare`.
 *
 * @param name of the ConfigMap, for findings
 */
export function collectFiles(
  name: string,
  entries: readonly SourceEntry[],
): { readonly files: SourceFiles } | { readonly findings: readonly Finding[] } {
  const object = { kind: 'ConfigMap', name } as const;
  const findings: Finding[] = [];
  const files = new Map<string, Uint8Array>();
  for (const { key, list, content } of entries) {
    const path = pathOfKey(key);
    if (path === undefined) {
      findings.push({
        code: 'source-invalid',
        object,
        field: [list, { key }],
        problem: `the key "${key}" does not name a file inside the source`,
        fix: 'rename it; ".." stands for "/" and may stand only between two names',
      });
    } else if (files.has(path)) {
      findings.push({
        code: 'source-invalid',
        object,
        field: [list, { key }],
        problem: `a second key gives the file ${path}`,
        fix: 'remove one of the two',
      });
    } else {
      files.set(path, content);
    }
  }
  for (const path of files.keys()) {
    const folder = parentFolders(path).find((parent) => files.has(parent));
    if (folder !== undefined) {
      findings.push({
        code: 'source-invalid',
        object,
        problem: `${folder} is a file, and ${path} needs it to be a folder`,
        fix: 'rename one of the two keys',
      });
    }
  }
  if (entries.length === 0) {
    findings.push({
      code: 'source-invalid',
      object,
      problem: 'the source is empty',
      fix: "add the handler's file as a key",
    });
  }
  return findings.length > 0 ? { findings } : { files: sortedFiles(files) };
}

/** In the order that a digest needs. */
export const sortedFiles = (files: SourceFiles): SourceFiles =>
  new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));

/** Every folder above a file, the outer ones first. */
export function parentFolders(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

/**
 * Digest of a source, the same wherever it is computed: SHA-256 over path, size and content of each file in the order
 * of the paths.
 *
 * @returns `sha256:` and 64 hexadecimal digits
 */
export function digestOf(files: SourceFiles): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) {
    hash.update(`${path}\0${content.byteLength}\0`);
    hash.update(content);
  }
  return `sha256:${hash.digest('hex')}`;
}
