import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../src/certificates/authority.ts';
import { createLogger } from '../../src/server/logging.ts';
import { Metrics } from '../../src/server/metrics.ts';
import { createWebhook, type Webhook } from '../../src/server/webhook.ts';
import { raw, type Raw } from './client.ts';
import { admit, reviewText, served } from './running.ts';

const REQUEST_TIMEOUT = 250;
const IDLE_TIMEOUT = 4000;
const HEAD = 'POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

let webhook: Webhook;
let authority: Authority;
let port: number;
beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Test CA', seconds: 3600 });
  webhook = createWebhook({
    reviewers: { mutate: admit, validate: admit },
    metrics: new Metrics({ version: '1', processMetrics: false }),
    logger: createLogger({ level: 'error', destination: '/dev/null' }),
    requestTimeoutMilliseconds: REQUEST_TIMEOUT,
    idleTimeoutMilliseconds: IDLE_TIMEOUT,
  });
  webhook.present(served(await authority.issue({ hosts: ['localhost'], seconds: 3600 })));
  port = await webhook.listen(0, '127.0.0.1');
});
afterAll(() => webhook.close(0));

const open = (): Promise<Raw> => raw(port, authority.cert);
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Sends a byte now and then, until the server has enough of it. */
async function trickle({ socket, received }: Raw, start: string): Promise<string> {
  socket.write(start);
  const timer = setInterval(() => socket.write('x'), 50);
  const text = await received;
  clearInterval(timer);
  return text;
}

async function firstAnswer({ socket }: Raw, request: string): Promise<string> {
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (chunk: Buffer) => {
      resolve(chunk.toString('latin1'));
    });
  });
  socket.write(request);
  return answer;
}

const review = reviewText('slow');
const whole = `${HEAD}Content-Length: ${review.length}\r\n\r\n${review}`;

describe('a client is told 408 and let go', () => {
  it('that never ends its headers', async () => {
    expect(await trickle(await open(), `${HEAD}X-Slow: `)).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  });

  it('that never ends its body', async () => {
    expect(await trickle(await open(), `${HEAD}Content-Length: 5000\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 408 Request Timeout\r\n/,
    );
  });

  it('that does so in its second request', async () => {
    const connection = await open();
    expect(await firstAnswer(connection, whole)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await trickle(connection, `${HEAD}X-Slow: `)).toContain('HTTP/1.1 408 Request Timeout\r\n');
  });
});

describe('a connection that is silent', () => {
  it('between two requests stays longer than a request may take', async () => {
    const connection = await open();
    await firstAnswer(connection, whole);
    await wait(REQUEST_TIMEOUT * 3);
    expect(await firstAnswer(connection, whole)).toMatch(/^HTTP\/1\.1 200 /);
    connection.socket.destroy();
  });

  it('before its first request does too, and its first request may then be slow only as any other', async () => {
    const connection = await open();
    await wait(REQUEST_TIMEOUT * 3);
    expect(await firstAnswer(connection, whole)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await trickle(connection, `${HEAD}X-Slow: `)).toContain('HTTP/1.1 408 Request Timeout\r\n');
  });

  it('for ever is closed without a word, before its first request or after', async () => {
    const [fresh, used] = await Promise.all([open(), open()]);
    await firstAnswer(used, whole);
    expect(await fresh.received).toBe('');
    expect(await used.received).toMatch(/^HTTP\/1\.1 200 [^]*\}$/);
  });
});

it('what is no HTTP is answered with 400, headers without end with 431', async () => {
  const nonsense = await open();
  nonsense.socket.write('EHLO webhook\r\n\r\n');
  expect(await nonsense.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  const endless = await open();
  endless.socket.write(`${HEAD}X-Long: ${'x'.repeat(64 * 1024)}\r\n\r\n`);
  expect(await endless.received).toMatch(/^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});

it('a review is answered while a hundred slow clients hold on', async () => {
  // Each begins as soon as it is connected: one that waits for the others is not slow, but silent.
  const slow = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const connection = await open();
      connection.socket.write(HEAD);
      return connection;
    }),
  );
  const quick = await open();
  expect(await firstAnswer(quick, whole)).toMatch(/^HTTP\/1\.1 200 /);
  quick.socket.destroy();
  for (const text of await Promise.all(slow.map(({ received }) => received))) {
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
  }
});
