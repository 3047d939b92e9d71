import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let echo: PythonFunction;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  echo = await runtime.start(
    {
      'handler.py': `
def main(event, context):
    print('called', flush=True)
    data = event['data']
    return {'length': len(data)} if isinstance(data, bytes) else {'data': data}
`,
    },
    { CHERRYPY_NUMTHREADS: '4' },
  );
});
afterAll(() => runtime.close());

/** A connection that bytes are written to as they are. */
class Wire {
  readonly #socket: Socket;
  #received = '';
  readonly #look = new Set<() => void>();
  readonly closed: Promise<void>;

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1');
    this.#socket.on('error', () => undefined);
    this.#socket.on('data', (data) => {
      this.#received += data.toString('latin1');
      for (const look of this.#look) look();
    });
    this.closed = new Promise((resolve) => this.#socket.on('close', resolve));
  }

  send(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Everything received, once a pattern is in it. */
  received(pattern: RegExp): Promise<string> {
    return new Promise((resolve) => {
      const look = () => {
        if (!pattern.test(this.#received)) return;
        this.#look.delete(look);
        resolve(this.#received);
      };
      this.#look.add(look);
      look();
    });
  }

  end(): void {
    this.#socket.destroy();
  }
}

describe('health', () => {
  it('is answered while every thread is busy, and so are metrics', async () => {
    const busy = await runtime.start(
      {
        'handler.py': `
import threading
gate = threading.Event()
def main(event, context):
    print('begun', flush=True)
    gate.wait(60)
    return 'x'
`,
      },
      { CHERRYPY_NUMTHREADS: '2' },
    );
    const calls = Array.from({ length: 5 }, () => busy.call().catch(() => undefined));
    await busy.logged('begun', 2);
    for (const path of ['/healthz', '/metrics']) {
      expect((await busy.call(undefined, { method: 'GET', path })).status).toBe(200);
    }
    busy.process.kill('SIGKILL');
    await Promise.all(calls);
  });

  it('is answered though more idle connections are open than there are threads', async () => {
    const idle = Array.from({ length: 12 }, () => new Wire(echo.port));
    expect(await (await echo.call('hello')).json()).toEqual({ data: 'hello' });
    expect((await echo.call(undefined, { method: 'GET', path: '/healthz' })).status).toBe(200);
    for (const wire of idle) wire.end();
  });
});

describe('a request that does not come as it should', () => {
  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['a Content-Length that is no number', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n', 400],
    ['a negative Content-Length', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n', 400],
    ['a chunk whose size is no number', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
    ['headers without an end', `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`, 413],
  ])('%s is answered', async (_, bytes, status) => {
    const wire = new Wire(echo.port);
    wire.send(bytes);
    expect(await wire.received(/\r\n\r\n/)).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    wire.end();
    expect((await echo.call(1)).status).toBe(200);
  });

  it('does not reach the handler where the client goes away in the middle of the body', async () => {
    const calls = echo.log().split('called').length;
    const wire = new Wire(echo.port);
    wire.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this');
    await new Promise((resolve) => setTimeout(resolve, 100));
    wire.end();
    await wire.closed;
    expect((await echo.call(1)).status).toBe(200);
    expect(echo.log().split('called').length).toBe(calls + 1);
  });
});

describe('a body in chunks', () => {
  const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n';

  it('is read, and the connection serves the next request', async () => {
    const wire = new Wire(echo.port);
    wire.send(`${head}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`);
    expect(await wire.received(/\}/)).toContain('{"data":"hello world"}');
    wire.send(`${head}3;name=value\r\ntwo\r\n0\r\nTrailer: x\r\n\r\n`);
    expect(await wire.received(/"two"\}/)).toContain('{"data":"two"}');
    wire.end();
  });

  it('is refused with 413 when it passes the limit, whatever size a chunk claims', async () => {
    const wire = new Wire(echo.port);
    wire.send(`${head}ffffffffff\r\n${'x'.repeat(1000)}`);
    expect(await wire.received(/bytes$/)).toMatch(/^HTTP\/1\.1 413 [^]*exceeds the limit of 1048576 bytes$/);
    await wire.closed;
    const more = new Wire(echo.port);
    more.send(head);
    for (let sent = 0; sent < 20; sent++) more.send(`10000\r\n${'x'.repeat(65_536)}\r\n`);
    more.send('0\r\n\r\n');
    expect(await more.received(/bytes$/)).toMatch(/^HTTP\/1\.1 413 /);
    more.end();
  });
});

describe('a body over the limit', () => {
  it('is answered 413 to a client that sends it to its end before it reads', async () => {
    const answer = await echo.call(undefined, { body: Buffer.alloc(8 * 1024 * 1024), headers: {} });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toBe('Request body exceeds the limit of 1048576 bytes');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('is one over FUNC_MEMFILE_MAX bytes where that is set', async () => {
    const limited = await runtime.start(
      { 'handler.py': 'def main(event, context): return [len(event["data"]), context["body-size-limit"]]\n' },
      { FUNC_MEMFILE_MAX: '2000000', REQ_MB_LIMIT: '1' },
    );
    const fits = await limited.call(undefined, { body: Buffer.alloc(2_000_000), headers: {} });
    expect(await fits.json()).toEqual([2_000_000, 2_000_000]);
    expect((await limited.call(undefined, { body: Buffer.alloc(2_000_001), headers: {} })).status).toBe(413);
  });
});

describe('an answer that fails in its middle', () => {
  it('is cut short, so that the client sees it, and is logged and counted', async () => {
    const failing = await runtime.start({
      'handler.py': `
def main(event, context):
    yield 'begun'
    raise ValueError('in the middle')
`,
    });
    const wire = new Wire(failing.port);
    wire.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await wire.closed;
    const received = await wire.received(/begun/);
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).not.toContain('0\r\n\r\n');
    await failing.logged('ValueError: in the middle');
    const metrics = await (await failing.call(undefined, { method: 'GET', path: '/metrics' })).text();
    expect(metrics).toContain('function_failures_total{method="GET"} 1.0\n');
  });

  it('ends its generator where the client goes away', async () => {
    const endless = await runtime.start({
      'handler.py': `
def main(event, context):
    def pieces():
        try:
            while True:
                yield 'x' * 65536
        finally:
            print('ended', flush=True)
    return pieces()
`,
    });
    const wire = new Wire(endless.port);
    wire.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await wire.received(/x{1000}/);
    wire.end();
    await endless.logged('ended');
    expect(endless.log()).not.toContain('Traceback');
  });
});
