import type { SourceFiles } from '../../function/files.ts';
import { treeOf } from './format/paths.ts';
import { PYLOCK, readLock } from './pylock/read.ts';
import { REQUIREMENTS } from './judge.ts';
import { readRequirements } from './requirements.ts';

/** See `hasDependencies`. */
export function hasPythonDependencies(files: SourceFiles): boolean {
  const lock = files.get(PYLOCK);
  if (lock !== undefined) {
    const { packages, unreadable } = readLock(lock);
    return packages.length > 0 || unreadable.length > 0;
  }
  const { requirements, includes, unreadable, variables } = readRequirements(treeOf(files), REQUIREMENTS);
  return (
    includes.length > 0 ||
    unreadable.length > 0 ||
    variables.length > 0 ||
    requirements.some(({ constraint }) => !constraint)
  );
}
