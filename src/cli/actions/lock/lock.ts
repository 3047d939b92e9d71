import { EXIT, type ExitStatus } from '../../exit.ts';
import type { LockOptions } from '../../options/lock.ts';
import { printFindings } from '../../terminal.ts';
import { deniedOf } from '../read-denied.ts';
import { admissionContext, admittedLocker } from './admitted.ts';
import { conclude } from './conclude.ts';
import { lockTargets } from './lock-targets.ts';
import { openSources } from './open-sources.ts';
import type { NotLocked } from './outcome.ts';

/** `buildless lock`. */
export async function lock(options: LockOptions): Promise<ExitStatus> {
  const opened = await openSources(options);
  if (opened === undefined) return EXIT.wrongInput;
  const failures: NotLocked[] = [...opened.failures];
  const { configuration } = opened;
  const denied = deniedOf(options.denied, configuration);
  printFindings('error', denied.problems);
  if (denied.problems.length > 0) return EXIT.wrongInput;
  const context = admissionContext(configuration, denied.list);
  for (const source of opened.sources) {
    const locker = admittedLocker(source.users, context);
    const result = await lockTargets(source, configuration.dependencies, options, { locker });
    failures.push(...result.failures);
    const refused = source.take(new Map(), result.locked);
    if (refused !== undefined) failures.push({ ...refused, where: source.where });
  }
  return await conclude([...opened.changed(), ...failures], options);
}
