import type { DependencyFinding } from '../../policy.ts';
import type { NpmSource } from '../source.ts';

/** What the reader of a file says against it: npm could not read it either. */
type Broken = NpmSource['broken'][number];

/** The finding for a file that cannot be read: package.json itself, or that of a folder of the source. */
export const unreadable = ({ file, line, column, problem, fix }: Broken): DependencyFinding => ({
  code: 'dependencies-invalid',
  level: 'no-latest',
  file,
  line,
  column,
  problem: `${file} cannot be read: ${problem}`,
  fix,
});
