import type { SourceFiles } from '../../function/files.ts';
import type { DependencyRow } from '../row.ts';
import type { DependencyFinding } from '../policy.ts';
import { treeOf } from './format/paths.ts';
import { pythonContents } from './contents.ts';
import { judgePythonSource, REQUIREMENTS } from './judge.ts';
import { pythonNeedingScripts } from './needing-scripts.ts';
import { hasPythonDependencies } from './present.ts';
import { PYLOCK, readLock } from './pylock/read.ts';
import { readProjects } from './projects.ts';
import { readRequirements } from './requirements.ts';
import { unreadable } from './rules/unreadable.ts';

export const PYTHON: DependencyRow = {
  judge: (files, settings, budget) => {
    const { findings, source } = judgePythonSource(files, settings, budget);
    return { findings, reading: { python: source } };
  },
  unreadable: unreadableRequirements,
  hasDependencies: hasPythonDependencies,
  isLockedOtherwise: hasHash,
  needingScripts: (files) => pythonNeedingScripts(files),
  contents: (reading, budget) => (reading?.python === undefined ? [] : pythonContents(reading.python, budget)),
  lockedVersions: (files) => {
    const content = files.get(PYLOCK);
    if (content === undefined) return [];
    return readLock(content).packages.map(
      ({ name, version, repository }) => [name, version ?? repository?.commit ?? ''] as const,
    );
  },
};

/** One requirement with a hash makes pip ask for a hash of all: the author's lock, whole or not. */
function hasHash(files: SourceFiles): boolean {
  return readRequirements(treeOf(files), REQUIREMENTS).requirements.some(({ hashes }) => hashes.length > 0);
}

function unreadableRequirements(files: SourceFiles): readonly DependencyFinding[] {
  const tree = treeOf(files);
  const reading = readRequirements(tree, REQUIREMENTS);
  const projects = readProjects(reading.requirements, tree);
  return [reading, projects].flatMap((each) => [...unreadable({ reading: each })]);
}
