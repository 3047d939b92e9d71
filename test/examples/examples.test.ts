import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildless, ROOT } from '../cli/command.ts';
import { Runs } from '../run/running-command.ts';
import { startQueue } from './nats-stand-in.ts';

const runs = new Runs();
let scratch: string;
const servers: Server[] = [];
beforeAll(async () => {
  await runs.open();
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-examples-'));
});
afterEach(async () => {
  await runs.endAll();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(async () => {
  await runs.remove();
  await rm(scratch, { recursive: true, force: true });
});

const folderOf = (example: string): string => path.join(ROOT, 'examples', example);

/** Runs an example, with some of its text replaced, and calls it. */
async function serve(example: string, replaced: Readonly<Record<string, string>> = {}) {
  let text = await readFile(path.join(folderOf(example), 'function.yaml'), 'utf8');
  for (const [from, to] of Object.entries(replaced)) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  const file = path.join(scratch, `${example}.yaml`);
  await writeFile(file, text);
  const command = await runs.run(['-f', file, '--port', '0']);
  const url = await command.url();
  return async (data?: unknown, at = '/', headers: Record<string, string> = {}) => {
    const body = data === undefined ? undefined : JSON.stringify(data);
    const answer = await fetch(new URL(at, url), {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body }),
    });
    const answered = await answer.text();
    return { status: answer.status, headers: answer.headers, text: answered, json: (): unknown => JSON.parse(answered) };
  };
}

async function listen(answer: (request: IncomingMessage, body: string) => { status: number; body: string | Buffer }) {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { status, body } = answer(request, Buffer.concat(pieces).toString());
      response.writeHead(status).end(body);
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return `http://127.0.0.1:${address.port}/`;
}

const ORDER = { id: 'a-17', pieces: 2 };

/** The same handler in Express and in Flask. */
async function answersAsHttp(example: string): Promise<void> {
  const call = await serve(example);
  expect((await call(undefined, '/hello?name=http')).json()).toEqual({ message: 'Hello, http!', path: '/hello' });
  const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'shop.order.v1' };
  const answer = await call(ORDER, '/', ce);
  expect(answer.status).toBe(202);
  expect(answer.json()).toEqual({ received: 'shop.order.v1', data: ORDER });
}

/** What shows that an example works. */
const EXAMPLES: Readonly<Record<string, () => Promise<void>>> = {
  'hello-node': async () => {
    const call = await serve('hello-node');
    expect((await call(undefined, '/?name=Ada')).json()).toEqual({
      message: 'Hello, Ada, from hello-node!',
      inOneWeek: '2026-01-08',
    });
  },

  'hello-python': async () => {
    const call = await serve('hello-python');
    expect((await call(undefined, '/?name=Ada')).json()).toEqual({
      message: 'Hello, Ada, from hello-python!',
      bigNumber: '123.5 million',
    });
  },

  'express-node': () => answersAsHttp('express-node'),

  'flask-python': () => answersAsHttp('flask-python'),

  'cloud-events': async () => {
    const received: unknown[] = [];
    const broker = await listen((request, body) => {
      received.push([request.headers['content-type'], JSON.parse(body)]);
      return { status: 200, body: '' };
    });
    const call = await serve('cloud-events', { 'http://eventing-publisher-proxy.kyma-system/publish': broker });
    const lines = [{ price: 3, pieces: 2 }];
    const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 'shop' };
    const answer = await call({ id: 'a-17', lines }, '/', { ...ce, 'ce-type': 'shop.order.received.v1' });
    expect(answer.json()).toEqual({ id: 'a-17', total: 6 });
    expect(received).toEqual([
      [
        expect.stringContaining('application/cloudevents+json'),
        expect.objectContaining({
          specversion: '1.0',
          type: 'shop.order.priced.v1',
          source: 'shop/pricing',
          subject: 'a-17',
          data: { id: 'a-17', total: 6 },
        }),
      ],
    ]);
    expect((await call({}, '/', { ...ce, 'ce-type': 'another' })).status).toBe(202);
    expect(received).toHaveLength(1);
  },

  'third-party-library': async () => {
    const call = await serve('third-party-library');
    expect((await call(ORDER)).json()).toEqual({ accepted: ORDER });
    const refused = await call({ ...ORDER, pieces: 0 });
    expect(refused.status).toBe(422);
    expect(refused.json()).toEqual({ problems: [expect.stringMatching(/^pieces: .*greater than 0$/)] });
  },

  'private-registry': async () => {
    const archive = await packGreetings();
    const asked: string[] = [];
    const registry = await listen((request) => {
      const at = decodeURIComponent(request.url ?? '');
      asked.push(at);
      if (request.headers.authorization !== 'Bearer its-token') return { status: 401, body: '{}' };
      if (at.endsWith('.tgz')) return { status: 200, body: archive };
      const dist = { tarball: `http://${request.headers.host ?? ''}/@acme/greetings/-/greetings-1.0.0.tgz` };
      const manifest = { name: '@acme/greetings', version: '1.0.0', dist };
      return {
        status: 200,
        body: JSON.stringify({
          name: '@acme/greetings',
          'dist-tags': { latest: '1.0.0' },
          versions: { '1.0.0': manifest },
        }),
      };
    });
    const call = await serve('private-registry', {
      'https://npm.example.com/': registry,
      '//npm.example.com/': registry.replace('http:', ''),
      'PUT-A-TOKEN-HERE': 'its-token',
    });
    expect((await call(undefined, '/?name=Ada')).text).toBe('Greetings, Ada');
    expect(asked).toEqual(['/@acme/greetings', '/@acme/greetings/-/greetings-1.0.0.tgz']);
  },

  'scheduled-job': async () => {
    const command = await runs.run(['-f', folderOf('scheduled-job')]);
    expect(await command.ended()).toBe(0);
    expect(command.output).toContain('Report of the last 1 day and 12 hours');
  },

  'secret-mount': async () => {
    const call = await serve('secret-mount', { 'PUT-A-PASSWORD-HERE': 'secret' });
    expect((await call()).json()).toEqual({ user: 'shop', passwordLength: 6 });
  },

  'multi-file': async () => {
    const call = await serve('multi-file');
    const lines = [
      { item: 'pear', pieces: 2 },
      { item: 'apple', pieces: 1 },
    ];
    expect((await call(lines)).json()).toEqual({ total: 8 });
  },

  'gateway-api': async () => {
    const call = await serve('gateway-api');
    // As a Gateway sends it on.
    const answer = await call(undefined, '/Ada', { 'x-forwarded-host': 'shop.example.com' });
    expect(answer.json()).toEqual({ message: 'Hello, Ada!', host: 'shop.example.com' });
  },

  ingress: async () => {
    const call = await serve('ingress');
    expect((await call(undefined, '/greetings/Ada%20L.')).json()).toEqual({ message: 'Hello, Ada L.!' });
    expect((await call(undefined, '/greetings')).json()).toEqual({ message: 'Hello, world!' });
  },

  'knative-trigger': async () => {
    const call = await serve('knative-trigger');
    const ce = { 'ce-specversion': '1.0', 'ce-id': '7', 'ce-source': 'shop', 'ce-type': 'shop.order.received.v1' };
    const answer = await call({ id: 'a-17', lines: [{ price: 3, pieces: 2 }] }, '/', ce);
    expect(answer.json()).toEqual({ id: 'a-17', total: 6 });
    expect(answer.headers.get('content-type')).toContain('application/json');
    const attributes = ['specversion', 'type', 'source', 'id'].map((name) => answer.headers.get(`ce-${name}`));
    expect(attributes).toEqual(['1.0', 'shop.order.priced.v1', 'shop/pricing', '7-priced']);
  },

  'nats-consumer': async () => {
    const queue = await startQueue({ id: 'a-17', lines: [{ price: 3, pieces: 2 }] });
    const text = await readFile(path.join(folderOf('nats-consumer'), 'function.yaml'), 'utf8');
    const file = path.join(scratch, 'nats-consumer.yaml');
    await writeFile(file, text.replace('nats://nats.nats:4222', queue.url));
    const command = await runs.run(['-f', file]);
    await command.until('{"id":"a-17","total":6}');
    await queue.acknowledged;
    queue.close();
  },

  'python-pydantic': async () => {
    const call = await serve('python-pydantic');
    expect((await call(ORDER)).json()).toEqual({ accepted: ORDER });
    const refused = await call({ ...ORDER, pieces: 0 });
    expect(refused.status).toBe(422);
    expect(refused.json()).toEqual({ problems: ['pieces: Input should be greater than 0'] });
  },
};

/** What the private registry has. */
async function packGreetings(): Promise<Buffer> {
  const folder = path.join(scratch, 'package');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: '@acme/greetings', version: '1.0.0' }));
  await writeFile(path.join(folder, 'index.js'), 'exports.greeting = (name) => `Greetings, ${name}`;');
  return execFileSync('tar', ['-czf', '-', '-C', scratch, 'package']);
}

describe('each example runs, with real installations', () => {
  it.each(Object.entries(EXAMPLES))('%s', async (_, runs) => {
    await runs();
  });

  it('and has a test', async () => {
    // This one is refused, which test/cli/inject.test.ts shows.
    expect((await readdir(folderOf(''))).filter((name) => name !== 'floating').sort()).toEqual(
      Object.keys(EXAMPLES).sort(),
    );
  });
});

describe('each example', () => {
  it.each(Object.keys(EXAMPLES))('%s pins what it needs: the policy’s level "exact" admits it', async (example) => {
    const config = path.join(scratch, 'exact.yaml');
    await writeFile(config, 'dependencies: { enforce: exact }\n');
    const { status, stderr } = await buildless(['inject', '-f', folderOf(example), '--config', config]);
    expect(stderr).not.toContain('refused');
    expect(status).toBe(0);
  });
});
