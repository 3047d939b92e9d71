import { isFailure } from '../../../lock/lock.ts';
import type { Locker } from '../../../lock/lock-source.ts';
import { formatFinding } from '../../../outcome/finding.ts';
import { judgeAges } from '../../../release-age/judge.ts';
import { formatAge, type ReleaseAgePolicy } from '../../../release-age/policy.ts';
import { lockWithReleases } from '../../../releases/lock-with-age.ts';

/** Locks versions that the minimum release age lets pass, as the controller does. */
export const oldEnough =
  (policy: ReleaseAgePolicy): Locker =>
  async (request, context) => {
    const locked = await lockWithReleases(request, policy, context);
    if (isFailure(locked)) return locked;
    const { lock, releases } = locked;
    const { refused, warned } = judgeAges(releases, request.language, policy, Date.now());
    if (refused.length > 0) {
      return {
        problem: `versions have to be ${formatAge(policy.seconds)} old (dependencies.minimumReleaseAge), and no lock has only such versions`,
        fix: 'do what each of these says',
        details: refused.map(formatFinding),
      };
    }
    return { ...lock, notes: [...lock.notes, ...warned.map(formatFinding)] };
  };
