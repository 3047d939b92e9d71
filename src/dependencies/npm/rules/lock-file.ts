/** A lock that npm would follow and that cannot be read, or is of a form that holds no checksums for all packages. */
import { installs } from '../source.ts';
import type { SourceRule } from './rule.ts';

export const lockFile: SourceRule = (source) => {
  const { lock } = source;
  if (lock === undefined || !('problem' in lock) || !installs(source)) return [];
  return [
    {
      code: 'dependencies-invalid',
      // An old form is installed by npm; a file that is not JSON is not.
      level: lock.old ? 'locked' : 'no-latest',
      file: lock.file,
      line: lock.line,
      column: lock.column,
      problem: `the lock is not trusted: ${lock.problem}`,
      fix: lock.fix,
    },
  ];
};
