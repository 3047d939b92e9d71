import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Pulse } from '../../../../src/pod/nodejs/server/health/pulse.ts';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { FunctionProcess, withFunction } from '../../conformance/harness.ts';

/** Computes for as many milliseconds as the body says, and lets nothing else run on its thread. */
const BUSY = `module.exports = { main(event) {
  const end = Date.now() + Number(event.data);
  while (Date.now() < end);
  return 'computed';
} };`;

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

const healthPortOf = ({ log }: FunctionProcess): number => Number(/, health on (\d+)/.exec(log)?.[1]);

/** Status and text of a GET; `timeout` where nothing comes within that time. */
function get(port: number, path: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, timeout }, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => {
        resolve(`${answer.statusCode} ${text}`);
      });
    });
    asked.on('timeout', () => {
      resolve('timeout');
      asked.destroy();
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET') reject(error);
    });
    asked.end();
  });
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a handler that keeps its thread busy', () => {
  it('lives: the health port answers meanwhile, and the Function’s own port, for readiness, does not', async () => {
    await withFunction(
      { language: 'nodejs', programs: built.programs, files: BUSY, env: { BUILDLESS_HEALTH_PORT: '0' } },
      async (started) => {
        const health = healthPortOf(started);
        expect(await get(health, '/healthz', 5000)).toBe('200 OK');
        const call = started.call({ body: '6000', headers: { 'content-type': 'text/plain' } }, true);
        await pause(300);
        expect(await get(started.port, '/healthz', 500)).toBe('timeout');
        expect(await get(health, '/healthz', 4000)).toBe('200 OK');
        await pause(2500);
        expect(await get(health, '/healthz', 4000)).toMatch(/^200 busy for [23] s$/);
        await started.logged('the handler has kept its thread busy for');
        expect((await call).text).toBe('computed');
        expect(await get(started.port, '/healthz', 4000)).toBe('200 OK');
        expect(await get(health, '/healthz', 4000)).toBe('200 OK');
        expect(await get(health, '/', 4000)).toBe('404 there is /healthz');
      },
    );
  });

  it('is named in the log before the first liveness probe, which comes after two minutes', async () => {
    await withFunction(
      { language: 'nodejs', programs: built.programs, files: BUSY, env: { BUILDLESS_HEALTH_PORT: '0' } },
      async (started) => {
        const call = started.call({ body: '4000', headers: { 'content-type': 'text/plain' } }, true);
        await started.logged('the handler has kept its thread busy for');
        await call;
      },
    );
  });

  it('is dead when it is silent for longer than any call may take', () => {
    const asked: string[] = [];
    const pulse = new Pulse(90, () => asked.push('?'));
    expect(pulse.feel(0)).toEqual({ alive: true, busySeconds: 0 });
    expect(pulse.feel(90_000)).toEqual({ alive: true, busySeconds: 90 });
    expect(pulse.feel(90_001).alive).toBe(false);
    expect(asked).toHaveLength(1);
    pulse.answered();
    expect(pulse.feel(95_000)).toEqual({ alive: true, busySeconds: 0 });
    expect(asked).toHaveLength(2);
  });

  it('has no health thread where no port is set for it', async () => {
    await withFunction({ language: 'nodejs', programs: built.programs, files: BUSY }, (started) => {
      expect(started.log).not.toContain('health on');
      return Promise.resolve();
    });
  });

  it('is not started where the health port is taken', async () => {
    await withFunction(
      { language: 'nodejs', programs: built.programs, files: BUSY, env: { BUILDLESS_HEALTH_PORT: '0' } },
      async (first) => {
        const taken = String(healthPortOf(first));
        const second = await FunctionProcess.launch({
          language: 'nodejs',
          programs: built.programs,
          files: BUSY,
          env: { BUILDLESS_HEALTH_PORT: taken },
        });
        try {
          expect(await second.exited).toBe(1);
          expect(await second.terminationMessage()).toMatch(
            new RegExp(`^Port ${taken} \\(BUILDLESS_HEALTH_PORT\\) cannot be listened on: .*EADDRINUSE`),
          );
        } finally {
          await second.stop();
        }
      },
    );
  });
});
