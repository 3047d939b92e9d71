import semver from 'semver';

/** A release without prerelease and build parts. */
export interface Release {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
}

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const STAR = 42;
const CARET = 94;
const TILDE = 126;
const GREATER = 62;
const EQUALS = 61;
const BAR = 124;
const SPACE = 32;
/** More digits may not be a safe integer. */
const MOST_DIGITS = 15;

/** Reads releases, one after another into itself: an object for each of a lock's thousands would be garbage at once. */
export class ReleaseReader implements Release {
  major = 0;
  minor = 0;
  patch = 0;

  /** @returns whether `1.2.3` stands between two places, and nothing else */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    let number = 0;
    let dots = 0;
    let digits = 0;
    for (let at = from; at < to; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= ZERO && byte <= NINE) {
        // A leading zero is for semver to judge.
        if (digits >= MOST_DIGITS || (digits > 0 && number === 0)) return false;
        number = number * 10 + byte - ZERO;
        digits += 1;
        continue;
      }
      if (byte !== DOT || digits === 0 || dots === 2) return false;
      if (dots === 0) this.major = number;
      else this.minor = number;
      dots += 1;
      number = 0;
      digits = 0;
    }
    this.patch = number;
    return dots === 2 && digits > 0;
  }
}

/** Reads `1.2.3`; anything else is undefined. */
export function parseRelease(text: string): Release | undefined {
  const bytes = Buffer.from(text);
  const reader = new ReleaseReader();
  return reader.read(bytes, 0, bytes.length) ? reader : undefined;
}

/**
 * Answers for the few forms that nearly every entry of a lock has (`^1.2.3`, `~1.2.3`, `>=1.2.3`, `1.2.3`, `*`, and several
 * of them with `||`), as semver takes tens of microseconds for a range it has not seen and a lock has thousands; undefined
 * means: ask semver.
 */
export function satisfiesPlainly(release: Release, range: string): boolean | undefined {
  const bytes = Buffer.from(range);
  return satisfiesBytes(release, bytes, 0, bytes.length, new ReleaseReader());
}

/** The same for a range between two places. */
export function satisfiesBytes(
  release: Release,
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: ReleaseReader,
): boolean | undefined {
  const single = satisfiesArm(release, bytes, from, to, wanted);
  if (single !== undefined) return single;
  let satisfied = false;
  for (let start = from; start <= to;) {
    let end = start;
    while (end < to && !(bytes[end] === BAR && bytes[end + 1] === BAR)) end += 1;
    if (start === from && end === to) return undefined;
    let first = start;
    let last = end;
    while (first < last && bytes[first] === SPACE) first += 1;
    while (last > first && bytes[last - 1] === SPACE) last -= 1;
    const arm = satisfiesArm(release, bytes, first, last, wanted);
    if (arm === undefined) return undefined;
    satisfied ||= arm;
    start = end + 2;
  }
  return satisfied;
}

function satisfiesArm(
  release: Release,
  bytes: Uint8Array,
  from: number,
  to: number,
  wanted: ReleaseReader,
): boolean | undefined {
  const first = from < to ? bytes[from] : undefined;
  if (first === STAR && to - from === 1) return true;
  const isMinimum = first === GREATER && to - from > 1 && bytes[from + 1] === EQUALS;
  const operator = isMinimum ? 2 : first === CARET || first === TILDE ? 1 : 0;
  if (!wanted.read(bytes, from + operator, to)) return undefined;
  const { major, minor, patch } = wanted;
  const isLater = release.minor > minor || (release.minor === minor && release.patch >= patch);
  if (isMinimum) return release.major > major || (release.major === major && isLater);
  if (release.major !== major) return false;
  if (first === TILDE) return release.minor === minor && release.patch >= patch;
  if (first !== CARET) return release.minor === minor && release.patch === patch;
  if (major > 0) return isLater;
  return release.minor === minor && (minor > 0 ? release.patch >= patch : release.patch === patch);
}

/** Whether a version is in a range, both read loosely as npm does. */
export function satisfies(version: string, release: Release | undefined, range: string): boolean {
  const plain = release === undefined ? undefined : satisfiesPlainly(release, range);
  return plain ?? semver.satisfies(version, range, { loose: true });
}
