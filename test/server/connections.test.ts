import { once } from 'node:events';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, get, raw } from './client.ts';
import { reviewText, run, verdict, type Running } from './running.ts';

let running: Running | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await running?.stop();
  running = undefined;
});

const LIMIT = 20;

/** Connections that say nothing, below TLS. */
async function silent(port: number, count: number): Promise<readonly Socket[]> {
  const opened = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => undefined));
  sockets.push(...opened);
  await Promise.all(opened.map((socket) => once(socket, 'connect')));
  return opened;
}

describe('more connections than the webhook holds', () => {
  it('close those that said nothing, the oldest first, and a review is answered', async () => {
    running = await run({ connectionLimits: { connections: LIMIT } });
    const { server, authority } = running;
    const opened = await silent(server.tlsPort, 5 * LIMIT);
    const { status } = await ask({ port: server.tlsPort, ca: authority.cert, body: reviewText('1') });
    expect(status).toBe(200);
    const [first] = opened;
    if (first !== undefined && !first.closed) await once(first, 'close');
    const metrics = await running.metrics();
    expect(
      Number(/^buildless_connections_closed_total\{port="tls"\} (\d+)$/m.exec(metrics)?.[1]),
    ).toBeGreaterThanOrEqual(4 * LIMIT);
  });

  it('leave alone the one that the API server keeps between two reviews', async () => {
    running = await run({ connectionLimits: { connections: LIMIT } });
    const { server, authority } = running;
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    const send = async (uid: string): Promise<number> =>
      (await ask({ port: server.tlsPort, ca: authority.cert, agent, body: reviewText(uid) })).status;
    expect(await send('1')).toBe(200);
    const [kept] = Object.values(agent.freeSockets).flatMap((free) => free ?? []);
    await silent(server.tlsPort, 3 * LIMIT);
    expect(await send('2')).toBe(200);
    expect(kept?.destroyed).toBe(false);
    agent.destroy();
  });

  it('leave alone the one whose review is being answered', async () => {
    let answer: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    running = await run({
      connectionLimits: { connections: LIMIT },
      mutate: async ({ uid }) => {
        await held;
        return verdict(uid);
      },
    });
    const { server, authority } = running;
    const asked = ask({ port: server.tlsPort, ca: authority.cert, body: reviewText('1') });
    await silent(server.tlsPort, 3 * LIMIT);
    answer();
    expect((await asked).status).toBe(200);
  });

  it('close a TLS connection that said nothing after its handshake', async () => {
    running = await run({ connectionLimits: { connections: LIMIT } });
    const { server, authority } = running;
    const { received } = await raw(server.tlsPort, authority.cert);
    await silent(server.tlsPort, 2 * LIMIT);
    expect(await received).toBe('');
  });

  it('do not keep the kubelet from /healthz', async () => {
    running = await run();
    const { plainPort } = running.server;
    await silent(plainPort, 300);
    expect((await get(plainPort, '/healthz')).status).toBe(200);
  });
});
