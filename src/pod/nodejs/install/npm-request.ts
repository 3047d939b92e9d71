import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NPM_LOCKS } from '../../../dependencies/npm/file-names.ts';
import { INSTALLED_GROUPS } from '../../../dependencies/npm/groups.ts';
import { type Refusal, isRefusal, refuse } from '../../program/refusal.ts';
import { isJsonObject, type JsonObject } from '../../../json/object.ts';

/** What package.json and the lock file ask of npm. */
export interface NpmRequest {
  /** Name of the lock file that npm will follow. */
  readonly lock?: string;
  /** Packages that the lock file would install; unknown for version 1 of the format. */
  readonly locked?: number;
  /** `NAME@VERSION` by the integrity that the lock file has for it: npm's own message names only the latter. */
  readonly packages: ReadonlyMap<string, string>;
}

/** Without any of these npm has nothing to do. */
const DEPENDENCY_FIELDS = [...INSTALLED_GROUPS, 'workspaces'];

/** @returns undefined if there is nothing to install */
export async function readNpmRequest(folder: string): Promise<NpmRequest | Refusal | undefined> {
  if (!existsSync(path.join(folder, 'package.json'))) return undefined;
  const packageJson = await readJson(folder, 'package.json');
  if (isRefusal(packageJson)) return packageJson;
  const asks = DEPENDENCY_FIELDS.some((field) => Object.keys(asObject(packageJson.value[field])).length > 0);
  if (!asks) return undefined;
  const lock = NPM_LOCKS.find((name) => existsSync(path.join(folder, name)));
  if (lock === undefined) return { packages: new Map() };
  const content = await readJson(folder, lock);
  if (isRefusal(content)) return content;
  const { packages } = content.value;
  if (!isJsonObject(packages)) return { lock, packages: new Map() };
  const locked = Object.entries(packages).filter(
    ([place, entry]) => place !== '' && isJsonObject(entry) && entry.dev !== true && entry.link !== true,
  );
  const names = locked.flatMap(([place, entry]) => {
    const { integrity, version } = asObject(entry);
    if (typeof integrity !== 'string') return [];
    return [[integrity, `${place.split('node_modules/').at(-1) ?? place}@${String(version)}`] as const];
  });
  return { lock, locked: locked.length, packages: new Map(names) };
}

/** Packages that npm has put into a folder, as it records them itself. */
export async function countInstalled(folder: string): Promise<number> {
  const record = path.join(folder, 'node_modules');
  if (!existsSync(path.join(record, '.package-lock.json'))) return 0;
  const content = await readJson(record, '.package-lock.json');
  return isRefusal(content) ? 0 : Object.keys(asObject(content.value.packages)).length;
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

async function readJson(folder: string, name: string): Promise<{ readonly value: JsonObject } | Refusal> {
  try {
    // npm accepts a byte order mark, JSON.parse does not.
    const value: unknown = JSON.parse((await readFile(path.join(folder, name), 'utf8')).replace(/^\uFEFF/, ''));
    return isJsonObject(value) ? { value } : refuse(`${name} is not a JSON object; correct it`);
  } catch (error) {
    if (error instanceof SyntaxError) return refuse(`${name} is not valid JSON: ${error.message}; correct it`);
    throw error;
  }
}
