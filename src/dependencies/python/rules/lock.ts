import type { DependencyFinding } from '../../policy.ts';
import type { DependencySettings } from '../../settings.ts';
import type { Lock, LockedPackage } from '../pylock/read.ts';
import { PYLOCK } from '../pylock/read.ts';

/** What the rules of a pylock.toml look at. */
interface LockContext {
  readonly lock: Lock;
  readonly settings: DependencySettings;
}

export type LockRule = (context: LockContext) => Iterable<DependencyFinding>;

type Words = Pick<DependencyFinding, 'level' | 'problem' | 'fix'>;

/** A finding about a locked package. */
export const aboutLocked = (
  locked: LockedPackage,
  words: Words,
  code: DependencyFinding['code'] = 'dependencies-float',
): DependencyFinding => ({
  code,
  file: PYLOCK,
  ...(locked.line !== undefined && { line: locked.line }),
  package: locked.name,
  ...(locked.version !== undefined && { spec: `${locked.name}==${locked.version}` }),
  ...words,
});
