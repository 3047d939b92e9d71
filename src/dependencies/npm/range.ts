import semver, { Range, SemVer, type Comparator } from 'semver';

/** As npm reads versions and ranges. A version that was read like this is not read again when a range is held against it. */
const LOOSE = { loose: true } as const;

/**
 * What a range of versions holds: `single`, the same version for ever; `closed`, none beyond an upper bound; `open`,
 * whatever is newest; `none`, nothing.
 */
export type RangeBound = 'single' | 'closed' | 'open' | 'none';

/** Reads a range as npm does, which is loosely; undefined if it is none. */
export function parseRange(text: string): Range | undefined {
  try {
    return new Range(text, LOOSE);
  } catch {
    return undefined;
  }
}

/** Reads a version as a range does that is held against its text; undefined if it is none. */
export const parseVersion = (text: string): SemVer | undefined => semver.parse(text, LOOSE) ?? undefined;

/** `||` joins arms, each a list of comparators that all must hold; the widest arm decides. */
export function boundOf(range: Range): RangeBound {
  const arms = range.set.filter((arm) => !isNone(arm));
  if (arms.length === 0) return 'none';
  if (!arms.every(hasUpperBound)) return 'open';
  const only = new Set(arms.map((arm) => onlyVersion(arm)?.version));
  return only.size === 1 && !only.has(undefined) ? 'single' : 'closed';
}

/** The one version that a `single` range holds. */
export function singleVersion(range: Range): string | undefined {
  const arm = range.set.find((candidate) => !isNone(candidate));
  return arm === undefined ? undefined : onlyVersion(arm)?.version;
}

type Arm = readonly Comparator[];

/** A comparator without a version (`*`) holds every version. */
const isAny = (comparator: Comparator): boolean => !(comparator.semver instanceof SemVer);

/** semver turns `>*` and `<*` into this. */
const isNone = (arm: Arm): boolean => arm.length === 1 && arm[0]?.value === '<0.0.0-0';

/** semver writes `=1.2.3` with an empty operator. */
const isPin = ({ operator }: Comparator): boolean => operator === '' || operator === '=';

const hasUpperBound = (arm: Arm): boolean =>
  arm.some((comparator) => !isAny(comparator) && (isPin(comparator) || comparator.operator.startsWith('<')));

/**
 * The version of an arm that holds one only: `1.2.3`, `>=1.2.3 <=1.2.3`, `^0.0.3` (which is `>=0.0.3 <0.0.4-0`).
 * Prereleases count only where a comparator names one of the same three numbers
 * (https://github.com/npm/node-semver#prerelease-tags).
 */
function onlyVersion(arm: Arm): SemVer | undefined {
  const bounds = arm.filter((comparator) => !isAny(comparator));
  const pinned = bounds.find((bound) => isPin(bound))?.semver ?? pinnedBetween(bounds);
  return pinned !== undefined && bounds.every((bound) => bound.test(pinned)) ? pinned : undefined;
}

function pinnedBetween(bounds: Arm): SemVer | undefined {
  const lower = highest(bounds.filter(({ operator }) => operator.startsWith('>')));
  const upper = lowest(bounds.filter(({ operator }) => operator.startsWith('<')));
  if (lower === undefined || upper === undefined) return undefined;
  if (lower.semver.major !== upper.semver.major || lower.semver.minor !== upper.semver.minor) return undefined;
  const inclusive = lower.operator === '>=' && upper.operator === '<=';
  if (inclusive && lower.semver.compare(upper.semver) === 0) return lower.semver;
  // Between two releases; `<1.2.4-0` holds no prerelease of 1.2.4, as there is none below it.
  if (lower.semver.prerelease.length > 0) return undefined;
  const first = new SemVer(lower.semver.version);
  if (lower.operator === '>') first.patch += 1;
  const last = new SemVer(upper.semver.version);
  const isFloor = upper.semver.prerelease.join('.') === '0';
  if (upper.semver.prerelease.length > 0 && !(isFloor && upper.operator === '<')) return undefined;
  if (upper.operator === '<') last.patch -= 1;
  const same = first.major === last.major && first.minor === last.minor && first.patch === last.patch;
  return same ? new SemVer(`${first.major}.${first.minor}.${first.patch}`) : undefined;
}

const highest = (bounds: Arm): Comparator | undefined =>
  bounds.reduce<Comparator | undefined>(
    (best, bound) =>
      best === undefined || bound.semver.compare(best.semver) > 0 || isStricter(bound, best) ? bound : best,
    undefined,
  );

const lowest = (bounds: Arm): Comparator | undefined =>
  bounds.reduce<Comparator | undefined>(
    (best, bound) =>
      best === undefined || bound.semver.compare(best.semver) < 0 || isStricter(bound, best) ? bound : best,
    undefined,
  );

/** `>1` leaves out what `>=1` holds. */
const isStricter = (bound: Comparator, best: Comparator): boolean =>
  bound.semver.compare(best.semver) === 0 && bound.operator.length < best.operator.length;
