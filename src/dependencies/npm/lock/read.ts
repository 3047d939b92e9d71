import type { SourceFiles } from '../../../function/files.ts';
import { isJsonObject, type JsonFile, type JsonProblem, readJsonFile } from '../json-file.ts';
import { type LockNode, parsedNodes } from './node.ts';

/** npm prefers the first (https://docs.npmjs.com/cli/configuring-npm/npm-shrinkwrap-json). */
const LOCK_FILES = ['npm-shrinkwrap.json', 'package-lock.json'] as const;

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
  /** What is installed inside the source; to be put into a tree once. */
  readonly entries: readonly LockNode[];
  /** Place of a value, or of the nearest one around it that is there. */
  readonly positionOf: JsonFile['positionOf'];
}

/** Names below `packages`, a location and a field. */
const DEPTH = 3;

/** A lock that does not pin, or is no JSON. */
export type LockProblem = JsonProblem & { readonly file: string; readonly old: boolean };

/** The lock that npm would follow; undefined where there is none. */
export function findLock(files: SourceFiles): { readonly file: string; readonly content: Uint8Array } | undefined {
  for (const file of LOCK_FILES) {
    const content = files.get(file);
    if (content !== undefined) return { file, content };
  }
  return undefined;
}

export function readLock(file: string, content: Uint8Array): Lock | LockProblem {
  const json = readJsonFile(file, content, DEPTH);
  return 'problem' in json ? { ...json, file, old: false } : lockOf(file, json);
}

export const isPinning = (version: unknown): boolean => version === 2 || version === 3;

function lockOf(file: string, json: JsonFile): Lock | LockProblem {
  const { lockfileVersion, packages } = json.value;
  if (!isPinning(lockfileVersion)) {
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
  return { file, entries: parsedNodes(packages), positionOf: json.positionOf };
}
