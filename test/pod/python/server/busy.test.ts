import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../../../cluster/kubernetes/component.ts';
import { eventually } from '../../../eventually.ts';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
});
afterAll(() => runtime.close());

/**
 * `lock` keeps Python to itself for so many seconds, as a C extension that never lets go: PyDLL calls without releasing the
 * interpreter's lock. `compute` is a loop of Python's own, `wait` blocks its thread.
 */
const HANDLER = `
import ctypes, time
libc = ctypes.PyDLL(None)
def main(event, context):
    what, seconds = event['data']
    print('begun', flush=True)
    if what == 'lock': libc.usleep(int(seconds * 1e6))
    elif what == 'compute':
        end = time.monotonic() + seconds
        while time.monotonic() < end: pass
    else: time.sleep(seconds)
    return what
`;

/** Of a process, as proc_pid_stat(5) has it; empty where there is none. */
function stateOf(pid: number): string {
  try {
    return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

const healthPortOf = (started: PythonFunction): number => Number(/, health on (\d+)/.exec(started.log())?.[1]);

/** Status and text of a GET; `timeout` where nothing comes within that time. */
async function get(port: number, path: string, milliseconds: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(milliseconds) });
    return `${answer.status} ${await answer.text()}`;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return 'timeout';
    throw error;
  }
}

describe('a handler that keeps the interpreter’s lock', () => {
  it('lives: the health port answers meanwhile, and the Function’s own port, for readiness, does not', async () => {
    const started = await runtime.start({ 'handler.py': HANDLER }, { BUILDLESS_HEALTH_PORT: '0' });
    const health = healthPortOf(started);
    expect(await get(health, '/healthz', 5000)).toBe('200 OK');
    const call = started.call(['lock', 6]);
    await started.logged('begun');
    expect(await get(started.port, '/healthz', 500)).toBe('timeout');
    expect(await get(health, '/healthz', 4000)).toBe('200 OK');
    await pause(2500);
    expect(await get(health, '/healthz', 4000)).toMatch(/^200 busy for [23] s$/);
    await started.logged('the handler has kept Python to itself for');
    expect(await (await call).text()).toBe('lock');
    expect(await get(started.port, '/healthz', 4000)).toBe('200 OK');
    expect(await get(health, '/healthz?x', 4000)).toBe('200 OK');
    expect(await get(health, '/', 4000)).toBe('404 there is /healthz');
  });

  it('is named in the log before the first liveness probe, which comes after two minutes', async () => {
    const started = await runtime.start({ 'handler.py': HANDLER }, { BUILDLESS_HEALTH_PORT: '0' });
    const call = started.call(['lock', 4]);
    await started.logged('the handler has kept Python to itself for');
    await call;
  });
});

describe('a handler that computes in Python', () => {
  it('is alive and ready, as other calls are served beside it', async () => {
    const started = await runtime.start({ 'handler.py': HANDLER }, { BUILDLESS_HEALTH_PORT: '0' });
    const call = started.call(['compute', 4]);
    await started.logged('begun');
    expect(await get(started.port, '/healthz', 2000)).toBe('200 OK');
    expect(await get(healthPortOf(started), '/healthz', 2000)).toBe('200 OK');
    expect(await (await started.call(['wait', 0])).text()).toBe('wait');
    expect(await (await call).text()).toBe('compute');
  });
});

describe('calls that hold every thread', () => {
  it('take readiness, which says so, when others wait; never liveness', async () => {
    const env = { BUILDLESS_HEALTH_PORT: '0', CHERRYPY_NUMTHREADS: '2' };
    const started = await runtime.start({ 'handler.py': HANDLER }, env);
    const calls = [started.call(['wait', 5]), started.call(['wait', 5])];
    await started.logged('begun', 2);
    expect(await get(started.port, '/healthz', 2000)).toBe('200 OK');
    const waits = started.call(['wait', 0]);
    await pause(2500);
    expect(await get(started.port, '/healthz', 2000)).toMatch(
      /^503 busy: all 2 threads \(CHERRYPY_NUMTHREADS\) for [23] s$/,
    );
    expect(await get(healthPortOf(started), '/healthz', 2000)).toBe('200 OK');
    expect(await get(started.port, '/healthz', 2000)).toContain('503');
    expect(started.log().match(/calls have kept all 2 threads/g)).toHaveLength(1);
    await Promise.all([...calls, waits]);
    expect(await get(started.port, '/healthz', 2000)).toBe('200 OK');
  });
});

describe('the health process', () => {
  it('is not there where no port is set for it', async () => {
    const started = await runtime.start({ 'handler.py': HANDLER });
    expect(started.log()).not.toContain('health on');
  });

  it('calls a Function that is still being loaded not alive: the first probe comes after two minutes', async () => {
    const [port = 0] = await freePorts(1);
    const slow = "import time\nprint('loading', flush=True)\ntime.sleep(4)\ndef main(event, context): return 1\n";
    const started = await runtime.launch({ 'handler.py': slow }, { BUILDLESS_HEALTH_PORT: String(port) });
    await started.logged('loading');
    expect(await get(port, '/healthz', 2000)).toBe('503 the handler is not loaded yet');
    await started.logged('listens on port');
    expect(await get(port, '/healthz', 2000)).toBe('200 OK');
  });

  it('keeps the Function from starting where its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, resolve));
    const address = taken.address();
    const port = String(typeof address === 'object' ? address?.port : '');
    const started = await runtime.start({ 'handler.py': HANDLER }, { BUILDLESS_HEALTH_PORT: port });
    expect(await started.exited).toBe(1);
    expect(started.log()).toMatch(
      new RegExp(`Port ${port} \\(BUILDLESS_HEALTH_PORT\\) cannot be listened on: .*in use`),
    );
    taken.close();
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('ends with the server, here by %s', async (signal) => {
    const started = await runtime.start({ 'handler.py': HANDLER }, { BUILDLESS_HEALTH_PORT: '0' });
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(started.process.pid)], { encoding: 'utf8' });
    const child = Number(children.trim());
    expect(child).toBeGreaterThan(0);
    // A terminal sends its signals to both: those are no reason to go before the server.
    process.kill(child, 'SIGINT');
    expect(await get(healthPortOf(started), '/healthz', 2000)).toBe('200 OK');
    started.process.kill(signal);
    // The child has the same standard output, which is closed when both are gone.
    await started.exited;
    // Gone, or waiting for whoever inherits orphans here.
    await eventually(() => {
      expect(stateOf(child)).toMatch(/^Z?$/);
    });
  });

  it('calls a server dead that is silent for longer than any call may take', () => {
    const program = `
import sys; sys.path.insert(0, sys.argv[1])
from buildless_server.health import Pulse
asked = []
pulse = Pulse(90, lambda: asked.append('?'))
assert pulse.feel(0) == (True, 0)
assert pulse.feel(90) == (True, 90)
assert pulse.feel(90.1)[0] is False
assert len(asked) == 1
pulse.answered()
assert pulse.feel(95) == (True, 0)
assert len(asked) == 2
print('all')
`;
    expect(execFileSync('python3', ['-B', '-c', program, runtime.folder], { encoding: 'utf8' })).toBe('all\n');
  });
});
