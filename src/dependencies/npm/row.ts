import { Budget } from '../budget.ts';
import type { DependencyRow } from '../row.ts';
import { npmContents } from './contents.ts';
import { judgeNpmSource } from './judge.ts';
import { readLock } from './lock/read.ts';
import { npmNeedingScripts } from './needing-scripts.ts';
import { hasNpmDependencies } from './present.ts';
import { readJudgeableSource, readNpmSource } from './source.ts';
import { unreadablePackageJsons } from './unreadable.ts';

export const NPM: DependencyRow = {
  judge: (files, settings, budget) => {
    const source = readNpmSource(files, settings, budget);
    const findings = judgeNpmSource(source);
    return { findings, reading: source === undefined || 'problem' in source ? {} : { npm: source } };
  },
  unreadable: unreadablePackageJsons,
  hasDependencies: hasNpmDependencies,
  isLockedOtherwise: () => false,
  needingScripts: (files, reading) =>
    npmNeedingScripts(reading === undefined ? readJudgeableSource(files) : reading.npm),
  contents: (reading, budget) => (reading?.npm === undefined ? [] : npmContents(reading.npm, budget)),
  lockedVersions: (files) => {
    const lock = readLock(files, new Budget());
    if (lock === undefined || 'problem' in lock) return [];
    return [...lock.packages.values()]
      .filter(({ location, link }) => location !== '' && !link)
      .map(({ packageName, version }) => [packageName, version] as const);
  },
};
