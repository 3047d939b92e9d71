import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime } from './python-function.ts';

let runtime: PythonRuntime;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
});
afterAll(() => runtime.close());

/** A handler that answers with what was imported until it is called, beyond what Python has in any program: bytes of source by name. */
const REPORT = `
import os, sys
def main(event, context):
    loaded = {name: getattr(module, '__file__', None) or '' for name, module in sys.modules.items()}
    import subprocess
    bare = subprocess.run([sys.executable, '-c', 'import sys; print(*sys.modules)'], stdout=subprocess.PIPE, text=True)
    for name in (*bare.stdout.split(), 'handler'): loaded.pop(name, None)
    return {name: os.path.getsize(file) if file.endswith('.py') else 0 for name, file in loaded.items()}
`;

describe('a start is cheap, as a Pod of the smallest preset has 0.15 of a core for it', () => {
  let sizes: Record<string, number>;
  beforeAll(async () => {
    const started = await runtime.start({ 'handler.py': REPORT });
    sizes = (await (await started.call()).json()) as Record<string, number>;
  });

  it.each([
    ...[
      'asyncio',
      'concurrent.futures',
      'ctypes',
      'dataclasses',
      'datetime',
      'difflib',
      'email',
      'email.utils',
      'heapq',
    ],
    ...[
      'importlib.metadata',
      'importlib.resources',
      'inspect',
      'locale',
      'logging',
      'platform',
      'queue',
      'random',
      'ssl',
    ],
    ...['stringprep', 'tempfile', 'traceback', 'tokenize', 'typing', 'urllib.request', 'zipfile'],
    ...['bottle', 'cloudevents', 'jaraco', 'more_itertools', 'opentelemetry', 'prometheus_client', 'typing_extensions'],
    ...['buildless_server.coroutines', 'buildless_server.publisher', 'buildless_server.tracing.sdk'],
  ])('it does not import %s', (name) => {
    expect(Object.keys(sizes)).not.toContain(name);
  });

  it('it imports at most 110 modules, which have at most 1.2 MB of source', () => {
    const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
    // Without a folder to write to, each byte is compiled in each start: 2.9 MB and 189 modules before.
    expect(Object.keys(sizes).length).toBeLessThanOrEqual(110);
    expect(total).toBeLessThanOrEqual(1.2 * 1024 * 1024);
    expect(total).toBeGreaterThan(100 * 1024);
  });
});

describe('what the server imports late or in part is whole for the Function', () => {
  it('every module of Python and of Cheroot is the real one', async () => {
    const started = await runtime.start({
      'handler.py': `
import sys
before = dict(sys.modules)
import email.utils, logging, platform, queue, socket, ssl, threading, time, traceback
def main(event, context):
    real = {module.__name__: module for module in (email, email.utils, logging, platform, queue, socket, ssl, threading, time, traceback)}
    strange = [
        (name, key)
        for name, module in before.items() if not name.startswith(('buildless_server', 'cheroot'))
        for key, value in vars(module).items() if getattr(value, '__name__', None) in real and type(value) is type(sys)
        if value is not real[value.__name__]
    ]
    return {
        'strange': strange,
        'specs': [name for name, module in real.items() if module.__spec__ is None or module.__loader__ is None],
        'server': event['extensions']['request'].environ['SERVER_SOFTWARE'],
    }
`,
    });
    expect(await (await started.call()).json()).toEqual({ strange: [], specs: [], server: 'Cheroot/11.1.2 Server' });
  });

  it('a failure has its whole trace, whatever the Function replaces or calls its modules', async () => {
    const started = await runtime.start({
      'token.py': '',
      'linecache.py': '',
      'handler.py': `
import traceback
def broken(*_, **__): raise RuntimeError('replaced')
for name in traceback.__all__: setattr(traceback, name, broken)
def main(event, context):
    raise ValueError('seen in the log')
`,
    });
    expect((await started.call()).status).toBe(500);
    await started.logged('ValueError: seen in the log');
    expect(started.log()).toContain('Traceback (most recent call last)');
    expect(started.log()).toMatch(/handler\.py\\", line 6, in main\\n {4}raise ValueError/);
  });

  it('a failure says where it was, when no file can be opened', async () => {
    const started = await runtime.start({
      'handler.py': `
import os
def main(event, context):
    while True: os.open('/dev/null', os.O_RDONLY)
`,
    });
    expect((await started.call()).status).toBe(500);
    await started.logged('Too many open files');
    expect(started.log()).toMatch(/handler\.py\\", line 4, in main\\n/);
  });
});

describe('whether a handler takes event and context is judged as Python does', () => {
  it.each([
    ['event, context', true],
    ['event, context, more=1', true],
    ['*args', true],
    ['event, *args', true],
    ['event, context, *, more=1', true],
    ['event=1, context=2', true],
    ['event, context, /', true],
    ['event', false],
    ['', false],
    ['event, context, more', false],
    ['event, context, *, more', false],
    ['**kwargs', false],
    ['event, *, context=1', false],
    ['*args, more', false],
  ])('def main(%s)', async (parameters, fits) => {
    const started = await runtime.start({ 'handler.py': `def main(${parameters}): return "called"\n` });
    if (fits) expect(await (await started.call()).text()).toBe('called');
    else {
      expect(await started.exited).toBe(1);
      expect(started.log()).toContain(`found:      def main(${parameters})`);
    }
  });
});
