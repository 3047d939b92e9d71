import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { call } from '../../conformance/hammer.ts';
import { withFunction, type FunctionProcess } from '../../conformance/harness.ts';

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

const serve = (files: string, body: (started: FunctionProcess) => Promise<void>): Promise<void> =>
  withFunction({ language: 'nodejs', programs: built.programs, files }, body);

const HELLO = `exports.main = () => 'x';`;
const SLOW = `module.exports = { main: () => new Promise((resolve) => { console.log('called'); setTimeout(resolve, 700, 'finished'); }) };`;

describe('SIGTERM', () => {
  it('lets a call finish, is not ready meanwhile, closes connections, and ends with 0', async () => {
    await serve(SLOW, async (started) => {
      const call = started.call({}, true);
      await started.logged('called');
      started.process.kill('SIGTERM');
      await started.logged('asked to stop');
      const health = await started.call({ path: '/healthz' });
      expect([health.status, health.text]).toEqual([503, 'stopping']);
      const answer = await call;
      expect([answer.text, answer.headers.connection]).toEqual(['finished', 'close']);
      expect(await started.exited).toBe(0);
    });
  });

  it('ends a Function at once that has nothing to finish, whatever timers it left', async () => {
    await serve(`setInterval(() => {}, 1000); exports.main = () => 1;`, async (started) => {
      started.process.kill('SIGTERM');
      expect(await started.exited).toBe(0);
    });
  });

  it('goes on accepting while there is somebody who has not heard that the Pod is going', async () => {
    await serve(HELLO, async (started) => {
      expect(await call(started.port, false)).toBe('x');
      started.process.kill('SIGTERM');
      await started.logged('asked to stop');
      for (let calls = 0; calls < 7; calls += 1) {
        await delay(200);
        expect(await call(started.port, false)).toBe('x');
      }
      expect(await started.exited).toBe(0);
    });
  });

  it('answers the request of a connection that was opened just before', async () => {
    await serve(HELLO, async (started) => {
      const socket = connect(started.port, '127.0.0.1');
      await once(socket, 'connect');
      // Accepted, as this one was after it.
      await started.call({ path: '/healthz' });
      started.process.kill('SIGTERM');
      await started.logged('asked to stop');
      socket.write('GET / HTTP/1.1\r\nHost: orders\r\n\r\n');
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nx$/);
      expect(await started.exited).toBe(0);
    });
  });

  it('that comes a second time does not wait', async () => {
    await serve(SLOW.replace('700', '60_000'), async (started) => {
      started.call({}, true).catch(() => undefined);
      await started.logged('called');
      started.process.kill('SIGTERM');
      await started.logged('asked to stop');
      started.process.kill('SIGTERM');
      expect(await started.exited).toBe(143);
    });
  });
});

describe('what nobody handles', () => {
  it('a rejection outside of a call is logged, and the process lives', async () => {
    await serve(
      `setTimeout(() => Promise.reject(new Error('in nobody’s name')), 1); exports.main = () => 'alive';`,
      async (started) => {
        await started.logged('in nobody’s name');
        expect((await started.call({})).text).toBe('alive');
      },
    );
  });

  it('a rejection that a call leaves behind is logged with its trace id, and the call has its answer', async () => {
    const handler = `exports.main = () => { setTimeout(() => { Promise.reject(new Error('left behind')); }, 50); return 'answered'; };`;
    await serve(handler, async (started) => {
      const traceId = '0af7651916cd43dd8448eb211c80319c';
      const answer = await started.call({ headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } });
      expect(answer.text).toBe('answered');
      await started.logged('left behind');
      const line = started.log.split('\n').find((text) => text.includes('left behind')) ?? '{}';
      expect(JSON.parse(line)).toMatchObject({ level: 'error', traceId });
    });
  });

  it('an exception in an event handler of a call answers that call with 500', async () => {
    const handler = `const { EventEmitter } = require('node:events');
exports.main = () => new Promise(() => { const e = new EventEmitter(); setTimeout(() => e.emit('error', new Error('emitted')), 5); });`;
    await serve(handler, async (started) => {
      expect((await started.call({})).status).toBe(500);
      expect((await started.call({ path: '/healthz' })).status).toBe(200);
    });
  });
});
