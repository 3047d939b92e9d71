import { chmod, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, hammer } from '../../conformance/hammer.ts';
import { PythonRuntime } from './python-function.ts';

let runtime: PythonRuntime;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
});
afterAll(() => runtime.close());

/** Whether anything accepts connections at a port. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

const hello = { 'handler.py': 'def main(event, context): return "x"\n' };

describe('SIGTERM', () => {
  it('ends an idle Function with exit status 0', async () => {
    const started = await runtime.start(hello);
    expect((await started.call()).status).toBe(200);
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(started.log()).toContain('"msg":"stopped"');
  });

  it('stops taking connections, lets a running request finish, then exits 0', async () => {
    const started = await runtime.start({
      'handler.py': `
import os, time
def main(event, context):
    print('begun', flush=True)
    while not os.path.exists(event['data']):
        time.sleep(0.01)
    return 'finished'
`,
    });
    const gate = path.join(started.folder, 'gate');
    const { port } = started;
    const running = started.call(gate);
    await started.logged('begun');
    started.process.kill('SIGTERM');
    await started.logged('asked to stop');
    while (await accepts(port));
    expect(started.process.exitCode).toBeNull();
    await writeFile(gate, '');
    const answer = await running;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('connection')).toBe('close');
    expect(await answer.text()).toBe('finished');
    expect(await started.exited).toBe(0);
  });

  it('loses no request under load: each is answered until connections are refused', async () => {
    const started = await runtime.start(hello);
    const { answered, failed } = await hammer(started.port, (count) => {
      if (count === 500) started.process.kill('SIGTERM');
    });
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(500);
    expect(await started.exited).toBe(0);
  });

  it('goes on accepting while there is somebody who has not heard that the Pod is going', async () => {
    const started = await runtime.start(hello);
    expect(await call(started.port, false)).toBe('x');
    started.process.kill('SIGTERM');
    await started.logged('asked to stop');
    for (let calls = 0; calls < 7; calls += 1) {
      await delay(200);
      expect(await call(started.port, false)).toBe('x');
    }
    expect(await started.exited).toBe(0);
  });

  it('lets a streamed answer finish', async () => {
    const started = await runtime.start({
      'handler.py': `
import time
def main(event, context):
    def pieces():
        print('begun', flush=True)
        for number in range(20):
            yield f'{number}\\n'
            time.sleep(0.05)
    return pieces()
`,
    });
    const answer = started.call();
    await started.logged('begun');
    started.process.kill('SIGTERM');
    expect(await (await answer).text()).toMatch(/^0\n1\n[^]*\n19\n$/);
    expect(await started.exited).toBe(0);
  });

  it('runs what the handler registered with atexit, and does not wait for its threads for ever', async () => {
    const started = await runtime.start({
      'handler.py': `
import atexit, threading, time
atexit.register(lambda: print('at exit', flush=True))
threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
def main(event, context): return 'x'
`,
    });
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(started.log()).toContain('at exit');
    const stuck = await runtime.start({
      'handler.py': `
import threading, time
threading.Thread(target=time.sleep, args=(3600,)).start()
def main(event, context): return 'x'
`,
    });
    stuck.process.kill('SIGTERM');
    expect(await stuck.exited).toBe(0);
  });

  it('works though the handler ignores the signal for itself', async () => {
    const started = await runtime.start({
      'handler.py': `
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def main(event, context): return 'x'
`,
    });
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
  });

  it('ends a Function whose handler is still being loaded', async () => {
    const started = await runtime.launch({
      'handler.py': 'import time\nprint("loading", flush=True)\ntime.sleep(3600)\ndef main(event, context): pass\n',
    });
    await started.logged('loading');
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
  });
});

describe('a port that is taken', () => {
  it('is an error with exit status 1', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, resolve));
    const address = other.address();
    const port = typeof address === 'object' && address ? String(address.port) : '';
    const started = await runtime.start(hello, { FUNC_PORT: port });
    expect(await started.exited).toBe(1);
    expect(started.log()).toContain(`Port ${port} (FUNC_PORT) cannot be listened on: `);
    expect(started.log()).toContain('Address already in use');
    expect(started.log()).not.toContain('Traceback');
    await new Promise((resolve) => other.close(resolve));
  });
});

describe('a handler that ends the process', () => {
  const ENDS = `
import multiprocessing, os, sys
def main(event, context):
    if event['data'] == 'sys.exit': sys.exit(3)
    if event['data'] == 'os._exit': os._exit(3)
    child = multiprocessing.get_context('fork').Process(target=print, args=('from a child',))
    child.start()
    child.join()
    return child.exitcode
`;

  it('by os._exit leaves the reason in the log and in the termination message; a child of it does not', async () => {
    const termination = path.join(runtime.folder, 'termination-log');
    await writeFile(termination, '');
    await chmod(termination, 0o666);
    const started = await runtime.start({ 'handler.py': ENDS }, { BUILDLESS_TERMINATION_LOG: termination });
    expect(await (await started.call('a child')).json()).toBe(0);
    expect(started.log()).not.toContain('ended the process');
    await started.call('os._exit').catch(() => undefined);
    expect(await started.exited).toBe(3);
    const reason =
      'handler: it ended the process by os._exit(3), and with it every call that ran; return or raise instead.';
    expect(started.log()).toContain(reason);
    expect(await readFile(termination, 'utf8')).toBe(reason);
  });

  it('by sys.exit does not: it is an exception like any other', async () => {
    const started = await runtime.start({ 'handler.py': ENDS });
    expect((await started.call('sys.exit')).status).toBe(500);
    expect(started.log()).toContain('SystemExit');
    expect((await started.call('a child')).status).toBe(200);
  });
});
