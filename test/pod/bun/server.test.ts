import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../conformance/built-programs.ts';
import { FunctionProcess, withFunction, type Start } from '../conformance/harness.ts';
import { AMBIGUOUS, ambiguous, sendRaw } from '../http-api/raw.ts';
import { Collector } from '../nodejs/server/collector.ts';
import { ON_BUN } from './bun.ts';

/** Kinds of spans, as OTLP numbers them. */
const SERVER = 2;
const CLIENT = 3;

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

const start = (files: Start['files'], env: Readonly<Record<string, string>> = {}): Start => ({
  language: 'nodejs',
  programs: built.programs,
  files,
  ...ON_BUN,
  env: { ...ON_BUN?.env, ...env },
});

async function refusal(files: Readonly<Record<string, string>>, env?: Readonly<Record<string, string>>) {
  const launched = await FunctionProcess.launch(start(files, env));
  try {
    expect(await launched.exited).toBe(1);
    return await launched.terminationMessage();
  } finally {
    await launched.stop();
  }
}

describe.skipIf(ON_BUN === undefined)('a Function on bun', () => {
  it.each(AMBIGUOUS)('refuses a request that others could read in another way: %s', async (_, head) => {
    await withFunction(start('exports.main = () => "x";'), async ({ port }) => {
      const answer = await sendRaw(port, ambiguous(head));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toContain('smuggled');
    });
  });

  it('lets a call finish when it is asked to stop, is not ready meanwhile, and ends with 0', async () => {
    const handler = `exports.main = () => new Promise((done) => { console.log('called'); setTimeout(done, 700, 'finished'); });`;
    await withFunction(start(handler), async (started) => {
      const call = started.call({}, true);
      await started.logged('called');
      started.process.kill('SIGTERM');
      await started.logged('asked to stop');
      const health = await started.call({ path: '/healthz' });
      expect([health.status, health.text]).toEqual([503, 'stopping']);
      expect((await call).text).toBe('finished');
      expect(await started.exited).toBe(0);
    });
  });

  it('stops also if the handler removes all listeners of signals', async () => {
    await withFunction(
      start(`exports.main = () => { process.removeAllListeners(); return 'x'; };`),
      async (started) => {
        expect((await started.call({})).text).toBe('x');
        started.process.kill('SIGTERM');
        await started.logged('"stopped"');
        expect(await started.exited).toBe(0);
      },
    );
  });

  it('answers the health port while the handler computes', async () => {
    const busy = `exports.main = () => { console.log('computing'); const end = Date.now() + 2000; while (Date.now() < end); return 'computed'; };`;
    await withFunction(start(busy, { BUILDLESS_HEALTH_PORT: '0' }), async (started) => {
      const call = started.call({}, true);
      await started.logged('computing');
      expect(await statusOf(Number(/, health on (\d+)/.exec(started.log)?.[1]))).toBe(200);
      expect((await call).text).toBe('computed');
    });
  });

  it('passes the trace on with fetch, in a span of its own', async () => {
    const collector = await Collector.listen();
    const handler = `exports.main = async () => (await (await fetch(process.env.OTHER)).json()).traceparent;`;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTHER: collector.url };
    try {
      await withFunction(start(handler, env), async (started) => {
        const traceId = '0af7651916cd43dd8448eb211c80319c';
        const { text } = await started.call({ headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
        expect(text).toMatch(new RegExp(`^00-${traceId}-`));
        started.process.kill('SIGTERM');
        await started.exited;
      });
      expect(collector.spans.map(({ kind }) => kind).sort()).toEqual([SERVER, CLIENT]);
    } finally {
      await collector.close();
    }
  });

  it('loads TypeScript', async () => {
    await withFunction(start({ 'handler.ts': `export const main = (): string => 'typed';` }), async (started) => {
      expect((await started.call({})).text).toBe('typed');
    });
  });

  it.each([
    [
      'exports.main = () => {\n  return 1 +;\n};',
      /^handler\.js, line 2: SyntaxError: Unexpected ;\n.*return 1 \+;\n +\^\n/,
    ],
    [
      `const a = 1;\nrequire('left-pad');`,
      /^handler\.js, line 2: require\('left-pad'\);: the package left-pad was not found\.\n/,
    ],
    [`throw new RangeError('at load');`, /^handler\.js, line 1: .*RangeError: at load/],
  ])('says where and why a handler cannot be loaded: %s', async (handler, message) => {
    expect(await refusal({ 'handler.js': handler })).toMatch(message);
  });

  it('installs nothing, reads no .env and runs no bunfig.toml of its folder', async () => {
    const files = {
      'handler.js': `exports.main = () => ({ env: process.env.FROM_FILE ?? null, preloaded: globalThis.preloaded ?? null });`,
      '.env': 'FROM_FILE=1',
      'bunfig.toml': 'preload = ["./preload.js"]',
      'preload.js': 'globalThis.preloaded = true;',
    };
    await withFunction(start(files), async (started) => {
      expect(JSON.parse((await started.call({})).text)).toEqual({ env: null, preloaded: null });
    });
  });
});

const statusOf = (port: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/healthz' }, ({ statusCode }) => {
      resolve(statusCode);
      asked.destroy();
    });
    asked.on('error', reject);
    asked.end();
  });
