import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
});
afterAll(() => runtime.close());

const start = (onLoad: string, onCall = 'pass', env: Readonly<Record<string, string>> = {}): Promise<PythonFunction> =>
  runtime.start(
    {
      'handler.py': `
import contextlib, io, json, os, select, signal, socket, sys, threading, time, traceback
def broken(*_, **__): raise RuntimeError('replaced')
${onLoad}
def spoil():
    ${onCall}
def main(event, context):
    if event['data'] == 'spoil': spoil()
    if event['data'] == 'fail': raise ValueError('seen in the log')
    return {'data': event['data']}
`,
    },
    env,
  );

/** It answers, logs a failure, and SIGTERM ends it in order. */
async function serves(started: PythonFunction): Promise<void> {
  expect(await (await started.call('value')).json()).toEqual({ data: 'value' });
  expect((await started.call('fail')).status).toBe(500);
  await started.logged('ValueError: seen in the log');
  started.process.kill('SIGTERM');
  expect(await started.exited).toBe(0);
  expect(started.log()).toContain('"msg":"stopped"');
}

describe('whatever a handler replaces or closes, the server answers, logs and stops in order', () => {
  it.each([
    ['sys.stderr, closed', 'sys.stderr.close()'],
    ['sys.stderr, set to None', 'sys.stderr = None'],
    ['sys.stdout, closed', 'sys.stdout.close()'],
    ['sys.stdout, set to None', 'sys.stdout = None'],
    [
      'both, with a write that fails',
      'sys.stdout = sys.stderr = type("Broken", (), {"write": broken, "flush": broken})()',
    ],
    ['descriptors 1 and 2', 'os.close(1); os.close(2)'],
    ['a redirect_stderr that is never left', 'contextlib.redirect_stderr(io.StringIO()).__enter__()'],
    ['time', 'time.time = time.monotonic = time.sleep = time.strftime = time.gmtime = broken'],
    ['json', 'json.dumps = json.loads = json.JSONEncoder = json.JSONEncoder.encode = broken'],
    ['json.JSONEncoder.encode', 'json.JSONEncoder.encode = broken'],
    [
      'threading',
      'threading.Thread = threading.Lock = threading.Event = threading.Timer = threading.Condition = broken',
    ],
    ['traceback', 'traceback.format_exception = broken'],
    ['os', 'os.write = os.dup = os.getpid = broken'],
    ['signal and select', 'signal.signal = signal.getsignal = select.select = broken'],
    ['socket.socket', 'socket.socket = broken'],
    ['the default timeout of sockets', 'socket.setdefaulttimeout(0.001)'],
    [
      'logging',
      'import logging; logging.raiseExceptions = True; logging.disable(); logging.shutdown(); logging.getLogger = broken',
    ],
    ['the locale', 'import locale; locale.setlocale = broken; locale.getlocale = broken'],
  ])('%s', async (_, code) => {
    const spoilt = await start('', code);
    expect((await spoilt.call('spoil')).status).toBe(200);
    await Promise.all([serves(spoilt), start(code).then(serves)]);
  });

  it('sys.stderr, by redirect_stderr in two calls that overlap', async () => {
    const started = await runtime.start({
      'handler.py': `
import contextlib, io, threading
both = threading.Barrier(2)
def main(event, context):
    if event['data'] == 'fail': raise ValueError('seen in the log')
    if event['data'] == 'value': return {'data': 'value'}
    if event['data'] == 'first':
        with contextlib.redirect_stderr(io.StringIO()):
            both.wait()
            both.wait()
    else:
        both.wait()
        with contextlib.redirect_stderr(io.StringIO()):
            both.wait()
            both.wait()
        return 'second'
    both.wait()
    return 'first'
`,
    });
    const calls = [started.call('first'), started.call('second')];
    expect(await Promise.all(calls.map(async (call) => (await call).text()))).toEqual(['first', 'second']);
    await serves(started);
  });

  it('the handler of SIGTERM, which runs after the last answer', async () => {
    const started = await start(
      `signal.signal(signal.SIGTERM, lambda *_: print('module told', flush=True) or sys.exit(9))`,
    );
    await serves(started);
    expect(started.log()).toContain('module told\n');
  });

  it('a signal handler that raises in the main thread', async () => {
    const started = await start('signal.signal(signal.SIGALRM, broken)');
    started.process.kill('SIGALRM');
    await started.logged('a signal handler of the Function failed');
    await serves(started);
  });

  it.each([
    ['raises', 'raise TimeoutError("alarm")', 'a signal handler of the Function failed'],
    ['sets another that raises', 'signal.signal(signal.SIGALRM, broken)', 'a signal handler of the Function failed'],
  ])('a signal handler that %s, wherever the main thread is', async (_, does, logged) => {
    const started = await start(
      `
def alarm(*_): ${does}
signal.signal(signal.SIGALRM, alarm)
signal.signal(signal.SIGTERM, lambda *_: signal.setitimer(signal.ITIMER_REAL, 0))`,
      // For a second, so that it ends also where a busy machine has no time for anything else.
      `signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    threading.Timer(1, signal.setitimer, (signal.ITIMER_REAL, 0)).start()`,
    );
    expect((await started.call('spoil')).status).toBe(200);
    await started.logged(logged, 20);
    await serves(started);
  });

  it('a signal handler that raises while the last call is finished', async () => {
    const started = await runtime.start({
      'handler.py': `
import signal, time
def alarm(*_): raise TimeoutError('alarm')
signal.signal(signal.SIGALRM, alarm)
def main(event, context):
    print('called', flush=True)
    time.sleep(1)
    return 'finished'
`,
    });
    const call = started.call();
    await started.logged('called');
    started.process.kill('SIGTERM');
    await started.logged('asked to stop');
    started.process.kill('SIGALRM');
    expect(await (await call).text()).toBe('finished');
    expect(await started.exited).toBe(0);
  });

  it('a signal handler that calls sys.exit() stops it in order', async () => {
    const started = await start('signal.signal(signal.SIGUSR1, lambda *_: sys.exit(3))');
    started.process.kill('SIGUSR1');
    expect(await started.exited).toBe(0);
    expect(started.log()).toContain('"msg":"stopped"');
  });
});

describe('variables of the environment', () => {
  it('come from BUILDLESS_ENV_DEFAULTS where envFrom brings none', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import os
def main(event, context):
    return [context['timeout'], context['body-size-limit'], os.environ['GREETING'], 'BUILDLESS_ENV_DEFAULTS' in os.environ]
`,
      },
      {
        FUNC_TIMEOUT: '7',
        BUILDLESS_ENV_DEFAULTS: JSON.stringify({
          FUNC_TIMEOUT: '180',
          REQ_MB_LIMIT: '2',
          GREETING: 'hello',
          NUMBER: 1,
        }),
      },
    );
    expect(await (await started.call()).json()).toEqual([7, 2 * 1024 * 1024, 'hello', false]);
  });

  it.each(['', '[]', 'null', '{', '1'])('are left alone if BUILDLESS_ENV_DEFAULTS is %j', async (text) => {
    const started = await start('', 'pass', { BUILDLESS_ENV_DEFAULTS: text });
    expect(await (await started.call('value')).json()).toEqual({ data: 'value' });
  });
});
