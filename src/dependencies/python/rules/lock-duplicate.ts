import { normalizeName } from '../format/names.ts';
import { aboutLocked, type LockRule } from './lock.ts';

/** A package that is locked twice and both times for every environment: which one to install is not said (PEP 751). */
export const lockDuplicates: LockRule = function* ({ lock }) {
  const seen = new Set<string>();
  for (const locked of lock.packages) {
    if (locked.marker !== '') continue;
    const name = normalizeName(locked.name);
    if (seen.has(name)) {
      yield aboutLocked(
        locked,
        { level: 'no-latest', problem: `${locked.name} is locked twice`, fix: 'write the file again' },
        'dependencies-invalid',
      );
    }
    seen.add(name);
  }
};
