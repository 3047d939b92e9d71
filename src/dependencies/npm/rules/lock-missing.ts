/** No lock: the versions of the packages that the packages ask for are found on the day that each Pod starts. */
import { FOREIGN_LOCKS } from '../lock/read.ts';
import { installs } from '../source.ts';
import type { SourceRule } from './rule.ts';

const CURE = 'write one with "buildless lock", or with npm install --package-lock-only, and add it to the source';

export const lockMissing: SourceRule = (source) => {
  if (source.lock !== undefined || !installs(source)) return [];
  const foreign = Object.entries(FOREIGN_LOCKS).find(([file]) => source.files.has(file));
  const base = { code: 'dependencies-float', level: 'locked', missing: 'lock' } as const;
  if (foreign !== undefined) {
    const [file, tool] = foreign;
    return [
      {
        ...base,
        file,
        problem: `${file} is the lock of ${tool}, which is not trusted yet: packages are installed by npm, which does not follow it`,
        fix: CURE.replace('write one', 'write a package-lock.json'),
      },
    ];
  }
  return [
    {
      ...base,
      file: source.root.file,
      problem:
        'package-lock.json is missing, so the versions that the packages themselves ask for are chosen when each Pod starts',
      fix: CURE,
    },
  ];
};
