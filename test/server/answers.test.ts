import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, raw, type Answer, type Ask } from './client.ts';
import { reviewText, run, verdict, type Running } from './running.ts';

const LIMIT = 256 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };

let running: Running;
beforeAll(async () => {
  running = await run({
    bodyLimit: LIMIT,
    mutate: async ({ uid, object }) => {
      await Promise.resolve();
      if (uid === 'rejects') throw new Error('token=hunter2');
      if (uid === 'recurses') return { ...verdict(uid), codes: [depth(object) > 0 ? 'other-operation' : 'mirror-pod'] };
      if (uid === 'patches') {
        return {
          response: { uid, allowed: true, patchType: 'JSONPatch', patch: 'W10=', warnings: ['ümlaut'] },
          outcome: 'injected',
          codes: [],
        };
      }
      return verdict(uid);
    },
    validate: ({ uid }) => {
      if (uid === 'throws') throw new TypeError('not even a promise');
      return Promise.resolve(verdict(uid));
    },
  });
});
afterAll(() => running.stop());

/** As code that follows an object downwards would. */
const depth = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depth)) : 0;

const send = (more: Partial<Ask>): Promise<Answer> =>
  ask({ port: running.server.tlsPort, ca: running.authority.cert, ...more });

const errorOf = ({ text }: Answer): unknown => JSON.parse(text);

describe('a review is answered', () => {
  it.each(['/mutate', '/validate', '/mutate?timeout=5s'])('at %s, with the uid', async (path) => {
    const answer = await send({ path, body: reviewText('some-uid') });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(answer.text)),
      connection: 'close',
    });
    expect(JSON.parse(answer.text)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'some-uid', allowed: true },
    });
  });

  it('with all that the reviewer says, in UTF-8', async () => {
    expect(JSON.parse((await send({ body: reviewText('patches') })).text)).toMatchObject({
      response: { uid: 'patches', allowed: true, patchType: 'JSONPatch', patch: 'W10=', warnings: ['ümlaut'] },
    });
  });

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=utf-8 '])(
    'whose content type is %j',
    async (type) => {
      expect((await send({ headers: { 'content-type': type }, body: reviewText('a') })).status).toBe(200);
    },
  );

  it('that comes in many pieces, one of them within a character', async () => {
    const body = Buffer.from(reviewText('ü-uid'));
    const { socket, received } = await raw(running.server.tlsPort, running.authority.cert);
    socket.setNoDelay(true);
    socket.write(
      `POST /mutate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    for (const byte of body) {
      socket.write(Buffer.from([byte]));
      if (byte > 0x7f) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const text = Buffer.from(await received, 'latin1').toString('utf8');
    expect(text).toContain('"uid":"ü-uid"');
  });

  it('that is as large as the limit, chunked or not', async () => {
    const empty = reviewText('large', { name: '' }).length;
    const body = reviewText('large', { name: 'x'.repeat(LIMIT - empty) });
    expect(body.length).toBe(LIMIT);
    expect((await send({ body })).status).toBe(200);
    expect((await send({ body, headers: { ...JSON_TYPE, 'transfer-encoding': 'chunked' } })).status).toBe(200);
  });
});

describe('what is no review is refused', () => {
  it.each([
    ['no JSON', 'apiVersion: admission.k8s.io/v1'],
    ['nothing', ''],
    ['cut off', reviewText('a').slice(0, -10)],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
  ])('with 400 where it is %s', async (_name, body) => {
    const answer = await send({ body });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ error: 'the body is not JSON, or is cut off' });
  });

  it.each([
    ['of another version', reviewText('a').replace('k8s.io/v1', 'k8s.io/v1beta1'), /admission\.k8s\.io\/v1beta1/],
    ['of another kind', reviewText('a').replace('AdmissionReview', 'Pod'), /v1 Pod/],
    ['without a request', '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}', /no request/],
    ['without a uid', reviewText(''), /no request\.uid/],
    ['a list', '[]', /not a JSON object/],
  ])('with 400 and the reason where it is %s', async (_name, body, reason) => {
    const answer = await send({ body });
    expect(answer.status).toBe(400);
    expect(errorOf(answer)).toEqual({ error: expect.stringMatching(reason) as unknown });
  });

  it.each([
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/yaml' }],
    [{ 'content-type': 'application/jsonp' }],
    [{}],
    [{ ...JSON_TYPE, 'content-encoding': 'gzip' }],
  ])('with 415 where its headers are %j', async (headers) => {
    const answer = await send({ headers, body: reviewText('a') });
    expect(answer.status).toBe(415);
    expect(answer.headers.connection).toBe('close');
  });

  it.each(['GET', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('with 405 where the method is %s', async (method) => {
    const answer = await send({ method, path: '/validate', headers: {} });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
    expect(errorOf(answer)).toEqual({ error: '/validate takes POST only' });
  });

  it.each(['/', '/mutate/', '/Mutate', '/mutate/x', '/%', '/readyz', '//mutate'])(
    'with 404 where the path is %s',
    async (path) => {
      const answer = await send({ path, body: reviewText('a') });
      expect(answer.status).toBe(404);
      expect(answer.headers['content-type']).toBe('application/json');
    },
  );

  it('with 413 where its length is told and over the limit, before it is sent', async () => {
    const { socket, received } = await raw(running.server.tlsPort, running.authority.cert);
    socket.write(
      `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`,
    );
    const answered = await new Promise<string>((resolve) => {
      socket.once('data', (chunk: Buffer) => {
        resolve(chunk.toString('latin1'));
      });
    });
    expect(answered).toMatch(/^HTTP\/1\.1 413 /);
    expect(answered).toContain(`{"error":"the body is larger than ${LIMIT} bytes"}`);
    socket.destroy();
    await received;
  });

  it.each([{}, { 'transfer-encoding': 'chunked' }])(
    'with 413 that arrives although the client first sends all of it (%j)',
    async (headers) => {
      const body = Buffer.alloc(20 * 1024 * 1024, 'x');
      const answer = await send({ body, headers: { ...JSON_TYPE, ...headers } });
      expect(answer.status).toBe(413);
      expect(answer.headers.connection).toBe('close');
    },
  );

  it('is counted, and logged without its content', async () => {
    await send({ body: '{"password":"hunter3"' });
    expect(running.log().at(-1)).toMatchObject({ level: 'info', msg: 'not a review', status: 400, webhook: 'mutate' });
    expect(JSON.stringify(running.log())).not.toContain('hunter3');
    expect(await running.metrics()).toMatch(/buildless_admission_refusals_total\{code="not-a-review"\} [1-9]/);
  });
});

describe('a fault of ours', () => {
  it.each([
    ['rejects', '/mutate', 'token=hunter2'],
    ['throws', '/validate', 'not even a promise'],
  ])('is answered with 500 where the reviewer %s, its trace is in the log only', async (uid, path, message) => {
    const answer = await send({ path, body: reviewText(uid) });
    expect(answer.status).toBe(500);
    expect(errorOf(answer)).toEqual({
      error: `internal error; the log of the webhook has the trace under uid ${uid}`,
    });
    expect(running.log().at(-1)).toMatchObject({
      level: 'error',
      uid,
      outcome: 'failed',
      codes: ['internal-error'],
      err: { message, stack: expect.stringContaining('answers.test.ts') as unknown },
    });
  });

  it('is not brought about by JSON of 100,000 levels', async () => {
    const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    const nested = (uid: string, levels: number): string =>
      reviewText(uid, { object: { a: 'DEEP' } }).replace('"DEEP"', deep(levels));
    expect((await send({ body: deep(100_000) })).status).toBe(400);
    expect((await send({ body: nested('passes', 100_000) })).status).toBe(200);
    const tooDeep = await send({ body: nested('recurses', 100_000) });
    expect(tooDeep.status).toBe(200);
    expect(tooDeep.text).toContain('the object is nested deeper than 500 levels; nest it less deeply [invalid-object]');
    expect((await send({ body: '['.repeat(100_000) })).status).toBe(400);
  });
});

describe('a client that goes away', () => {
  it.each([
    [
      'within the body',
      `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"api`,
    ],
    ['within the headers', 'POST /mutate HTTP/1.1\r\nHost'],
    [
      'before the answer',
      `POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${reviewText('gone').length}\r\n\r\n${reviewText('gone')}`,
    ],
    ['after nonsense', '\0\0\0\0\r\n\r\n'],
  ])('%s harms nobody', async (_name, text) => {
    const { socket, received } = await raw(running.server.tlsPort, running.authority.cert);
    await new Promise((resolve) => socket.write(text, resolve));
    socket.destroy();
    await received;
    expect((await send({ body: reviewText('next') })).status).toBe(200);
  });
});

it('after all of this, nothing is in flight', async () => {
  expect((await send({ body: reviewText('last') })).status).toBe(200);
  expect(await running.metrics()).toContain('buildless_admission_reviews_in_flight 0');
});
