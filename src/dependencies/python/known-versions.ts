import type { SourceFiles } from '../../function/files.ts';
import { normalizeName } from './format/names.ts';
import { isTable, parseToml } from './format/toml.ts';
import { isVersion } from './format/versions.ts';

/** A version that a lock file of another tool names for a package (by its normal name), for advice only. */
export type KnownVersions = (name: string) => { readonly text: string; readonly file: string } | undefined;

/** Locks that the installer does not read, but whose versions are those that the author tested. */
const TOML_LOCKS = ['uv.lock', 'poetry.lock', 'pdm.lock'];
const PIPENV_LOCK = 'Pipfile.lock';

/** Reads the files only when a version is asked for. */
export function knownVersions(files: SourceFiles): KnownVersions {
  let versions: ReadonlyMap<string, { readonly text: string; readonly file: string }> | undefined;
  return (name) => {
    versions ??= readAll(files);
    return versions.get(name);
  };
}

function readAll(files: SourceFiles): Map<string, { readonly text: string; readonly file: string }> {
  const versions = new Map<string, { readonly text: string; readonly file: string }>();
  const add = (name: unknown, version: unknown, file: string): void => {
    if (typeof name !== 'string' || typeof version !== 'string' || !isVersion(version)) return;
    const key = normalizeName(name);
    if (!versions.has(key)) versions.set(key, { text: version, file });
  };
  for (const file of TOML_LOCKS) {
    const bytes = files.get(file);
    const lock = bytes === undefined ? undefined : parseToml(file, bytes);
    const packages: unknown = lock !== undefined && 'table' in lock ? lock.table.package : undefined;
    for (const item of Array.isArray(packages) ? packages : []) if (isTable(item)) add(item.name, item.version, file);
  }
  for (const [name, item] of pipenvPackages(files.get(PIPENV_LOCK))) {
    const version = isTable(item) ? item.version : undefined;
    if (typeof version === 'string') add(name, version.replace(/^==/, ''), PIPENV_LOCK);
  }
  return versions;
}

function pipenvPackages(bytes: Uint8Array | undefined): [string, unknown][] {
  if (bytes === undefined) return [];
  try {
    const lock: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const packages = isTable(lock) ? lock.default : undefined;
    return isTable(packages) ? Object.entries(packages) : [];
  } catch {
    // Nothing installs from it, so its mistakes are not findings.
    return [];
  }
}
