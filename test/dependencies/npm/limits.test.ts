import { describe, expect, it } from 'vitest';
import { Budget, TooComplex } from '../../../src/dependencies/budget.ts';
import { judgeNpm } from '../../../src/dependencies/npm/judge.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../../src/dependencies/settings.ts';
import { type Contents, INTEGRITY, judge, sourceOf } from './source-of.ts';

const problems = (contents: Contents): readonly string[] => judge(contents).map(({ problem }) => problem);
const asking = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`package-${index}`, '1.0.0']));

describe('the limits of a source, each told with its number', () => {
  it('packages that it asks for: 2000', () => {
    const told = (count: number): string => problems({ 'package.json': { dependencies: asking(count) } }).join('\n');
    expect(told(2000)).not.toContain('asks for more than');
    expect(told(2001)).toContain('asks for more than 2000 packages');
  });

  it.each([
    ['a spec', 2048, (length: number) => `https://x.example/${'a'.repeat(length - 18)}`],
    ['a range', 256, (length: number) => `1.0.0${' '.repeat(length - 10)}1.0.0`],
  ])('characters of %s: %i', (_, most, textOf) => {
    const told = (length: number): string =>
      problems({ 'package.json': { dependencies: { a: textOf(length) } } }).join('\n');
    expect(told(most)).not.toContain(String(most));
    expect(told(most + 1)).toContain(String(most));
  });

  it('alternatives of what an override replaces: 10', () => {
    const told = (count: number): string =>
      problems({
        'package.json': {
          dependencies: { a: '1.0.0' },
          overrides: { [`b@${Array.from({ length: count }, (_, major) => `${major}.0.0`).join('||')}`]: '1.0.0' },
        },
      }).join('\n');
    expect(told(10)).not.toContain('more than 10 ranges');
    expect(told(11)).toContain('more than 10 ranges');
  });

  it('levels of node_modules in a lock: 50', () => {
    const told = (levels: number): string => {
      const location = Array.from({ length: levels }, () => 'node_modules/a').join('/');
      return problems({
        'package.json': { dependencies: { a: '1.0.0' } },
        'package-lock.json': {
          lockfileVersion: 3,
          packages: { 'node_modules/a': { version: '1.0.0', integrity: INTEGRITY }, [location]: { version: '1.0.0' } },
        },
      }).join('\n');
    };
    expect(told(50)).not.toContain('more than 50 levels');
    expect(told(51)).toContain('more than 50 levels');
  });
});

describe('the steps of a judgement', () => {
  class Counter extends Budget {
    steps = 0;
    override spend(steps: number): void {
      this.steps += steps;
    }
  }

  /** A chain, in which each package asks for the next one and for the first. */
  const chain = (count: number): Contents => ({
    'package.json': { dependencies: { 'package-0': '1.0.0' } },
    'package-lock.json': {
      lockfileVersion: 3,
      packages: Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `node_modules/package-${index}`,
          {
            version: '1.0.0',
            integrity: INTEGRITY,
            dependencies: { 'package-0': '^1.0.0', ...(index + 1 < count && { [`package-${index + 1}`]: '1.0.0' }) },
          },
        ]),
      ),
    },
  });
  const stepsOf = (count: number): number => {
    const budget = new Counter();
    expect(judgeNpm(sourceOf(chain(count)), DEFAULT_DEPENDENCY_SETTINGS, budget)).toEqual([]);
    return budget.steps;
  };

  it('are twice as many for a lock that is twice as large', () => {
    expect(stepsOf(1000) / stepsOf(500)).toBeLessThan(2.1);
  });

  it('end it, if they are more than it may take', () => {
    const limited = (steps: number): unknown =>
      judgeNpm(sourceOf(chain(500)), DEFAULT_DEPENDENCY_SETTINGS, new Budget(steps));
    expect(() => limited(1000)).toThrow(TooComplex);
    expect(limited(stepsOf(500))).toEqual([]);
  });
});
