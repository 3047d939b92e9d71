/** Searches for texts that take more than linear time: any unit, in any field. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { basisOf, judge } from '../../src/admission/judgement.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { requestFor, sourceOf, contextWith } from '../admission/review-of.ts';
import { fullPod, textPaths, withText } from './pods.ts';
import { repeated } from './texts.ts';

/** The first is so short that what is quadratic ends; the second shows what is quadratic with little work a step. */
const LENGTHS = [16 * 1024, 128 * 1024];
/** Twice the text takes twice the time; what is quadratic takes four times as long. Below it is the noise of a machine that runs tests. */
const MOST_TIMES = 3;
const NOISE_MILLISECONDS = 60;

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
/** A text of any length. */
const text = fc
  .record({ prefix: fc.option(words, { nil: '' }), unit: words, suffix: fc.option(words, { nil: '' }) })
  .map(
    ({ prefix, unit, suffix }) =>
      (length: number) =>
        repeated(unit, length, prefix, suffix),
  );

async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least of some times: a compiler or a collector may be in one, and what is super-linear is in all. */
async function leastCpuOf(times: number, work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) least = Math.min(least, await cpuOf(work));
  return least;
}

/** @param workOf what is done with a text of a length */
async function expectLinear(workOf: (length: number) => () => unknown): Promise<void> {
  for (const length of LENGTHS) {
    const [half, whole] = [workOf(length), workOf(2 * length)];
    const allowed = (cpu: number): number => MOST_TIMES * cpu + NOISE_MILLISECONDS;
    if ((await cpuOf(whole)) <= allowed(await cpuOf(half))) continue;
    expect(await leastCpuOf(3, whole)).toBeLessThan(allowed(await leastCpuOf(3, half)));
  }
}

it('the search finds what is quadratic', async () => {
  const quadratic = (length: number) => () => /a+$/.test(`${'a'.repeat(length)}b`);
  await expect(expectLinear(quadratic)).rejects.toThrow('to be less than');
});

it('no text of a Pod takes more than linear time', async () => {
  const context = contextWith({ source: sourceOf({ 'handler.js': '' }) });
  const [mutate, validate] = [createMutate(context), createValidate(context)];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...textPaths(fullPod)), text, async (path, textOf) => {
      await expectLinear((length) => {
        const request = requestFor(Object(withText(fullPod, path, textOf(length))) as object);
        return async () => [await mutate(request), await validate(request)];
      });
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
    fc.asyncProperty(fc.constantFrom(...FILES), text, fc.nat({ max: 1 }), async (file, textOf, quoted) => {
      await expectLinear((length) => {
        const content = quoted === 1 ? `{"name": ${JSON.stringify(textOf(length))}}` : textOf(length);
        const files = new Map(
          Object.entries({
            'package.json': '{"dependencies":{"a":"1"}}',
            'requirements.txt': '.\n',
            [file]: content,
          }).map(([name, each]) => [name, Buffer.from(each)] as const),
        );
        return () =>
          (['nodejs', 'python'] as const).map((language) => judge(files, basisOf(DEFAULT_CONFIGURATION, language)));
      });
    }),
    { numRuns: 200 },
  );
});
