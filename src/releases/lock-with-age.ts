/** Locks with versions that are old enough: resolves, compares with the registries' times, and resolves again without what is too young. */
import { isJsonObject } from '../json/object.ts';
import type { Language } from '../function/languages.ts';
import { LOCKERS } from '../lock/languages.ts';
import { isFailure, type LockFailure, type LockOutcome, type LockRequest } from '../lock/lock.ts';
import type { ToolContext } from '../lock/tool-context.ts';
import { isOldEnough } from '../release-age/judge.ts';
import { isExcepted, isLifted } from '../release-age/excepted.ts';
import type { ReleaseAgePolicy } from '../release-age/policy.ts';
import type { Release, Releases } from '../release-age/release.ts';
import { RELEASES } from './languages.ts';
import type { WantedFacts } from './languages/row.ts';
import { lookUpReleases } from './look-up.ts';

type Locked = Exclude<LockOutcome, LockFailure>;

export interface LockedWithAge {
  readonly lock: Locked;
  /** Of each version in it; whoever asked compares them. */
  readonly releases: Releases;
}

/** Later than all of its versions, for a package that may be of any age. */
const ANY_TIME = '9999-01-01T00:00:00Z';

/**
 * The tool's own option for an age is not enough: npm's `--before` has no exceptions, and moves nothing that a lock has already.
 * So the second lock starts from the first one without the entries that are too young.
 *
 * @param policy undefined if versions may be of any age
 * @returns a lock with versions that are too young if there is no other
 */
export async function lockWithReleases(
  request: LockRequest,
  policy: ReleaseAgePolicy | undefined,
  context: ToolContext,
  wanted: WantedFacts = {},
): Promise<LockedWithAge | LockFailure> {
  const first = await lockOnce(request, context, wanted);
  if (isFailure(first) || policy === undefined) return first;
  const { language } = request;
  const now = Date.now();
  const { releases, clock } = first.releases;
  const isKept = (release: Release): boolean => isOldEnough(release, language, policy, now, clock);
  if (releases.every(isKept)) return first;
  const asOf = clock === undefined ? now : Math.min(now, Date.parse(clock));
  const cutOff = asOf - policy.seconds * 1000;
  const again: LockRequest = {
    ...request,
    fresh: false,
    files: new Map(request.files).set(first.lock.file, withoutYoung(first.lock, releases, isKept)),
    age: {
      before: new Date(RELEASES.of(language).before(cutOff)).toISOString(),
      except: new Map(
        releases.filter((release) => isFree(release, language, policy)).map(({ name }) => [name, ANY_TIME]),
      ),
    },
  };
  const second = await lockOnce(again, context, wanted);
  if (!isFailure(second)) return second;
  return second.temporary === true ? second : first;
}

async function lockOnce(
  request: LockRequest,
  context: ToolContext,
  wanted: WantedFacts,
): Promise<LockedWithAge | LockFailure> {
  const { name, files, language } = request;
  const lock = await LOCKERS.of(language).lock(request, context);
  if (isFailure(lock)) return lock;
  const locked = new Map(files).set(lock.file, Buffer.from(lock.text));
  const releases = await lookUpReleases({ name, files: locked, language, wanted }, context);
  return isFailure(releases) ? releases : { lock, releases };
}

/** uv leaves out what has no time unless it is told not to. */
function isFree({ name, published }: Release, language: Language, policy: ReleaseAgePolicy): boolean {
  if (isExcepted(name, language, policy.exceptions)) return true;
  if (published !== undefined) return isLifted(name, 'release-too-young', language, policy);
  return policy.unknown !== 'refuse' || isLifted(name, 'release-age-unknown', language, policy);
}

/** npm keeps what a lock has; uv leaves out what is too young by itself. */
function withoutYoung(
  { file, text }: Locked,
  releases: readonly Release[],
  isKept: (release: Release) => boolean,
): Uint8Array {
  if (!file.endsWith('.json')) return Buffer.from(text);
  const young = new Set(
    releases.filter((release) => !isKept(release)).map(({ name, version }) => `${name} ${version}`),
  );
  const lock: unknown = JSON.parse(text);
  if (!isJsonObject(lock) || !isJsonObject(lock.packages)) return Buffer.from(text);
  const packages = Object.entries(lock.packages).filter(([location, entry]) => {
    if (!isJsonObject(entry)) return true;
    const { name = location.slice(location.lastIndexOf('node_modules/') + 'node_modules/'.length), version } = entry;
    return !young.has(`${String(name)} ${String(version)}`);
  });
  return Buffer.from(JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, undefined, 2));
}
