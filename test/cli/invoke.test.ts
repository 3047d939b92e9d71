import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeApiServer } from '../api-server/fake-api-server.ts';
import { Runs, type RunningCommand } from '../run/running-command.ts';
import { buildless, ROOT, type Finished } from './command.ts';

const ECHO = {
  'handler.js': `module.exports = { main: (event) => {
    const { request, response } = event.extensions;
    if (request.path === '/fail') throw new Error('not today');
    if (request.path === '/404') { response.status(404); return 'not here'; }
    return { method: request.method, path: request.path, query: request.query, data: event.data,
      type: event['ce-type'], source: event['ce-source'], subject: event['ce-subject'], x: request.headers['x-a'] };
  } };`,
};

const runs = new Runs();
let command: RunningCommand;
beforeAll(async () => {
  await runs.open();
  command = await runs.runFunction({ files: ECHO }, ['--port', '0']);
  await command.url();
}, 60_000);
afterAll(async () => {
  await runs.endAll();
  await runs.remove();
});

const invoke = (args: readonly string[], stdin = ''): Promise<Finished> =>
  buildless(['invoke', ...args], stdin, ROOT, { ...process.env, XDG_STATE_HOME: command.temporary });
const answer = async (args: readonly string[], stdin = ''): Promise<unknown> => {
  const { status, stdout, stderr } = await invoke(args, stdin);
  if (status !== 0) throw new Error(`${String(status)}: ${stderr}`);
  return JSON.parse(stdout);
};

describe('invoke finds the Function that runs here', () => {
  it('without a name, and by its name', async () => {
    expect(await answer([])).toMatchObject({ method: 'GET', path: '/' });
    expect(await answer(['hello', '--path', '/a/b?c=d'])).toMatchObject({ path: '/a/b', query: { c: 'd' } });
  });

  it('and a shell completes its name, and those of files for "run --function"', async () => {
    const completed = async (...words: readonly string[]): Promise<string> =>
      (await buildless(['__complete', ...words], '', ROOT, { ...process.env, XDG_STATE_HOME: command.temporary }))
        .stdout;
    expect(await completed('invoke', '')).toMatch(/^hello\tport \d+\n:4\n$/);
    expect(await completed('run', '-f', runs.file, '--function', 'he')).toBe('hello\tPod/hello\n:4\n');
    expect(await completed('run', '-f', 'missing.yaml', '--function', '')).toBe(':4\n');
  });

  it('and says what runs if it is another', async () => {
    const { status, stderr } = await invoke(['hallo']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/error: no Function hallo runs on this machine; there is hello \(port \d+\)/);
  });

  it('and says so if nothing runs', async () => {
    const env = { ...process.env, XDG_STATE_HOME: path.join(command.temporary, 'elsewhere') };
    const { status, stderr } = await buildless(['invoke'], '', ROOT, env);
    expect([status, stderr]).toEqual([3, expect.stringContaining('no Function runs on this machine')]);
  });

  it('but not one that is gone', async () => {
    const other = await runs.run(['-f', runs.file, '--port', '0']);
    await other.url();
    await other.interrupt('SIGKILL');
    const env = { ...process.env, XDG_STATE_HOME: other.temporary };
    expect((await buildless(['invoke'], '', ROOT, env)).status).toBe(3);
  });
});

describe('invoke sends', () => {
  it('data, headers and a method', async () => {
    expect(await answer(['-d', '{"a":1}', '-H', 'X-A: b'])).toMatchObject({ method: 'POST', data: { a: 1 }, x: 'b' });
    expect(await answer(['-X', 'put', '-d', 'text'])).toMatchObject({ method: 'PUT', data: 'text' });
  });

  it('a file, and the standard input', async () => {
    const file = path.join(command.temporary, 'order.json');
    await writeFile(file, '{"from":"file"}');
    expect(await answer(['-d', `@${file}`])).toMatchObject({ data: { from: 'file' } });
    expect(await answer(['-d', '-'], '{"from":"stdin"}')).toMatchObject({ data: { from: 'stdin' } });
  });

  it.each([[[]], [['--structured']]])('a CloudEvent, %j', async (mode) => {
    const sent = await answer(['--type', 'a.b.v1', '--source', 'shop', '-d', '{"a":1}', ...mode]);
    expect(sent).toMatchObject({ type: 'a.b.v1', source: 'shop', data: { a: 1 } });
  });

  it.each([[[]], [['--structured']]])('further attributes of a CloudEvent, %j', async (mode) => {
    const sent = await answer(['--type', 'a', '-H', 'CE-Subject: a 17', ...mode]);
    expect(sent).toMatchObject({ type: 'a', subject: 'a 17' });
  });

  it('a body that is too large, and takes the answer to it', async () => {
    const file = path.join(command.temporary, 'large');
    await writeFile(file, Buffer.alloc(4 * 1024 * 1024));
    const { status, stdout, stderr } = await invoke(['-d', `@${file}`]);
    expect([status, stderr]).toEqual([4, expect.stringContaining('hello answered 413')]);
    expect(stdout).toContain('Request body exceeds the limit');
  });

  it('a body that is large, and not too large', async () => {
    const file = path.join(command.temporary, 'fitting');
    await writeFile(file, JSON.stringify({ a: 'b'.repeat(900_000) }));
    expect(await answer(['-d', `@${file}`])).toMatchObject({
      data: { a: expect.stringMatching(/^b{900000}$/) as string },
    });
  });

  it('samples, which it lists', async () => {
    expect(await answer(['--sample', 'order'])).toMatchObject({ type: 'shop.order.received.v1', data: { id: 'a-17' } });
    expect(await answer(['--sample', 'form'])).toMatchObject({ data: { name: 'World' } });
    const { stdout } = await invoke(['--sample']);
    expect(stdout).toMatch(/^order {2,}CloudEvent of a shop/m);
  });
});

describe('invoke tells', () => {
  it('status and headers with -i, and both sides with -v', async () => {
    const { stdout } = await invoke(['-i']);
    expect(stdout).toMatch(/^HTTP\/1\.1 200 OK\n(?:.+: .+\n)+\n\{/);
    const verbose = await invoke(['-v', '--type', 'a']);
    expect(verbose.stdout).toMatch(/^\{/);
    expect(verbose.stderr).toMatch(/^> POST \/ to hello\n> ce-specversion: 1\.0\n/);
    expect(verbose.stderr).toContain('< HTTP/1.1 200 OK\n');
  });

  it.each([
    [['--path', '/404'], 4, 'not here', 'hello answered 404'],
    [['--path', '/fail'], 5, 'not today', 'hello answered 500'],
  ])('with %j the exit status %i, and still the body', async (args, status, stdout, stderr) => {
    const finished = await invoke(args);
    expect(finished.status).toBe(status);
    expect(finished.stdout).toContain(stdout);
    expect(finished.stderr).toContain(stderr);
  });

  it('what cannot be reached', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as { port: number };
    free.close();
    await once(free, 'close');
    const { status, stderr } = await invoke(['--port', String(port)]);
    expect([status, stderr]).toEqual([3, expect.stringContaining(`port ${port} was not reached`)]);
  });

  it('what never answers, when its time is over', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const { status, stderr } = await invoke(['--port', String(port), '--timeout', '0.2']);
    silent.close();
    expect([status, stderr]).toEqual([3, expect.stringContaining('did not answer within 0.2 s')]);
  });

  it.each([
    [['--sample', 'ordr'], 'did you mean order?'],
    [['--source', 'x'], '--source is for CloudEvents'],
    [['--structured'], '--structured is for CloudEvents'],
    [['-H', 'nothing'], 'the header "nothing" cannot be sent'],
    [['--path', 'a'], 'the path "a" cannot be sent'],
    [['--type', ''], 'the type of a CloudEvent is empty'],
    [['--type', 'a', '--source', 'not a uri'], 'the source "not a uri" is not a URI reference'],
    [['--type', 'a', '-H', 'ce-bad_name: 1'], '"bad_name" cannot be the name of an attribute of a CloudEvent'],
    [['-H', 'Content-Length: 1', '-d', 'abc'], 'the header "Content-Length" follows from the body'],
    [['-X', 'connect'], '"connect" is not a method that a Function is called with'],
    [['-d', '@/'], '/ cannot be read (EISDIR)\n       name a file that may be read'],
    [['-d', '@/nowhere'], '/nowhere cannot be read (ENOENT)'],
    [['--port', '1', '-n', 'shop'], '--port is for this machine'],
    [['-n', 'shop'], 'the Function is not named'],
  ])('%j that it is wrong', async (args, message) => {
    const { status, stderr } = await invoke(args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('invoke in a cluster', () => {
  const api = new FakeApiServer();
  let kubeconfig: string;
  beforeAll(async () => {
    api.intercept = (request, response) => {
      if (request.url !== '/version') return false;
      response.end('{}');
      return true;
    };
    kubeconfig = await api.start();
  });
  afterAll(() => api.stop());

  it('says that no Pod can answer', async () => {
    api.put('Pod', 'hello-1', { namespace: 'shop', labels: { 'buildless.dev/function': 'hello' } });
    const { status, stderr } = await invoke(['hello', '-n', 'shop', '--kubeconfig', kubeconfig]);
    expect(status).toBe(3);
    expect(stderr).toContain(
      'namespace shop has no Pod of the Function hello that can answer: there is 1, none of them ready',
    );
    expect(stderr).toContain('see buildless status -n shop');
  });

  it('says that a Pod cannot be reached', async () => {
    api.put('Pod', 'hello-1', {
      namespace: 'shop',
      labels: { 'buildless.dev/function': 'hello' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    });
    const { status, stderr } = await invoke(['hello', '-n', 'shop', '--kubeconfig', kubeconfig]);
    expect([status, stderr]).toEqual([
      3,
      expect.stringContaining('hello (Pod hello-1 in namespace shop) was not reached'),
    ]);
  });
});
