import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../json/object.ts';
import type { PackageJson } from '../../dependencies/npm/package-json.ts';
import { addressAskedFor } from '../../installers/registry-address.ts';

/** What bun is to install. */
export interface BunInput {
  readonly packageJson: PackageJson;
  /** Entries of package-lock.json by location; undefined if there is no lock. */
  readonly packages: ReadonlyMap<string, JsonObject> | undefined;
  /** Where packages without a scope come from. */
  readonly registry: string;
  /** The `.npmrc` of the source, which may not exist. */
  readonly npmrc: string;
}

/**
 * Makes the folder that bun works in. It holds what was judged and nothing else: bun reads many a file that npm does not know
 * (bunfig.toml, bun.lock, yarn.lock, .env), and fields of package.json as well.
 *
 * @param folder new; on the volume where the packages go
 */
export function makeBunFolder(folder: string, { packageJson, packages, registry, npmrc }: BunInput): void {
  mkdirSync(folder);
  // Where bun looks for settings if it is not told of a file.
  writeFileSync(path.join(folder, 'bunfig.toml'), '');
  if (existsSync(npmrc)) copyFileSync(npmrc, path.join(folder, '.npmrc'));
  const root = rootOf(packageJson);
  writeJson(path.join(folder, 'package.json'), root);
  if (packages === undefined) return;
  const entries = [...packages].flatMap(([location, entry]) =>
    location === '' || entry.dev === true ? [] : [[location, withAddress(entry, registry)] as const],
  );
  const lock = { lockfileVersion: 3, requires: true, packages: Object.fromEntries([['', root], ...entries]) };
  writeJson(path.join(folder, 'package-lock.json'), lock);
}

/** What package.json asks for, in the groups that npm counts each package to. */
function rootOf({ installed }: PackageJson): Readonly<Partial<Record<string, Readonly<Record<string, unknown>>>>> {
  const groups: Partial<Record<string, Record<string, unknown>>> = {};
  for (const { name, spec, group, optionalPeer } of installed.values()) {
    (groups[group] ??= {})[name] = spec;
    if (optionalPeer) (groups.peerDependenciesMeta ??= {})[name] = { optional: true };
  }
  return groups;
}

const withAddress = (entry: JsonObject, registry: string): JsonObject =>
  typeof entry.resolved === 'string' ? { ...entry, resolved: addressAskedFor(entry.resolved, registry) } : entry;

const writeJson = (file: string, value: unknown): void => {
  writeFileSync(file, JSON.stringify(value));
};
