import { ECOSYSTEMS, LONGEST_VERSION, type Ecosystem } from './languages.ts';
import type { DeniedEntry, Interval } from './entry.ts';

type Versions = Pick<DeniedEntry, 'versions' | 'intervals' | 'range'>;

/** Whether an entry denies a version. One that is empty or that nobody can read is denied by an entry for every version only. */
export function holds(ecosystem: Ecosystem, { versions, intervals, range }: Versions, version: string): boolean {
  if (version.length > LONGEST_VERSION) return true;
  if (intervals?.some(isEverything) === true || range === '*') return true;
  if (versions?.some((denied) => isSame(ecosystem, denied, version)) === true) return true;
  if (intervals?.some((interval) => isWithin(ecosystem, interval, version)) === true) return true;
  return range !== undefined && ecosystem.readRange(range)?.(version) === true;
}

const isEverything = ({ from, to }: Interval): boolean => from === undefined && to === undefined;

const isSame = ({ compare }: Ecosystem, denied: string, version: string): boolean =>
  denied === version || compare(denied, version) === 0;

function isWithin({ compare }: Ecosystem, { from, to, inclusive }: Interval, version: string): boolean {
  const isFrom = from === undefined || (compare(version, from) ?? -1) >= 0;
  if (!isFrom || to === undefined) return isFrom;
  const order = compare(version, to);
  return order !== undefined && (order < 0 || (order === 0 && inclusive === true));
}

/** By its name in OSV; a suffix behind a colon narrows it down to a registry or a release. */
export const ecosystemOf = (osv: string): Ecosystem | undefined => {
  const [name] = osv.split(':', 1);
  return ECOSYSTEMS.values().find((ecosystem) => ecosystem.osv === name);
};
