import type { DependencyFinding } from '../../policy.ts';
import type { RefusedInclude } from '../requirements.ts';
import { aboutLine, quote, type Rule } from './rule.ts';

interface Words {
  readonly code: DependencyFinding['code'];
  readonly problem: string;
  readonly fix: string;
}

const INSIDE = 'put the file into the source and include it from there';

const WORDS: Readonly<Record<RefusedInclude['reason'], Words>> = {
  address: { code: 'dependencies-float', problem: 'is read from its address again by each Pod', fix: INSIDE },
  outside: { code: 'dependencies-float', problem: "leads outside the Function's source", fix: INSIDE },
  missing: {
    code: 'dependencies-invalid',
    problem: 'is not in the source',
    fix: 'correct the path, which begins at the including file, or add the file',
  },
  cycle: { code: 'dependencies-invalid', problem: 'includes itself in the end', fix: 'remove one of the includes' },
  deep: {
    code: 'dependencies-invalid',
    problem: 'is included more than 100 files deep',
    fix: 'include it from higher up',
  },
  ignored: {
    code: 'dependencies-invalid',
    problem: 'is not read, as pip reads one included file a line',
    fix: 'write it on a line of its own',
  },
};

/** Included files (`-r`, `-c`) that are not part of the source, or that pip cannot read. */
export const includes: Rule = function* ({ reading }) {
  for (const include of reading.includes) {
    const { code, problem, fix } = WORDS[include.reason];
    yield aboutLine(
      include,
      include.written,
      { level: 'no-latest', problem: `the included file ${quote(include.written)} ${problem}`, fix },
      code,
    );
  }
};
