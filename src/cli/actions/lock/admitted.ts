/** Locks that the cluster would admit: what `validate --online` would refuse is not written into a lock in the first place. */
import { judgeFiles } from '../../../admission/dependencies.ts';
import { createOfflineJudge } from '../../../admission/judgement.ts';
import { whileClusterCompares } from '../../../admission/missing-locks.ts';
import type { ReviewContext } from '../../../admission/review-context.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { NOTHING_DENIED, type DeniedList } from '../../../denied/list.ts';
import { digestOf, type SourceFiles } from '../../../function/files.ts';
import type { Language } from '../../../function/languages.ts';
import { LOCKERS } from '../../../lock/languages.ts';
import { isFailure, type LockFailure, type LockRequest } from '../../../lock/lock.ts';
import type { Locker } from '../../../lock/lock-source.ts';
import type { ToolContext } from '../../../lock/tool-context.ts';
import { formatFinding, type Finding } from '../../../outcome/finding.ts';
import type { ReleaseAgePolicy } from '../../../release-age/policy.ts';
import type { Releases } from '../../../release-age/release.ts';
import { judgeReleases } from '../../../release-rules/judge.ts';
import { lockWithReleases, type LockedWithAge } from '../../../releases/lock-with-age.ts';
import { exceptionsToday } from '../exceptions-today.ts';
import { askedOnline, keyOfRelease } from '../online/asked.ts';
import type { LockUser } from './lock-user.ts';

export type AdmissionContext = Pick<ReviewContext, 'judge' | 'denied' | 'exceptions'> & {
  readonly configuration: Configuration;
};

interface Locked {
  readonly files: SourceFiles;
  readonly language: Language;
  /** Absent if no registry was asked. */
  readonly releases?: Releases;
}

interface ChosenLock {
  readonly lock: LockedWithAge['lock'];
  readonly releases?: Releases;
}

const NO_LEVEL = { enforce: 'off', warn: 'off', audit: 'off' } as const;

/** What the command compares with today. */
export function admissionContext(configuration: Configuration, denied: DeniedList): AdmissionContext {
  const exceptions = exceptionsToday(configuration);
  return { configuration, judge: createOfflineJudge(), denied: () => denied, exceptions: () => exceptions };
}

/**
 * @param users the Functions that the lock is for
 * @returns undefined if nothing is asked of versions
 */
export function admittedLocker(users: readonly LockUser[], context: AdmissionContext): Locker | undefined {
  const { denied = () => NOTHING_DENIED, configuration } = context;
  if (denied().entries === 0 && users.every(({ rules }) => rules === undefined)) return undefined;
  const asks = users.some((user) => askedOnline(user.rules, configuration) !== undefined);
  return async (request, tools) => {
    const licences = users.some(({ rules }) => rules?.licences !== undefined) ? { licences: true as const } : {};
    const outcome: ChosenLock | LockFailure = asks
      ? await lockWithReleases(request, ageOf(users), tools, licences)
      : await lockAlone(request, tools);
    if (isFailure(outcome)) return outcome;
    const { lock, releases } = outcome;
    const files = new Map(request.files).set(lock.file, Buffer.from(lock.text));
    const { language } = request;
    const locked = { files, language, ...(releases !== undefined && { releases }) };
    const refused = new Set<string>();
    const warned = new Set<string>();
    for (const user of users) {
      const verdict = await judge(locked, user, context);
      for (const finding of verdict.refused) refused.add(formatFinding(finding));
      for (const finding of verdict.warned) warned.add(formatFinding(finding));
    }
    if (refused.size === 0) return { ...lock, notes: [...lock.notes, ...warned] };
    return {
      problem: 'the cluster would refuse versions of the lock, so it is not written',
      fix: 'do what each of these says',
      details: [...refused],
    };
  };
}

/** Without asking for anything but the packages themselves. */
async function lockAlone(request: LockRequest, tools: ToolContext): Promise<ChosenLock | LockFailure> {
  const lock = await LOCKERS.of(request.language).lock(request, tools);
  return isFailure(lock) ? lock : { lock };
}

/** For Functions with different exceptions, the lock is chosen without them, and then compared with them. */
function ageOf(users: readonly LockUser[]): ReleaseAgePolicy | undefined {
  const ages = users.flatMap(({ rules }) => rules?.age ?? []);
  const [first] = ages;
  if (first === undefined) return undefined;
  const isOne = ages.length === users.length && new Set(ages.map((age) => JSON.stringify(age))).size === 1;
  const { lifted, ...plain } = first;
  return isOne && lifted !== undefined ? first : plain;
}

interface Verdict {
  readonly refused: readonly Finding<string>[];
  readonly warned: readonly Finding<string>[];
}

async function judge(
  { files, language, releases }: Locked,
  { namespace, name, rules }: LockUser,
  { configuration, ...context }: AdmissionContext,
): Promise<Verdict> {
  const source = {
    namespace,
    files,
    digest: digestOf(files),
    languages: [language],
    licences: rules?.licences,
    ...(name !== undefined && { function: name }),
  };
  const found = await judgeFiles(source, NO_LEVEL, { ...context, configuration: () => configuration });
  const { enforced, unchecked = [] } = whileClusterCompares(found, configuration);
  const asked = askedOnline(rules, configuration);
  if (releases === undefined || asked === undefined) return { refused: enforced, warned: unchecked };
  const told = new Set(enforced.map(keyOfRelease));
  const { refused, warned } = judgeReleases({ releases, language, now: Date.now() }, asked);
  return {
    refused: [...enforced, ...refused.filter((finding) => !told.has(keyOfRelease(finding)))],
    warned,
  };
}
