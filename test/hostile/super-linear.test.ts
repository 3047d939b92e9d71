/** Searches for texts that take more than linear time: any unit, in any field. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basisOf, judge } from '../../src/admission/judgement.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { requestFor, sourceOf, surroundingsWith } from '../admission/review-of.ts';
import { fullPod, textPaths, withText } from './pods.ts';
import { repeated } from './texts.ts';

const LENGTH = 128 * 1024;
/** What is quadratic takes a minute and more; what is linear some milliseconds, on a machine that does nothing else. */
const LONGEST_CPU_MILLISECONDS = 4000;

const letters = fc.constantFrom(
  ...'a1/.-_:@#?%$^~<>=!|&*()[]{}"\'\\,; \n\t\u00e9',
  'git',
  'npm:',
  'http',
  '||',
  '..',
  '://',
  '${',
  '$(',
);
const words = fc.array(letters, { minLength: 1, maxLength: 5 }).map((list) => list.join(''));
const text = fc
  .record({ prefix: fc.option(words, { nil: '' }), unit: words, suffix: fc.option(words, { nil: '' }) })
  .map(({ prefix, unit, suffix }) => repeated(unit, LENGTH, prefix, suffix));

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

it('no text of a Pod takes more than linear time', async () => {
  const surroundings = surroundingsWith({ source: sourceOf({ 'handler.js': '' }) });
  const [mutate, validate] = [createMutate(surroundings), createValidate(surroundings)];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...textPaths(fullPod)), text, async (path, value) => {
      const pod = withText(fullPod, path, value);
      const request = requestFor(Object(pod) as object);
      const cpu = await cpuOf(async () => [await mutate(request), await validate(request)]);
      expect(cpu).toBeLessThan(LONGEST_CPU_MILLISECONDS);
    }),
    { numRuns: 200 },
  );
});

const FILES = [
  'package.json',
  'package-lock.json',
  '.npmrc',
  'requirements.txt',
  'pyproject.toml',
  'pylock.toml',
] as const;

it('no text of a dependency file takes more than linear time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...FILES), text, fc.nat({ max: 1 }), async (file, value, quoted) => {
      const content = quoted === 1 ? `{"name": ${JSON.stringify(value)}}` : value;
      const files = new Map(
        Object.entries({
          'package.json': '{"dependencies":{"a":"1"}}',
          'requirements.txt': '.\n',
          [file]: content,
        }).map(([name, each]) => [name, Buffer.from(each)] as const),
      );
      const cpu = await cpuOf(() =>
        Promise.resolve(
          (['nodejs', 'python'] as const).map((language) => judge(files, basisOf(DEFAULT_CONFIGURATION, language))),
        ),
      );
      expect(cpu).toBeLessThan(LONGEST_CPU_MILLISECONDS);
    }),
    { numRuns: 200 },
  );
});
