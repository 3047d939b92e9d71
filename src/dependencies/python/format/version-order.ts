/**
 * Versions of Python packages and their order.
 * Source: https://packaging.python.org/en/latest/specifications/version-specifiers/ (PEP 440)
 */

/** A version in its parts; letters in their normal form. */
export interface ExplainedVersion {
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: { readonly letter: 'a' | 'b' | 'rc'; readonly number: number } | undefined;
  readonly post: number | undefined;
  readonly dev: number | undefined;
  readonly local: readonly (string | number)[];
}

/** Sticky patterns, each for one part: together they read a version from left to right, in linear time. */
const PARTS = {
  epoch: /v?(?:([0-9]+)!)?/iy,
  release: /[0-9]+(?:\.[0-9]+)*/y,
  pre: /[-_.]?(alpha|beta|preview|pre|a|b|c|rc)[-_.]?([0-9]*)/iy,
  post: /(?:-([0-9]+)|[-_.]?(?:post|rev|r)[-_.]?([0-9]*))/iy,
  dev: /[-_.]?dev[-_.]?([0-9]*)/iy,
  local: /\+([a-z0-9]+(?:[-_.][a-z0-9]+)*)/iy,
} as const;

const PRE_LETTERS: Readonly<Record<string, 'a' | 'b' | 'rc'>> = { a: 'a', alpha: 'a', b: 'b', beta: 'b' };

/** Reads a version; undefined if it is not one. */
export function explain(version: string): ExplainedVersion | undefined {
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = position;
    const found = pattern.exec(version) ?? undefined;
    position += found?.[0].length ?? 0;
    return found;
  };
  const epoch = Number(take(PARTS.epoch)?.[1] ?? 0);
  const release = take(PARTS.release)?.[0].split('.').map(Number);
  if (release === undefined) return undefined;
  const pre = take(PARTS.pre);
  const post = take(PARTS.post);
  const dev = take(PARTS.dev);
  const local = take(PARTS.local)?.[1];
  if (position !== version.length) return undefined;
  return {
    epoch,
    release,
    pre: pre && { letter: PRE_LETTERS[pre[1]?.toLowerCase() ?? ''] ?? 'rc', number: Number(pre[2]) },
    post: post && Number(post[1] ?? post[2]),
    dev: dev && Number(dev[1]),
    local: local === undefined ? [] : local.split(/[-_.]/).map(localPart),
  };
}

const localPart = (part: string): string | number => (/^[0-9]+$/.test(part) ? Number(part) : part.toLowerCase());

/** Negative if `a` comes before `b`, 0 if they are the same version. */
export function compare(a: ExplainedVersion, b: ExplainedVersion): number {
  return compareLists(publicKey(a), publicKey(b)) || compareLists(a.local, b.local);
}

/** Negative if the base (epoch and release) of `a` comes before that of `b`. */
export const compareBase = (a: ExplainedVersion, b: ExplainedVersion): number => compareLists(baseKey(a), baseKey(b));

type Key = readonly (string | number)[];

/** Zeros at the end of a release mean nothing. */
const baseKey = ({ epoch, release }: ExplainedVersion): Key => {
  const last = release.findLastIndex((number) => number !== 0);
  return [epoch, ...release.slice(0, last + 1)];
};

/** Comes before any further number of a longer release. */
const END_OF_RELEASE = -1;
/** Phases in the order of their letters: a development release comes first, a final release last. */
const ONLY_DEV = 'A';
const FINAL = 'z';

function publicKey(version: ExplainedVersion): Key {
  const { pre, post, dev } = version;
  const onlyDev = pre === undefined && post === undefined && dev !== undefined;
  const phase = pre === undefined ? (onlyDev ? ONLY_DEV : FINAL) : pre.letter;
  return [...baseKey(version), END_OF_RELEASE, phase, pre?.number ?? 0, post ?? -1, dev ?? Number.POSITIVE_INFINITY];
}

/** A number comes after a string, and a longer list after the shorter one that it begins with. */
function compareLists(a: Key, b: Key): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [one, other] = [a[index], b[index]];
    if (one === other) continue;
    if (one === undefined) return -1;
    if (other === undefined) return 1;
    if (typeof one === typeof other) return one < other ? -1 : 1;
    return typeof one === 'string' ? -1 : 1;
  }
  return 0;
}
