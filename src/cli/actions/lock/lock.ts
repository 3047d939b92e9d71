import { EXIT, type ExitStatus } from '../../exit.ts';
import type { LockOptions } from '../../options/lock.ts';
import { conclude } from './conclude.ts';
import { lockTargets } from './lock-targets.ts';
import { openSources } from './open-sources.ts';
import type { NotLocked } from './outcome.ts';
import { oldEnough } from './old-enough.ts';
import { releaseAgePolicy } from '../../../release-age/policy.ts';

/** `buildless lock`. */
export async function lock(options: LockOptions): Promise<ExitStatus> {
  const opened = await openSources(options);
  if (opened === undefined) return EXIT.wrongInput;
  const failures: NotLocked[] = [...opened.failures];
  const { dependencies } = opened.configuration;
  const policy = releaseAgePolicy(dependencies);
  const locker = policy && oldEnough(policy);
  for (const source of opened.sources) {
    const result = await lockTargets(source, dependencies, options, { locker });
    failures.push(...result.failures);
    const refused = source.take(new Map(), result.locked);
    if (refused !== undefined) failures.push({ ...refused, where: source.where });
  }
  return await conclude([...opened.changed(), ...failures], options);
}
