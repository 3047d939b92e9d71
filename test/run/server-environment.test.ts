import { afterAll, describe, expect, it } from 'vitest';
import { EventSink } from '../../src/run/event-sink.ts';
import { Machine } from '../../src/run/machine.ts';
import { serverEnvironment } from '../../src/run/server-environment.ts';

const lines: string[] = [];
const events = new EventSink((line) => lines.push(line));
afterAll(() => {
  events.close();
});
const given = (env: Record<string, string>): ReturnType<typeof serverEnvironment> =>
  serverEnvironment(env, { port: 8080, events, machine: new Machine('') });

describe('the variables of a server under run', () => {
  it('show errors to clients, and send emitted events here, unless the author decides otherwise', async () => {
    const { env, differences } = await given({});
    expect(env).toMatchObject({ BUILDLESS_EXPOSE_ERRORS: '1', FUNC_PORT: '8080' });
    expect(env.PUBLISHER_PROXY_ADDRESS).toBe(await events.address());
    expect(differences).toEqual([]);
  });

  it.each(['0', ''])("keep the author's BUILDLESS_EXPOSE_ERRORS %j, by env or envFrom", async (value) => {
    const { env } = await given({ BUILDLESS_EXPOSE_ERRORS: value });
    expect(env.BUILDLESS_EXPOSE_ERRORS).toBe(value);
  });

  it("keep the configuration's values, which travel in one variable beside envFrom", async () => {
    const defaults = JSON.stringify({ BUILDLESS_EXPOSE_ERRORS: '0', PUBLISHER_PROXY_ADDRESS: 'http://localhost:1' });
    const { env } = await given({ BUILDLESS_ENV_DEFAULTS: defaults });
    expect(env).toMatchObject({ BUILDLESS_ENV_DEFAULTS: defaults });
    expect(env).not.toHaveProperty('BUILDLESS_EXPOSE_ERRORS');
    expect(env).not.toHaveProperty('PUBLISHER_PROXY_ADDRESS');
  });

  it.each(['http://localhost:1/publish', 'http://127.0.0.1:1', 'http://[::1]:1', '', 'not an address'])(
    'keep the publisher %j',
    async (value) => {
      expect((await given({ PUBLISHER_PROXY_ADDRESS: value })).env.PUBLISHER_PROXY_ADDRESS).toBe(value);
    },
  );

  it.each(['http://broker.events.svc.cluster.local/shop', 'http://publisher.invalid'])(
    'replace the publisher %s, which this machine does not find, and report it',
    async (value) => {
      const { env, differences } = await given({ PUBLISHER_PROXY_ADDRESS: value });
      expect(env.PUBLISHER_PROXY_ADDRESS).toBe(await events.address());
      expect(differences.map(({ text }) => text)).toEqual([
        expect.stringContaining(`this machine does not find ${value}`),
      ]);
    },
  );
});

describe('the event sink', () => {
  const post = async (headers: Record<string, string>, body: string): Promise<number> =>
    (await fetch(await events.address(), { method: 'POST', headers, body })).status;

  it.each([
    [
      'structured',
      { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      '{"type":"t","source":"s","id":"1","data":{"a":1}}',
      't from s, id 1: {"a":1}',
    ],
    ['binary', { 'ce-type': 't', 'ce-source': 's', 'ce-id': '2' }, 'text', 't from s, id 2: text'],
    ['neither', {}, 'text', 'not a CloudEvent: text'],
    [
      'a structured mode that is not JSON',
      { 'content-type': 'application/cloudevents+json' },
      '{',
      'not a CloudEvent: {',
    ],
  ])('prints an event: %s', async (_, headers, body, line) => {
    expect(await post(headers, body)).toBe(204);
    expect(lines.at(-1)).toBe(line);
  });

  it('takes a body of any size, and keeps and prints little of it', async () => {
    expect(await post({ 'ce-type': 't' }, 'x'.repeat(5_000_000))).toBe(204);
    expect(lines.at(-1)).toMatch(/^t from , id : x{200}\.\.\. \(5000000 bytes\)$/);
  });

  it('answers 405 to anything but POST', async () => {
    expect((await fetch(await events.address())).status).toBe(405);
  });
});
