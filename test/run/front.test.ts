import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type RequestOptions, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { Front } from '../../src/run/front.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A version of the Function. */
async function version(answer: Parameters<typeof createServer>[1]): Promise<{ port: number; server: Server }> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

const saying = (word: string): ReturnType<typeof version> =>
  version((_, response) => {
    response.end(word);
  });

async function open(): Promise<Front> {
  const front = await Front.open(0);
  if (front === undefined) throw new Error('there is no free port');
  closing.push(() => front.close());
  return front;
}

async function ask(front: Front, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> {
  const sent = request({ host: '127.0.0.1', port: front.port, ...options });
  if (body !== undefined) sent.write(body);
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

const get = async (front: Front, agent?: Agent): Promise<string> =>
  text(await ask(front, agent === undefined ? {} : { agent }));

describe('the port of a Function under run', () => {
  it('hands a connection that a client keeps to the next version', async () => {
    const front = await open();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    closing.push(() => {
      agent.destroy();
    });
    await front.switchTo((await saying('one')).port);
    expect(await get(front, agent)).toBe('one');
    await front.switchTo((await saying('two')).port);
    expect(await get(front, agent)).toBe('two');
  });

  it('lets requests wait for the first version, and while there is none', async () => {
    const front = await open();
    const first = get(front);
    await front.switchTo((await saying('one')).port);
    expect(await first).toBe('one');
    front.hold();
    const second = get(front);
    await front.switchTo((await saying('two')).port);
    expect(await second).toBe('two');
  });

  it('answers 503 with the reason as long as nothing can serve', async () => {
    const front = await open();
    front.down('hello is not up: handler.js, line 1');
    const response = await ask(front);
    expect(response.statusCode).toBe(503);
    expect(await text(response)).toBe('buildless run: hello is not up: handler.js, line 1\n');
  });

  it('tells when the version before has answered what it was given', async () => {
    const front = await open();
    let finish: (() => void) | undefined;
    const slow = await version((_, response) => {
      finish = () => response.end('slow');
    });
    await front.switchTo(slow.port);
    const answer = get(front);
    while (finish === undefined) await new Promise((resolve) => setTimeout(resolve, 2));
    const order: string[] = [];
    const handed = front.switchTo((await saying('fast')).port).then(() => order.push('handed'));
    expect(await get(front)).toBe('fast');
    order.push('fast');
    finish();
    expect(await answer).toBe('slow');
    await handed;
    expect(order).toEqual(['fast', 'handed']);
  });

  it('passes on headers as they were written, and every one of those that come twice', async () => {
    const front = await open();
    let received: readonly string[] = [];
    const { port } = await version((incoming, response) => {
      received = incoming.rawHeaders;
      response.writeHead(
        201,
        'Made',
        [
          ['X-Two', 'a'],
          ['X-Two', 'b'],
          ['Set-Cookie', 'c=1'],
        ].flat(),
      );
      response.end();
    });
    await front.switchTo(port);
    const response = await ask(front, { headers: { 'X-Mixed-CASE': ['1', '2'], Host: 'shop.example' } });
    expect(received.filter((_, index) => index % 2 === 0)).toEqual([
      'X-Mixed-CASE',
      'X-Mixed-CASE',
      'Host',
      'Connection',
    ]);
    expect(received).toContain('shop.example');
    expect([response.statusCode, response.statusMessage]).toEqual([201, 'Made']);
    expect(response.rawHeaders.slice(0, 6)).toEqual(['X-Two', 'a', 'X-Two', 'b', 'Set-Cookie', 'c=1']);
  });

  it.each([
    ['POST / HTTP/1.1', ''],
    ['POST / HTTP/1.1\r\nContent-Length: 0', ''],
    ['POST / HTTP/1.1\r\nContent-Length: 4', 'body'],
    ['GET / HTTP/1.1\r\nContent-Length: 4', 'body'],
    ['PUT / HTTP/1.1\r\nTransfer-Encoding: chunked', '4\r\nbody\r\n0\r\n\r\n'],
    ['DELETE / HTTP/1.1', ''],
  ])('passes on %j as it is', async (head, body) => {
    const front = await open();
    let received = '';
    const server = createTcpServer((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.toString();
        if (received.endsWith(`\r\n\r\n${body}`)) socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => server.close());
    await front.switchTo((server.address() as AddressInfo).port);
    const client = connect(front.port, '127.0.0.1');
    client.write(`${head}\r\nHost: a\r\n\r\n${body}`);
    expect(String((await once(client, 'data'))[0])).toMatch(/^HTTP\/1.1 204 /);
    client.destroy();
    expect(received).toBe(`${head}\r\nHost: a\r\nConnection: close\r\n\r\n${body}`);
  });

  it('asks the Function whether a body may come', async () => {
    const front = await open();
    const { port, server } = await version((incoming, response) => {
      void text(incoming).then((all) => response.end(all));
    });
    await front.switchTo(port);
    const sent = request({ host: '127.0.0.1', port: front.port, method: 'POST', headers: { Expect: '100-continue' } });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.end('go');
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await text(response)).toBe('go');

    server.on('checkContinue', (_, answer) => {
      answer.writeHead(413).end();
    });
    const refused = request({
      host: '127.0.0.1',
      port: front.port,
      method: 'POST',
      headers: { Expect: '100-continue' },
    });
    refused.on('error', () => undefined);
    refused.flushHeaders();
    const [{ statusCode }] = (await once(refused, 'response')) as [IncomingMessage];
    expect(statusCode).toBe(413);
    refused.destroy();
  });

  it('passes on a stream as it comes, and its end in the middle', async () => {
    const front = await open();
    let write: ((chunk: string | undefined) => void) | undefined;
    const { port } = await version((_, response) => {
      response.flushHeaders();
      write = (chunk) => {
        if (chunk === undefined) response.destroy();
        else response.write(chunk);
      };
    });
    await front.switchTo(port);
    const response = await ask(front);
    write?.('first');
    expect(String((await once(response, 'data'))[0])).toBe('first');
    write?.(undefined);
    await once(response, 'error');
    expect(response.complete).toBe(false);
  });

  it('tells the Function that its client has gone', async () => {
    const front = await open();
    let gone: Promise<unknown> | undefined;
    const { port } = await version((_, response) => {
      gone = once(response, 'close');
      response.flushHeaders();
    });
    await front.switchTo(port);
    const response = await ask(front);
    response.on('error', () => undefined).destroy();
    await gone;
    expect(gone).toBeDefined();
  });

  it('answers 502 if the Function hangs up', async () => {
    const front = await open();
    const { port } = await version((incoming) => incoming.socket.destroy());
    await front.switchTo(port);
    expect((await ask(front)).statusCode).toBe(502);
  });

  it('is not opened where another has it', async () => {
    const front = await open();
    expect(await Front.open(front.port)).toBeUndefined();
  });

  it('outlives whatever a client writes', async () => {
    const front = await open();
    await front.switchTo((await saying('one')).port);
    for (const raw of [
      'GET\0',
      'GET / HTTP/1.1\r\nA: \x7f\r\n\r\n',
      'CONNECT a:1 HTTP/1.1\r\n\r\n',
      'GET /\x80 HTTP/1.1\r\n\r\n',
    ]) {
      const socket = connect(front.port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.end(Buffer.from(raw, 'latin1'));
      await once(socket.resume(), 'close');
    }
    expect(await get(front)).toBe('one');
  });
});
