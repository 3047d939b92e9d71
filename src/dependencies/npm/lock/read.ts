import type { SourceFiles } from '../../../function/files.ts';
import type { Budget } from '../../budget.ts';
import { isJsonObject } from '../../../json/object.ts';
import { NPM_LOCKS } from '../file-names.ts';
import { type JsonFile, type JsonProblem, nameOf, readJsonFile } from '../json-file.ts';
import { entryOf, type LockEntry } from './entry.ts';
import { buildLockTree } from './tree.ts';

/** Locks of other package managers, which npm does not follow. */
export const FOREIGN_LOCKS = {
  'bun.lock': 'bun',
  'bun.lockb': 'bun',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
} as const;

/** A lock of a form that pins: version 2 or 3, with its `packages`. */
export interface Lock {
  readonly file: string;
  /** What it has, by location; the source's own entry `''` is always there. */
  readonly packages: ReadonlyMap<string, LockEntry>;
  readonly root: LockEntry;
  /** Locations of which npm can make nothing. */
  readonly unreadable: readonly { readonly location: string; readonly reason: string }[];
  /** All that is in the file. */
  readonly json: JsonFile;
}

/** Of names: `packages`, a location, a field, and what is asked for. */
const DEPTH = 4;

/** Of reading an entry and of looking at it alone. */
const ENTRY_STEPS = 20;

/** A lock that does not pin, or that is not JSON. */
export type LockProblem = JsonProblem & { readonly file: string; readonly old: boolean };

/** The lock that npm would follow; undefined if the source has none. */
export function readLock(files: SourceFiles, budget: Budget): Lock | LockProblem | undefined {
  for (const file of NPM_LOCKS) {
    const content = files.get(file);
    if (content === undefined) continue;
    const json = readJsonFile(file, content, DEPTH);
    return 'problem' in json ? { ...json, file, old: false } : lockOf(json, budget);
  }
  return undefined;
}

function lockOf(json: JsonFile, budget: Budget): Lock | LockProblem {
  const { file } = json;
  const { lockfileVersion, packages } = json.value;
  if (lockfileVersion !== 2 && lockfileVersion !== 3) {
    return {
      ...json.positionOf(['lockfileVersion']),
      file,
      old: true,
      problem:
        lockfileVersion === undefined
          ? 'it has no lockfileVersion'
          : `its lockfileVersion is ${JSON.stringify(lockfileVersion).slice(0, 40)}, and only 2 and 3 hold what a check needs`,
      fix: 'write it again with npm 7 or newer: npm install --package-lock-only --lockfile-version=3',
    };
  }
  if (!isJsonObject(packages)) {
    return {
      ...json.positionOf(['packages']),
      file,
      old: true,
      problem: 'it has no "packages"',
      fix: `delete it and run npm install --package-lock-only`,
    };
  }
  const entries: LockEntry[] = [];
  const unreadable: { location: string; reason: string }[] = [];
  for (const [location, entry] of Object.entries(packages)) {
    budget.spend(ENTRY_STEPS);
    if (isJsonObject(entry)) entries.push(entryOf(location, entry));
    else unreadable.push({ location, reason: `it is ${nameOf(entry)}, expected an object` });
  }
  const { root, all } = buildLockTree(entries);
  return { file, packages: all, root, unreadable, json };
}
