import { DEPENDENCIES } from '../../../dependencies/languages.ts';
import { bringsLockFile } from '../../../dependencies/lock-files.ts';
import type { SourceFiles } from '../../../function/files.ts';
import { isFailure, type LockAge, type LockFailure } from '../../../lock/lock.ts';
import type { Pin } from '../../../updates/pin.ts';
import { isUntil, keyOf, type Release } from '../../../updates/registry.ts';
import type { UpdateOptions } from '../../options/updates.ts';
import { admittedLocker, type AdmissionContext } from '../lock/admitted.ts';
import { lockTargets, type LockedTarget } from '../lock/lock-targets.ts';
import type { NotLocked } from '../lock/outcome.ts';
import type { Target } from '../lock/targets.ts';
import { isKnown, lookUp, withRegistry } from './look-up.ts';
import type { OpenSource } from '../lock/open-sources.ts';

/** Pins of a source for one of its languages. */
export interface Part {
  readonly target: Target;
  readonly pins: readonly Pin[];
}

/** A pin that gets another version. */
interface Move extends Release {
  readonly pin: Pin;
}

/** What becomes of a source. */
interface Moved {
  readonly moves: readonly Move[];
  /** Pins whose maintainers advise against their version, with the version that takes their place. */
  readonly withdrawn: readonly { readonly pin: Pin; readonly withdrawn: string; readonly version?: string }[];
  /** Those that have changed, without the locks. */
  readonly files: SourceFiles;
  readonly locks: readonly LockedTarget[];
  readonly failures: readonly NotLocked[];
}

/** Moves the pins of a source, and resolves its locks again. */
export async function moveSource(
  source: OpenSource,
  parts: readonly Part[],
  admission: AdmissionContext,
  options: UpdateOptions,
  before: string | undefined,
): Promise<Moved> {
  const { where } = source;
  const moves: Move[] = [];
  const withdrawn: Moved['withdrawn'][number][] = [];
  const locks: LockedTarget[] = [];
  const failures: NotLocked[] = [];
  let files = source.files;
  for (const { target, pins } of parts) {
    const looked = await lookUp(source, target, pins, options, before);
    if (isFailure(looked)) {
      failures.push({ ...looked, where });
      continue;
    }
    const own: Move[] = [];
    for (const each of looked) {
      const { pin, standing } = each;
      const place = `${where}: ${pin.file}:${pin.line}`;
      if (isFailure(standing)) failures.push({ ...standing, where: place });
      if (!isKnown(each)) continue;
      const release = (options.major ? each.standing.newest : undefined) ?? each.standing.wanted;
      if (each.standing.withdrawn !== undefined) {
        const version = release === undefined ? {} : { version: release.version };
        withdrawn.push({ pin, withdrawn: each.standing.withdrawn, ...version });
      }
      if (release === undefined) continue;
      const edited = pin.moved(files, release.version);
      if (edited === undefined) failures.push({ ...unwritable(pin, release), where: place });
      else {
        files = edited;
        own.push({ pin, ...release });
      }
    }
    moves.push(...own);
    if (own.length === 0 || failures.length > 0 || !bringsLockFile(source.files, target.language)) continue;
    const relocked = await lockAgain(source, files, target, admission, options, before);
    failures.push(...relocked.failures);
    locks.push(...relocked.locked);
  }
  const changed = new Map([...files].filter(([file, content]) => source.files.get(file) !== content));
  return { moves, withdrawn, files: moves.length === 0 ? new Map() : changed, locks, failures };
}

const unwritable = ({ name, version }: Pin, release: Release): LockFailure => ({
  problem: `the version of ${name} cannot be changed without writing the file again`,
  fix: `write ${release.version} instead of ${version} yourself, or save the file as UTF-8 with the version on one line`,
});

/** Through the same code as `buildless lock`; then each version that is new in the lock is held against the minimum age. */
async function lockAgain(
  source: OpenSource,
  files: SourceFiles,
  target: Target,
  admission: AdmissionContext,
  options: UpdateOptions,
  before: string | undefined,
): Promise<{ readonly locked: readonly LockedTarget[]; readonly failures: readonly NotLocked[] }> {
  const { where, name } = source;
  const versionsIn = (from: SourceFiles): ReadonlyMap<string, readonly [string, string]> =>
    new Map([...DEPENDENCIES.of(target.language).lockedVersions(from)].map((each) => [keyOf(...each), each]));
  const old = versionsIn(source.files);
  const published = async (
    packages: readonly (readonly [string, string])[],
  ): Promise<ReadonlyMap<string, string> | LockFailure> =>
    await withRegistry(source, target, options, (registry) => registry.publishedOf(packages));

  let age: LockAge | undefined;
  if (before !== undefined) {
    const times = await published([...old.values()]);
    if (isFailure(times)) return { locked: [], failures: [{ ...times, where }] };
    // What the lock has stays, also if it is younger than new versions have to be.
    const young = [...old].flatMap(([key, [packageName]]) => {
      const time = times.get(key);
      return time === undefined || isUntil(time, before) ? [] : [[packageName, aSecondAfter(time)] as const];
    });
    age = { before, except: new Map(young) };
  }
  const lockable = { where, name, files, targets: [target] };
  const locker = admittedLocker(source.users, admission);
  const { dependencies } = admission.configuration;
  const result = await lockTargets(lockable, dependencies, { ...options, refresh: false }, { age, locker });
  if (result.locked.length === 0 && result.failures.length === 0) {
    return { locked: [], failures: [{ ...EMPTY_LOCK, where }] };
  }
  if (before === undefined || result.failures.length > 0) return result;
  const failures: NotLocked[] = [];
  for (const { lock } of result.locked) {
    const locked = versionsIn(new Map([...files, [lock.file, Buffer.from(lock.text)]]));
    const added = [...locked.values()].filter((each) => !old.has(keyOf(...each)));
    const times = await published(added);
    if (isFailure(times)) failures.push({ ...times, where });
    else
      failures.push(
        ...added
          .flatMap((each) => tooYoung(each, times.get(keyOf(...each)), before))
          .map((each) => ({ ...each, where })),
      );
  }
  return { locked: result.locked, failures };
}

const EMPTY_LOCK: LockFailure = {
  problem: 'the lock has no packages, but the source asks for some',
  fix: 'remove the lock, then run "buildless lock"',
};

/** uv takes what was uploaded before, and writes times without fractions of a second. */
const aSecondAfter = (time: string): string => new Date(Date.parse(time) + 1000).toISOString();

function tooYoung(
  [name, version]: readonly [string, string],
  published: string | undefined,
  before: string,
): readonly LockFailure[] {
  if (published !== undefined && isUntil(published, before)) return [];
  const problem =
    published === undefined
      ? `the lock would get ${name} ${version}, and the registry does not tell when it was published`
      : `the lock would get ${name} ${version}, which was published on ${published.slice(0, 10)} and is younger than --minimum-age`;
  return [{ problem, fix: 'wait, name the dependencies that may be updated, or leave out --minimum-age' }];
}
