import { isFullCommit } from './source.ts';
import { parseRevisionName } from './revision-name.ts';

/**
 * What the annotation `buildless.dev/revision` of a Pod template says: which code its Pods run, and by which lock they
 * install.
 */
export interface Stamp {
  readonly code: StampedCode;
  /** Name of the ConfigMap with the lock that the controller resolved; absent if the source needs none. */
  readonly lock?: string;
}

export type StampedCode =
  /** Names of immutable ConfigMaps, one for each ConfigMap of the source, in its order. */
  | { readonly type: 'files'; readonly names: readonly string[] }
  /** All digits of a commit. */
  | { readonly type: 'commit'; readonly commit: string };

/**
 * Stands for the commit of a branch or tag that only the controller looks up: no Pod of it starts before the controller has, and
 * has compared what the commit installs. Git itself writes it for "no commit".
 */
export const UNKNOWN_COMMIT = '0'.repeat(40);

/** As many ConfigMaps as a source may have, with the longest names. */
const LONGEST_STAMP = 4096;
const FILES = 'files:';
const COMMIT = 'commit:';
const LOCK = 'lock:';

/**
 * @example formatStamp({ code: { type: 'files', names: ['hello-3fa9c1d204'] }, lock: 'hello-9ad01c33f0' })
 * // 'files:hello-3fa9c1d204 lock:hello-9ad01c33f0'
 */
export function formatStamp({ code, lock }: Stamp): string {
  const text = code.type === 'files' ? `${FILES}${code.names.join('+')}` : `${COMMIT}${code.commit}`;
  return lock === undefined ? text : `${text} ${LOCK}${lock}`;
}

/** @returns undefined for what `formatStamp` does not write */
export function parseStamp(text: string): Stamp | undefined {
  if (text.length > LONGEST_STAMP) return undefined;
  const [first = '', second, ...more] = text.split(' ');
  const code = parseCode(first);
  if (code === undefined || more.length > 0) return undefined;
  if (second === undefined) return { code };
  const lock = second.startsWith(LOCK) ? second.slice(LOCK.length) : '';
  return parseRevisionName(lock) === undefined ? undefined : { code, lock };
}

function parseCode(text: string): StampedCode | undefined {
  if (text.startsWith(COMMIT)) {
    const commit = text.slice(COMMIT.length);
    return isFullCommit(commit) ? { type: 'commit', commit } : undefined;
  }
  if (!text.startsWith(FILES)) return undefined;
  const names = text.slice(FILES.length).split('+');
  const areNames = names.every((name) => parseRevisionName(name) !== undefined);
  return areNames && new Set(names).size === names.length ? { type: 'files', names } : undefined;
}

/** The ConfigMaps that a stamp names. */
export const namesOf = ({ code, lock }: Stamp): readonly string[] => [
  ...(code.type === 'files' ? code.names : []),
  ...(lock === undefined ? [] : [lock]),
];
