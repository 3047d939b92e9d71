import semver from 'semver';
import { hideCredentials } from '../../credentials.ts';
import type { LockFaultKind } from '../lock/fault.ts';
import { type AskedSpec, type NpmSource, versionInLock } from '../source.ts';
import type { Spec } from '../spec.ts';

/** How to pin a package of a registry: the version that the lock has, else one that the range begins with. */
export function versionAdvice({ asked, spec }: AskedSpec, source: NpmSource): string {
  const alias = spec.kind === 'alias' ? `npm:${spec.name}@` : '';
  const locked = versionInLock(source, asked.name);
  if (locked !== undefined && source.lock !== undefined) {
    return `write ${quote(`${alias}${locked}`)}, the version in ${fileOf(source.lock)}`;
  }
  const published = spec.kind === 'alias' ? spec.name : asked.name;
  const example = lowest(spec) ?? '1.2.3';
  return `write one version, such as ${quote(`${alias}${example}`)} (npm view ${published} version shows the newest)`;
}

/** The same where a lock would do as well. */
export const pinAdvice = (asked: AskedSpec, source: NpmSource): string =>
  `${versionAdvice(asked, source)}, or ${lockAdvice(source)}`;

/** How a lock can be had that is trusted, and with it whatever it pins. */
export function lockAdvice({ lock }: NpmSource): string {
  if (lock === undefined) return 'add a package-lock.json ("buildless lock")';
  return `write ${fileOf(lock)} again ("buildless lock"), as it is not trusted: ${distrust(lock)}`;
}

/** The cure for a lock that does not agree with package.json. */
export const REWRITE = 'write the lock again: "buildless lock", or npm install --package-lock-only';

/** The cure for one that npm would not repair. */
export const START_OVER = 'delete the lock and node_modules, and write it again with npm install --package-lock-only';

const DISTRUST: Readonly<Record<LockFaultKind, string>> = {
  shape: 'npm would not write it like this for',
  location: 'npm would not write the location of',
  duplicate: 'it has two entries for',
  legacy: 'it contradicts itself about',
  yarn: 'yarn.lock has a say in it for',
  missing: 'it lacks',
  'other-version': 'it has another version of',
  'other-package': 'it has another package for',
  'no-target': 'it lacks the folder of',
  unreached: 'nothing asks for',
  flag: 'it has wrong flags for',
  shrinkwrap: 'a lock of its own decides about',
  version: 'it has no version for',
  integrity: 'it has no checksum for',
  commit: 'it has no full commit for',
  registry: 'it names an address outside the registries for',
  outside: 'it names a place outside the source for',
};

function distrust(lock: NonNullable<NpmSource['lock']>): string {
  if ('problem' in lock) return lock.problem;
  const [fault] = lock.faults;
  return fault === undefined ? 'it is of no use here' : `${DISTRUST[fault.kind]} ${quote(fault.name)}`;
}

/** A range that npm would choose the newest of: its lowest version is a real one, as somebody has written it. */
function lowest(spec: Spec): string | undefined {
  const range = spec.kind === 'alias' ? spec.target : spec;
  if (range.kind !== 'range' || range.range.raw.trim() === '') return undefined;
  const version = semver.minVersion(range.range, { loose: true })?.version;
  return version === '0.0.0' ? undefined : version;
}

const fileOf = (lock: NonNullable<NpmSource['lock']>): string => lock.file;

/** Longest text of a package.json that a message repeats. */
const LONGEST = 120;

/** A string of a package.json for a message: in quotes, without credentials, on one line, not longer than a line. */
export function quote(text: string): string {
  const shown = hideCredentials(text);
  return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST)}...` : shown);
}
