/** Archives behind a URL: without a checksum in a lock nobody notices when another one is put there. */
import { lockAdvice } from './advice.ts';
import type { SpecRule } from './rule.ts';

export const url: SpecRule = ({ spec }, source) =>
  spec.kind !== 'remote' || source.locked
    ? undefined
    : {
        code: 'dependencies-float',
        level: 'no-latest',
        problem: 'a URL without a checksum: what is there can change',
        fix: `take the package from a registry, or ${lockAdvice(source)}`,
      };
