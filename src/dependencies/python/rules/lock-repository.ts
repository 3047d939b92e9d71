import { aboutLocked, type LockRule } from './lock.ts';
import { quote } from './rule.ts';

/**
 * Repositories and folders in a pylock.toml.
 *
 * no-latest refuses: a repository whose `commit-id` is not a whole commit
 * locked refuses also: every repository and folder, as there is no hash to check
 */
export const lockRepositories: LockRule = function* ({ lock }) {
  for (const locked of lock.packages) {
    const { repository, folder } = locked;
    if (repository === undefined && folder === undefined) continue;
    const isFixed = repository === undefined || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(repository.commit);
    const source =
      repository === undefined ? `the folder ${quote(folder ?? '')}` : `the repository ${quote(repository.url)}`;
    yield aboutLocked(locked, {
      level: isFixed ? 'locked' : 'no-latest',
      problem: `${locked.name} comes from ${source} ${isFixed ? 'and has no hash that could be checked' : 'and names no whole commit'}`,
      fix: 'lock a released version of it',
    });
  }
};
