import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../conformance/built-programs.ts';
import { FunctionProcess, withFunction, type Start } from '../conformance/harness.ts';
import { differenceOf, NOT_COMPARED, NOT_STARTED } from './differences-python.ts';
import { environmentOf, readOracle, Stub, type OracleProcess } from './oracle.ts';
import { AMBIGUOUS, ambiguous, sendRaw } from './raw.ts';
import { replayAll } from './replay.ts';

const processes = await readOracle('kyma-python314.json', 'handler.py');

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
let stub: Stub;

beforeAll(async () => {
  built = await copyBuiltPrograms('python');
  stub = await Stub.start();
});
afterAll(async () => {
  stub.close();
  await built.remove();
});

const startOf = ({ files, env }: OracleProcess): Start => ({
  language: 'python',
  programs: built.programs,
  files,
  // A Pod has the names of the handler that the annotation gives; here they are the author's own.
  env: { MOD_NAME: '', FUNC_HANDLER: '', ...environmentOf(stub, env) },
});

describe("the HTTP API answers as Kyma's python314 does", () => {
  replayAll({
    processes,
    startOf,
    stub: () => stub,
    differenceOf,
    notStarted: NOT_STARTED,
    notCompared: NOT_COMPARED,
  });
});

describe('what the event API has, the HTTP API of Python has as well', () => {
  const start = (handler: Start['files'], env: Readonly<Record<string, string>> = {}): Start => ({
    language: 'python',
    programs: built.programs,
    files: handler,
    env: { BUILDLESS_API: 'http', ...env },
  });
  const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('counts calls under the names of Kyma, with abort() and exceptions as failures', async () => {
    const handler = lines(
      'import flask',
      'def main():',
      "    if flask.request.path == '/x': raise ValueError('x')",
      "    if flask.request.path == '/404': flask.abort(404)",
      "    return 'x'",
    );
    await withFunction(start(handler), async (running) => {
      for (const path of ['/', '/x', '/404']) await running.call({ path });
      const { text } = await running.call({ path: '/metrics' });
      expect(text).toContain('function_calls_total{method="GET"} 3.0');
      expect(text).toContain('function_failures_total{method="GET"} 2.0');
      expect(text).toContain('function_duration_seconds_count{method="GET"} 3.0');
    });
  });

  it('runs calls side by side, and answers /healthz meanwhile', async () => {
    const handler = lines(
      'import flask, threading',
      'together = threading.Barrier(4)',
      'def main():',
      '    together.wait(20)',
      '    return flask.request.path',
    );
    await withFunction(start(handler), async (running) => {
      const first = ['/a', '/b', '/c'].map((path) => running.call({ path }, true));
      expect((await running.call({ path: '/healthz' })).text).toBe('OK');
      const all = await Promise.all([...first, running.call({ path: '/d' }, true)]);
      expect(all.map(({ text }) => text)).toEqual(['/a', '/b', '/c', '/d']);
    });
  });

  it('keeps flask.request and flask.g of a call through await, and cancels it after FUNC_TIMEOUT', async () => {
    const handler = lines(
      'import asyncio, flask',
      'async def main():',
      '    flask.g.n = flask.request.path',
      "    await asyncio.sleep(0.01 if flask.request.path == '/a' else 60)",
      '    return flask.g.n',
    );
    await withFunction(start(handler, { FUNC_TIMEOUT: '1' }), async (running) => {
      expect((await running.call({ path: '/a' })).text).toBe('/a');
      const late = await running.call({ path: '/b' });
      expect({ status: late.status, text: late.text }).toEqual({ status: 408, text: 'Request Timeout' });
      await running.logged('Its coroutine was cancelled.');
    });
  });

  it('lets the module of the handler add hooks, error handlers and blueprints to its application', async () => {
    const handler = lines(
      'import flask',
      'from flask import current_app as app',
      '@app.before_request',
      'async def before():',
      "    flask.g.before = 'before'",
      '@app.after_request',
      'def after(response):',
      "    response.headers['X-After'] = 'after'",
      '    return response',
      '@app.errorhandler(KeyError)',
      'def missing(error):',
      "    return 'own page', 418",
      'def main():',
      "    if flask.request.path == '/x': raise KeyError('x')",
      "    return flask.render_template('page.txt', value=flask.g.before)",
    );
    await withFunction(start({ 'handler.py': handler, 'templates/page.txt': 'page: {{ value }}' }), async (running) => {
      const { text, headers } = await running.call({ path: '/' });
      expect({ text, after: headers['x-after'] }).toEqual({ text: 'page: before', after: 'after' });
      const own = await running.call({ path: '/x' });
      expect({ status: own.status, text: own.text }).toEqual({ status: 418, text: 'own page' });
    });
  });

  it('logs an error once, as JSON with the trace id and from the first line of the handler, and shows none of it', async () => {
    await withFunction(start("def main():\n    raise ValueError('secret')\n"), async (running) => {
      const { status, text } = await running.call({ headers: { traceparent: parent } });
      expect({ status, text }).toEqual({ status: 500, text: 'Internal Server Error' });
      await running.logged('secret');
      const logged = running.log.split('\n').filter((line) => line.includes('secret'));
      expect(logged).toHaveLength(1);
      const { msg, traceId, error } = JSON.parse(logged[0] ?? '') as {
        readonly msg: string;
        readonly traceId: string;
        readonly error: { readonly stack: string };
      };
      expect({ msg, traceId }).toEqual({ msg: 'main failed', traceId: '0af7651916cd43dd8448eb211c80319c' });
      expect(error.stack).toMatch(/^Traceback [^\n]*\n {2}File "[^"]*\/function\/handler\.py", line 2, in main\n/);
    });
  });

  it('passes the trace of the request on to what the handler asks for', async () => {
    const handler = lines(
      'import os, urllib.request',
      'def main():',
      "    return urllib.request.urlopen(os.environ['ECHO'] + '/echo-headers').read()",
    );
    const env = { TRACE_COLLECTOR_ENDPOINT: `${stub.url}/v1/traces`, ECHO: stub.url };
    await withFunction(start(handler, env), async (running) => {
      const { text } = await running.call({ headers: { traceparent: parent } });
      const { traceparent } = JSON.parse(text) as { readonly traceparent: string };
      expect(traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/);
    });
  });

  it('has CORS headers if an origin is configured, and leaves OPTIONS to the handler if none is', async () => {
    const handler = 'import flask\ndef main():\n    return flask.request.method\n';
    await withFunction(start(handler), async (running) => {
      const { text, headers } = await running.call({ method: 'OPTIONS' });
      expect({ text, origin: headers['access-control-allow-origin'] }).toEqual({ text: 'OPTIONS', origin: undefined });
    });
    await withFunction(start(handler, { BUILDLESS_CORS_ORIGIN: 'https://shop.example' }), async (running) => {
      expect((await running.call({})).headers['access-control-allow-origin']).toBe('https://shop.example');
      expect((await running.call({ method: 'OPTIONS' })).text).toBe('');
    });
  });

  it('reads a body in chunks to its end, whether the handler reads it or not', async () => {
    const handler = 'import flask\ndef main():\n    return str(flask.request.content_length)\n';
    await withFunction(start(handler), async (running) => {
      const body = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
      for (let call = 0; call < 3; call += 1) {
        const { status, text } = await running.call({ path: '/', body, headers: { 'transfer-encoding': 'chunked' } });
        expect({ status, text }).toEqual({ status: 200, text: 'None' });
      }
      const { text } = await running.call({ path: '/metrics' });
      expect(text).toContain('function_calls_total{method="POST"} 3.0');
      expect(text).not.toContain('function_calls_total{method="GET"}');
    });
  });

  it('refuses a body in chunks over the limit, which Kyma cuts', async () => {
    const handler = 'import flask\ndef main():\n    return str(len(flask.request.get_data()))\n';
    await withFunction(start(handler, { FUNC_BODY_MB_LIMIT: '0.001' }), async (running) => {
      const { status, text } = await running.call({
        body: 'x'.repeat(2000),
        headers: { 'transfer-encoding': 'chunked' },
      });
      expect({ status, text }).toEqual({ status: 413, text: 'Request body exceeds the limit of 1048 bytes' });
    });
  });

  it.each([
    ['a text, whose length the server sets', "'hello', 200, {'Content-Length': LENGTH}", '3', false],
    ['a text, also for more than there is', "'hello', 200, {'Content-Length': LENGTH}", '900', false],
    ['pieces that are more, which are cut', "iter(['hel', 'lo', '!']), 200, {'Content-Length': LENGTH}", '5', false],
    [
      'pieces that are fewer, which cut the connection',
      "iter(['hel', 'lo']), 200, {'Content-Length': LENGTH}",
      '9',
      true,
    ],
  ])('sends no body of another length than the Content-Length of the handler: %s', async (_, result, length, cut) => {
    const handler = `def main():\n    return ${result.replace('LENGTH', `'${length}'`)}\n`;
    await withFunction(start(handler), async (running) => {
      const { text, cut: wasCut } = await running.call({});
      expect({ text, cut: wasCut }).toEqual({ text: 'hello', cut });
      expect((await running.call({ path: '/favicon.ico' })).status).toBe(204);
    });
  });

  it('runs what is to be done after the answer, also for one without a body', async () => {
    const handler = lines(
      'import flask',
      'def main():',
      "    response = flask.make_response('' if flask.request.path == '/empty' else 'x')",
      '    path = flask.request.path',
      "    response.call_on_close(lambda: print('closed', path, flush=True))",
      '    return response',
    );
    await withFunction(start(handler), async (running) => {
      await running.call({ path: '/empty' });
      await running.call({ path: '/full' });
      await running.logged('closed /empty');
      await running.logged('closed /full');
    });
  });

  it('takes what Flask needs from the packages of the Function first, and no file of the Function for a module of Python', async () => {
    const own = { 'handler.py': 'def main(): ...\n', '.python-packages/blinker.py': "raise ImportError('too old')\n" };
    const launched = await FunctionProcess.launch(start(own));
    expect(await launched.exited).toBe(1);
    expect(launched.log).toContain('Flask cannot be loaded: ImportError: too old');
    await launched.stop();
    const shadow = { 'handler.py': "import flask\ndef main():\n    return 'x'\n", 'logging.py': 'raise ValueError\n' };
    await withFunction(start(shadow), async (running) => {
      expect((await running.call({})).text).toBe('x');
    });
  });

  it('is served by the Flask that the Function declares', async () => {
    const folder = path.join(built.programs, 'python/vendor-http/flask');
    const files: Record<string, string> = {
      'handler.py': lines(
        'import flask',
        'def main():',
        '    app = flask.current_app._get_current_object()',
        '    return [flask.OWN, isinstance(app, flask.Flask), flask.Flask.__module__]',
      ),
    };
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.py')) continue;
      const text = await readFile(path.join(folder, name), 'utf8');
      files[`.python-packages/flask/${name}`] = name === '__init__.py' ? `${text}\nOWN = 'declared'\n` : text;
    }
    await withFunction(start(files), async (running) => {
      expect(JSON.parse((await running.call({})).text)).toEqual(['declared', true, 'flask.app']);
    });
  });

  it('loads the handler before it listens', async () => {
    const handler = "import time\ntime.sleep(0.3)\nprint('loaded', flush=True)\ndef main():\n    return 'x'\n";
    await withFunction(start(handler), async (running) => {
      expect((await running.call({})).text).toBe('x');
      expect(running.log.indexOf('loaded')).toBeLessThan(running.log.indexOf('listens on port'));
    });
  });

  it.each(AMBIGUOUS)('refuses a request that others could read in another way: %s', async (_, head) => {
    await withFunction(start('import flask\ndef main():\n    return flask.request.path\n'), async (running) => {
      const answer = await sendRaw(running.port, ambiguous(head));
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).not.toContain('smuggled');
    });
  });

  it('does not lend Flask to a Function of the API "event"', async () => {
    const launched = await FunctionProcess.launch(
      start('import flask\ndef main(event, context):\n    return 1\n', { BUILDLESS_API: 'event' }),
    );
    expect(await launched.exited).toBe(1);
    expect(launched.log).toContain("No module named 'flask'");
    await launched.stop();
  });

  it('finishes what runs when it is asked to stop', async () => {
    const handler =
      "import time\ndef main():\n    print('begun', flush=True)\n    time.sleep(0.5)\n    return 'finished'\n";
    await withFunction(start(handler), async (running) => {
      const answer = running.call({});
      await running.logged('begun');
      running.process.kill('SIGTERM');
      expect((await answer).text).toBe('finished');
      expect(await running.exited).toBe(0);
    });
  });

  it('names the variable that has no meaning', async () => {
    const launched = await FunctionProcess.launch(start('def main(): ...\n', { BUILDLESS_API: 'grpc' }));
    expect(await launched.exited).toBe(1);
    expect(launched.log).toContain('BUILDLESS_API is \\"grpc\\": use event or http.');
    await launched.stop();
  });
});
