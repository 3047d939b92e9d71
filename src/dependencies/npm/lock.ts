import type { SourceFiles } from '../../function/files.ts';
import { isJsonObject, type JsonFile, type JsonObject, type JsonProblem, readJsonFile } from './json-file.ts';

/** npm prefers the first (https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json). */
export const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'] as const;

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
  readonly json: JsonFile;
  /** Location inside the source, `''` for its root, to what is installed there. */
  readonly packages: JsonObject;
}

/** Names below `packages`, a location and a field. */
const DEPTH = 3;

/** Reads the lock that npm would follow; undefined where there is none. */
export function readLock(
  files: SourceFiles,
): Lock | (JsonProblem & { readonly file: string; readonly old: boolean }) | undefined {
  for (const file of LOCK_FILES) {
    const content = files.get(file);
    if (content === undefined) continue;
    const json = readJsonFile(file, content, DEPTH);
    return 'problem' in json ? { ...json, file, old: false } : lockOf(file, json);
  }
  return undefined;
}

function lockOf(file: string, json: JsonFile): Lock | (JsonProblem & { readonly file: string; readonly old: boolean }) {
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
      fix: 'write it anew with npm 7 or newer: npm install --package-lock-only --lockfile-version=3',
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
  return { file, json, packages };
}
