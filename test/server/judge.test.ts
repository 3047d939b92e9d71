import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { basisOf, TooBusy, type SourceQuestion } from '../../src/admission/judgement.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { digestOf } from '../../src/function/files.ts';
import type { Language } from '../../src/function/languages.ts';
import { createJudge, type Judge } from '../../src/server/judgement/judge.ts';
import { JUDGEMENT } from '../../src/server/limits.ts';
import { createLogger } from '../../src/server/logging.ts';
import { Metrics } from '../../src/server/metrics.ts';

const judges: Judge[] = [];
afterEach(async () => {
  await Promise.all(judges.splice(0).map(({ stop }) => stop()));
});

/** As the webhook has it, with the program that ships; `judgements` counts those of the thread. */
function startJudge(program = 'dist/judge.mjs'): Judge & { readonly judgements: () => number } {
  let judgements = 0;
  const metrics = new Metrics({ version: '1', processMetrics: false });
  const judge = createJudge({
    program: pathToFileURL(program),
    // A machine that runs tests may have no time for it.
    limits: { ...JUDGEMENT, longestMilliseconds: 100_000, queue: { ...JUDGEMENT.queue, milliseconds: 100_000 } },
    logger: createLogger({ level: 'error', destination: 2 }),
    metrics: {
      follow: (waiting) => {
        metrics.judgements.follow(waiting);
      },
      judged: () => {
        judgements += 1;
      },
    },
  });
  judges.push(judge);
  return { ...judge, judgements: () => judgements };
}

function question(
  texts: Readonly<Record<string, string>>,
  namespace = 'shop',
  language: Language = 'nodejs',
): SourceQuestion {
  const files = new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)]));
  return { namespace, files, digest: digestOf(files), basis: basisOf(DEFAULT_CONFIGURATION, language) };
}

/** A complete lock of many packages. */
function locked(count: number, name = 'p'): Readonly<Record<string, string>> {
  const names = Array.from({ length: count }, (_, n) => `${name}${n}`);
  const dependencies = Object.fromEntries(names.map((each) => [each, '1.0.0']));
  const packages = Object.fromEntries(
    names.map((each) => [
      `node_modules/${each}`,
      {
        version: '1.0.0',
        resolved: `https://registry.npmjs.org/${each}/-/${each}-1.0.0.tgz`,
        integrity: `sha512-${'A'.repeat(86)}==`,
      },
    ]),
  );
  return {
    'handler.js': '',
    'package.json': JSON.stringify({ dependencies }),
    'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies }, ...packages } }),
  };
}

const floating = (count: number): Readonly<Record<string, string>> => ({
  'package.json': JSON.stringify({
    dependencies: Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, '*'])),
  }),
});

describe('the judgement of a source', () => {
  it('is made once, for whoever asks, and remembered', async () => {
    const { judge, judgements } = startJudge();
    const [first, second, other] = await Promise.all([
      judge(question(locked(300))),
      judge(question(locked(300))),
      judge(question(locked(300), 'elsewhere')),
    ]);
    expect(first).toMatchObject({ findings: [], hasDependencies: true, whyNot: {} });
    expect(second).toEqual(first);
    expect(other).toEqual(first);
    expect(await judge(question(locked(300), 'later'))).toBe(first);
    expect(judgements()).toBe(1);
  });

  it('is made again for other files and for another language', async () => {
    const { judge, judgements } = startJudge();
    await judge(question(locked(100)));
    await judge(question(locked(100, 'q')));
    await judge(question(locked(100), 'shop', 'python'));
    expect(judgements()).toBe(3);
  });

  it('of a small source needs no thread', async () => {
    const { judge, judgements } = startJudge('dist/there-is-none.mjs');
    expect(await judge(question(floating(20)))).toMatchObject({ hasDependencies: true });
    expect(judgements()).toBe(0);
  });

  it('of 2,000 packages of a lock is within the budget', async () => {
    const { judge } = startJudge();
    expect(await judge(question(locked(2000)))).toMatchObject({ findings: [] });
  });

  it('lists the first findings of each level, and counts the others', async () => {
    const { judge } = startJudge();
    const facts = await judge(question(floating(1000)));
    if (facts instanceof TooBusy) throw new Error(facts.reason);
    const floats = facts.findings.filter(({ level }) => level === 'no-latest');
    expect(floats).toHaveLength(51);
    expect(floats.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(1000);
  });

  it('that takes too many steps is a refusal that names the limit, and no installer is chosen by it', async () => {
    const { judge } = startJudge();
    const facts = await judge(question(floating(40_000)));
    expect(facts).toMatchObject({
      hasDependencies: true,
      findings: [{ code: 'too-complex', level: 'no-latest', file: 'package.json' }],
      whyNot: { bun: { auto: { 22: 'the dependency files are too complex' } } },
    });
    expect(JSON.stringify(facts)).toContain('more than 500000 steps');
  });

  it.each([
    ['never ends', 'test/server/endless-judge.mjs', 'too-complex', 'it took more than 2 s of CPU'],
    ['takes all memory', 'test/server/greedy-judge.mjs', 'too-complex', 'MB of memory'],
  ])(
    'is ended when it %s, and the thread starts again',
    async (_, program, code, reason) => {
      const { judge } = startJudge(program);
      const facts = await judge(question({ ...locked(100), 'end.txt': 'never' }));
      expect(facts).toMatchObject({ findings: [{ code }] });
      expect(JSON.stringify(facts)).toContain(reason);
      expect(await judge(question(locked(100, 'q')))).toMatchObject({ findings: [] });
    },
    60_000,
  );

  it('that takes long is ended sooner for another namespace, which is then served', async () => {
    const { judge } = startJudge('test/server/endless-judge.mjs');
    const [endless, other] = await Promise.all([
      judge(question({ ...locked(100), 'end.txt': 'never' })),
      judge(question(locked(100, 'q'), 'elsewhere')),
    ]);
    expect(endless).toEqual(new TooBusy('other namespaces are waiting'));
    expect(other).toMatchObject({ findings: [] });
  });

  it('fails for a fault of the thread, and not for ever', async () => {
    const { judge } = startJudge('test/server/broken-judge.mjs');
    await expect(judge(question({ ...locked(100), 'end.txt': 'never' }))).rejects.toThrow('a judgement failed');
    expect(await judge(question(locked(100, 'q')))).toMatchObject({ findings: [] });
  });
});
