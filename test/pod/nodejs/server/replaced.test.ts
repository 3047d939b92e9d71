/** What the server is made of and a handler, or a package that it loads, may replace: fake timers, mocks, polyfills, mischief. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { withFunction } from '../../conformance/harness.ts';

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

/** Statements of a handler's module; `stop` throws. */
const REPLACED: Readonly<Record<string, string>> = {
  'process.stderr.write, with one that throws': `process.stderr.write = stop;`,
  'process.stderr and process.stdout': `for (const name of ['stderr', 'stdout']) Object.defineProperty(process, name, { get: stop });`,
  'process.stderr, by destroying it': `process.stderr.destroy(); process.stdout.destroy();`,
  'the methods of console': `for (const name of Object.keys(console)) console[name] = stop;`,
  'fs.writeSync': `require('node:fs').writeSync = stop; require('node:module').syncBuiltinESMExports();`,
  'the clock': `Date.now = stop; Date.prototype.toISOString = stop; globalThis.Date = stop; performance.now = stop;`,
  'the timers': `for (const name of ['setTimeout', 'setImmediate', 'setInterval', 'queueMicrotask']) globalThis[name] = stop;`,
  'JSON, Reflect and Buffer.from': `JSON.stringify = stop; JSON.parse = stop; Reflect.apply = stop; Reflect.get = stop; Buffer.from = stop;`,
  'Promise, Map, WeakRef and fetch': `for (const name of ['Map', 'WeakRef', 'fetch']) globalThis[name] = stop; globalThis.Promise = class extends Promise {};`,
  'methods of Array': `for (const name of ['find', 'some', 'every', 'reduce', 'flatMap', 'splice']) Array.prototype[name] = stop;`,
  'util.inspect': `require('node:util').inspect = stop; require('node:module').syncBuiltinESMExports();`,
  'process.exit and process.emitWarning': `process.exit = stop; process.emitWarning = stop;`,
  'process.on and its siblings': `for (const name of ['on', 'once', 'off', 'addListener', 'removeListener', 'listeners']) process[name] = stop;`,
  'the listeners of SIGTERM, by removing them': `process.removeAllListeners('SIGTERM'); process.removeAllListeners('SIGINT'); process.removeAllListeners('uncaughtException');`,
  'all listeners of the process, by removing them': `process.removeAllListeners();`,
  'nothing, and listens for exit with a function that throws,': `process.on('exit', stop);`,
};

describe('a handler that replaces', () => {
  it.for(Object.entries(REPLACED))('%s is served, logged, timed and stopped as ever', async ([name, statements]) => {
    const handler = `const { setTimeout } = globalThis;
function stop() { throw new Error('replaced'); }
exports.main = (event) => {
  switch (event.data) {
    case 'replace': ${statements} return 'replaced';
    case 'fail': throw new RangeError('of the handler');
    case 'stray': setTimeout(() => { throw new RangeError('astray'); }, 1); return new Promise(() => {});
    case 'hang': return new Promise(() => {});
    default: return event.data;
  }
};`;
    const env = { FUNC_TIMEOUT: '1' };
    await withFunction({ language: 'nodejs', programs: built.programs, files: handler, env }, async (started) => {
      const ask = async (body: string): Promise<[number, string]> => {
        const { status, text } = await started.call({ body, headers: { 'content-type': 'text/plain' } });
        return [status, text];
      };
      expect(await ask('replace')).toEqual([200, 'replaced']);
      expect(await ask('fail')).toEqual([500, 'Internal server error']);
      await started.logged('of the handler');
      expect(await ask('stray')).toEqual([500, 'Internal server error']);
      await started.logged('astray');
      expect(await ask('hang')).toEqual([408, 'Request Timeout']);
      await started.logged('main took longer than 1 s (FUNC_TIMEOUT)');
      expect(await ask('text')).toEqual([200, 'text']);
      expect((await started.call({ body: '{"a":1}', headers: { 'content-type': 'application/json' } })).text).toBe(
        '{"a":1}',
      );
      const { text } = await started.call({ path: '/metrics' });
      // The library for metrics is made of these methods.
      if (name !== 'methods of Array') expect(text).toContain('function_failures_total{method="POST"} 3');
      started.process.kill('SIGTERM');
      await started.logged('"stopped"');
      expect(await started.exited).toBe(0);
    });
  });
});
