import { describe, expect, it } from 'vitest';
import { FunctionProcess, withFunction, type Start } from '../conformance/harness.ts';
import { differenceOf, NOT_COMPARED, NOT_STARTED } from './differences-nodejs.ts';
import { givenSurroundings, startOfCase } from './nodejs-start.ts';
import { readOracle } from './oracle.ts';
import { AMBIGUOUS, ambiguous, sendRaw } from './raw.ts';
import { replayAll } from './replay.ts';

const processes = await readOracle('kyma-nodejs26.json', 'handler.js');

const surroundings = givenSurroundings();

describe("the HTTP API answers as Kyma's nodejs26 does", () => {
  replayAll({
    processes,
    startOf: (process) => startOfCase(process, surroundings()),
    stub: () => surroundings().stub,
    differenceOf,
    notStarted: NOT_STARTED,
    notCompared: NOT_COMPARED,
  });
});

describe('what the event API has, the HTTP API has as well', () => {
  const start = (handler: string, env: Readonly<Record<string, string>> = {}): Start => ({
    language: 'nodejs',
    programs: surroundings().programs,
    files: handler,
    env: { BUILDLESS_API: 'http', ...env },
  });

  it('counts calls under both sets of names', async () => {
    await withFunction(
      start("exports.main = (req, res) => { if (req.path === '/x') throw new Error('x'); res.send('x'); };"),
      async (running) => {
        await running.call({ path: '/' });
        await running.call({ path: '/x' });
        const { text } = await running.call({ path: '/metrics' });
        expect(text).toContain('function_calls_total{method="GET"} 2');
        expect(text).toContain('function_failures_total{method="GET"} 1');
        expect(text).toContain('function_duration_miliseconds_count');
        expect(text).toContain('function_duration_seconds_count');
      },
    );
  });

  it('lets a parser of multipart read the request again', async () => {
    const handler = `exports.main = (req, res) => { let n = 0; req.on('data', (d) => (n += d.length)); req.on('end', () => res.json({ n, raw: req.rawBody.length })); };`;
    await withFunction(start(handler), async (running) => {
      const { text } = await running.call({
        body: '--b--',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      });
      expect(JSON.parse(text)).toEqual({ n: 5, raw: 5 });
    });
  });

  it('answers 500 instead of 408 after an exception that nobody caught, and logs it at once', async () => {
    const handler = "exports.main = () => { setTimeout(() => { throw new Error('in a timer'); }, 1); };";
    await withFunction(start(handler, { FUNC_TIMEOUT: '1' }), async (running) => {
      const { status, text } = await running.call({});
      expect({ status, text }).toEqual({ status: 500, text: 'Internal server error' });
      expect(running.log).toContain('in a timer');
    });
  });

  it('leaves OPTIONS to the handler if CORS is off', async () => {
    await withFunction(
      start('exports.main = (req, res) => res.send(req.method);', { BUILDLESS_CORS_ORIGIN: '' }),
      async (running) => {
        const { text, headers } = await running.call({ method: 'OPTIONS' });
        expect(text).toBe('OPTIONS');
        expect(headers['access-control-allow-origin']).toBeUndefined();
      },
    );
  });

  it('logs an error once, as JSON with the trace id, and shows none of it', async () => {
    await withFunction(start("exports.main = async () => { throw new RangeError('secret'); };"), async (running) => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      const { status, text } = await running.call({ headers: { traceparent } });
      expect({ status, text }).toEqual({ status: 500, text: 'Internal server error' });
      await running.logged('secret');
      const [line = '', ...more] = running.log.split('\n').filter((each) => each.includes('secret'));
      expect(more).toEqual([]);
      expect(JSON.parse(line)).toMatchObject({
        level: 'error',
        msg: 'main failed',
        traceId: '0af7651916cd43dd8448eb211c80319c',
        error: { name: 'RangeError', message: 'secret', stack: expect.stringContaining('handler.js:1') as unknown },
      });
    });
  });

  it('names the trace also in what it logs after the answer', async () => {
    const handler =
      "exports.main = (req, res) => { res.send('x'); setTimeout(() => { throw new Error('late'); }, 50); };";
    await withFunction(start(handler), async (running) => {
      await running.call({ headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
      await running.logged('late');
      const line = running.log.split('\n').find((each) => each.includes('late')) ?? '';
      expect(JSON.parse(line)).toMatchObject({
        msg: 'uncaught exception in main after its answer',
        traceId: '0af7651916cd43dd8448eb211c80319c',
      });
    });
  });

  it('loads the handler before it listens', async () => {
    const handler =
      "console.log('loading'); await new Promise((r) => setTimeout(r, 300)); console.log('loaded');\nexport const main = (req, res) => res.send('x');";
    await withFunction({ ...start(''), files: { 'handler.mjs': handler } }, async (running) => {
      expect((await running.call({})).text).toBe('x');
      expect(running.log.indexOf('loaded')).toBeLessThan(running.log.indexOf('listens on port'));
    });
  });

  it.each([
    ['handler.js', "module.exports = { async main(req, res) { res.send('ok'); } };"],
    ['handler.js', "const app = require('express')(); app.get('/', (q, r) => r.send('ok')); module.exports = app;"],
    ['handler.js', "Object.defineProperty(exports, 'main', { get: () => (req, res) => res.send('ok') });"],
    ['handler.js', "exports.default = { main: (req, res) => res.send('ok') }; exports.__esModule = true;"],
    ['handler.mjs', "export default (req, res) => res.send('ok');"],
    ['handler.cjs', "module.exports = async (req, res) => { res.send('ok'); };"],
  ])('finds the export in %s: %s', async (file, code) => {
    const files = { [file]: code, ...(code.includes('express') && surroundings().packages) };
    await withFunction({ ...start(''), files }, async (running) => {
      expect((await running.call({})).text).toBe('ok');
    });
  });

  it.each(AMBIGUOUS)('refuses a request that others could read in another way: %s', async (_, head) => {
    await withFunction(start('exports.main = (req, res) => res.send(req.url);'), async (running) => {
      const answer = await sendRaw(running.port, ambiguous(head));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toContain('smuggled');
    });
  });

  it('finishes what runs when it is asked to stop', async () => {
    const handler = "exports.main = (req, res) => { setTimeout(() => res.send('finished'), 500); };";
    await withFunction(start(handler), async (running) => {
      const answer = running.call({});
      await new Promise((resolve) => setTimeout(resolve, 100));
      running.process.kill('SIGTERM');
      expect((await answer).text).toBe('finished');
      expect(await running.exited).toBe(0);
    });
  });

  it('names the variable that has no meaning', async () => {
    const launched = await FunctionProcess.launch(start('exports.main = () => {};', { BUILDLESS_API: 'grpc' }));
    expect(await launched.exited).toBe(1);
    expect(launched.log).toContain('BUILDLESS_API is \\"grpc\\": use event or http.');
    await launched.stop();
  });
});
