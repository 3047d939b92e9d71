import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
});
afterAll(() => runtime.close());

const FOUR_THREADS = { CHERRYPY_NUMTHREADS: '4', FUNC_TIMEOUT: '0.3' };

/** The statuses of calls made at once. */
async function statuses(started: PythonFunction, count: number, body: unknown): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, async () => (await started.call(body)).status));
}

describe('a call that takes longer than FUNC_TIMEOUT', () => {
  it('is answered 408, in short, with CORS headers, and is counted as a failure', async () => {
    const started = await runtime.start(
      { 'handler.py': 'import time\ndef main(event, context): time.sleep(3600)\n' },
      FOUR_THREADS,
    );
    const answer = await started.call();
    expect(answer.status).toBe(408);
    expect(await answer.text()).toBe('Request Timeout');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const metrics = await (await started.call(undefined, { path: '/metrics', method: 'GET' })).text();
    expect(metrics).toContain('function_calls_total{method="POST"} 1.0\n');
    expect(metrics).toContain('function_failures_total{method="POST"} 1.0\n');
  });

  it('costs the pool no thread: after more of them than there are threads it still answers', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import time
def main(event, context):
    if event['data'] == 'sleep':
        time.sleep(3600)
    return 'awake'
`,
      },
      FOUR_THREADS,
    );
    expect(await statuses(started, 12, 'sleep')).toEqual(Array(12).fill(408));
    expect(await statuses(started, 12, 'wake')).toEqual(Array(12).fill(200));
  });

  it('that never ends by itself is ended when as many go on as there are threads', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import threading
running, lock = 0, threading.Lock()
def main(event, context):
    global running
    if event['data'] != 'loop':
        return running
    with lock:
        running += 1
    try:
        while True:
            try:
                sum(range(100))
            except Exception:
                pass
    finally:
        with lock:
            running -= 1
`,
      },
      { ...FOUR_THREADS, CHERRYPY_NUMTHREADS: '2' },
    );
    for (let round = 0; round < 3; round++) expect(await statuses(started, 2, 'loop')).toEqual([408, 408]);
    let running: unknown;
    do running = await (await started.call('count')).json();
    while (running !== 2);
    expect(running).toBe(2);
  });

  it('is cancelled where it is a coroutine', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import asyncio
async def main(event, context):
    try:
        await asyncio.sleep(event['data'])
    except asyncio.CancelledError:
        print('cancelled', flush=True)
        raise
    return 'slept'
`,
      },
      FOUR_THREADS,
    );
    expect(await statuses(started, 6, 3600)).toEqual(Array(6).fill(408));
    await started.logged('cancelled', 6);
    expect(await (await started.call(0)).text()).toBe('slept');
  });

  it('is answered 408 too where it is a generator that has not begun to answer', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import time
def main(event, context):
    def pieces():
        time.sleep(event['data'])
        yield 'first'
        time.sleep(0.5)
        yield ', then longer than the limit'
    return pieces()
`,
      },
      FOUR_THREADS,
    );
    expect((await started.call(3600)).status).toBe(408);
    expect(await (await started.call(0)).text()).toBe('first, then longer than the limit');
  });

  it('may end late: its result goes nowhere, and its connection is closed', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import time
def main(event, context):
    time.sleep(event['data'])
    print('ended', flush=True)
    return 'late'
`,
      },
      FOUR_THREADS,
    );
    const answer = await started.call(0.6);
    expect(answer.status).toBe(408);
    expect(answer.headers.get('connection')).toBe('close');
    await started.logged('ended');
    expect(await (await started.call(0)).text()).toBe('late');
    expect(started.log()).not.toContain('Traceback');
  });
});
