import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../src/invoke/send.ts';

/** A connection that somebody else opens, as the one through a port-forward is. */
describe('a request over a given connection', () => {
  let server: Server;
  let socket: Socket;
  beforeAll(async () => {
    server = createServer((request, response) => {
      void text(request).then((body) => response.end(`${request.method ?? ''} ${body.length}`));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => server.close());

  const open = (): Promise<Socket> => {
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    return Promise.resolve(socket);
  };

  it.each([3, 900_000])('is sent over it, with a body of %i bytes, and closes it', async (size) => {
    let answered = '';
    const sent = await send(
      { method: 'POST', headers: [], body: Buffer.alloc(size, 'a') },
      { connect: open },
      {
        path: '/',
        timeoutSeconds: 60,
        onAnswer: async (answer) => {
          answered = await text(answer);
        },
      },
    );
    expect([sent, answered]).toEqual([{ status: 200 }, `POST ${size}`]);
    expect(socket.destroyed).toBe(true);
  });
});
