import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { revisionName } from '../../src/function/revision-name.ts';
import { FakeApiServer } from '../api-server/fake-api-server.ts';
import { buildless, COMMAND, type Finished } from './command.ts';

/** As the controller names one. */
const nameOf = (word: string): string => revisionName('hello', createHash('sha256').update(word).digest('hex'));
const [ONE, TWO] = [nameOf('one'), nameOf('two')];
const api = new FakeApiServer();
let kubeconfig: string;
/** What each Pod has logged, and who follows it. */
const logs = new Map<string, string[]>();
const followers = new Map<string, Set<ServerResponse>>();
const asked: URL[] = [];
const there = new Set<string>();

beforeAll(async () => {
  api.intercept = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    if (url.pathname === '/version') {
      response.end('{}');
      return true;
    }
    const pod = /^\/api\/v1\/namespaces\/shop\/pods\/([\w-]+)\/log$/.exec(url.pathname)?.[1];
    if (pod === undefined) return false;
    asked.push(url);
    response.writeHead(200, { 'content-type': 'text/plain' });
    for (const line of logs.get(pod) ?? []) response.write(`${line}\n`);
    if (url.searchParams.get('follow') !== 'true') response.end();
    else {
      response.flushHeaders();
      followers.set(pod, new Set([...(followers.get(pod) ?? []), response]));
    }
    return true;
  };
  kubeconfig = await api.start();
});
afterAll(() => api.stop());

let child: ChildProcess | undefined;
let output = '';
beforeEach(() => {
  logs.clear();
  followers.clear();
  asked.length = 0;
});
afterEach(async () => {
  for (const name of there) api.delete('Pod', name, 'shop');
  there.clear();
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await watchers(0);
  child = undefined;
});

async function watchers(count: number): Promise<void> {
  while (api.watching() !== count) await delay(20);
}

function putPod(name: string, revision: string, state: object = { running: {} }, restartCount = 0): void {
  there.add(name);
  api.put('Pod', name, {
    namespace: 'shop',
    uid: `uid-${name}`,
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/revision': `files:${nameOf(revision)}` },
    spec: { containers: [{ name: 'function' }] },
    status: { containerStatuses: [{ name: 'function', state, restartCount }] },
  });
}

const at = (second: number): string => `2026-01-02T03:04:0${second}.000000000Z`;

function log(pod: string, line: string): void {
  logs.set(pod, [...(logs.get(pod) ?? []), line]);
  for (const response of followers.get(pod) ?? []) response.write(`${line}\n`);
}

const show = (args: readonly string[] = []): Promise<Finished> =>
  buildless(['logs', 'hello', '-n', 'shop', '--kubeconfig', kubeconfig, ...args]);

function follow(): void {
  output = '';
  child = spawn(process.execPath, [COMMAND, 'logs', 'hello', '-f', '-n', 'shop', '--kubeconfig', kubeconfig]);
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
}

async function until(text: string): Promise<void> {
  while (!output.includes(text)) {
    if (child?.exitCode !== null) throw new Error(`it ended without "${text}":\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('the logs of a Function', () => {
  it('are those of all its Pods in the order of time, with Pod and revision', async () => {
    putPod('hello-a', 'one');
    putPod('hello-b', 'two');
    log('hello-a', `${at(1)} first`);
    log('hello-b', `${at(2)} second`);
    log('hello-a', `${at(3)} third`);
    const { status, stdout } = await show();
    expect(status).toBe(0);
    expect(stdout).toBe(`hello-a ${ONE} | first\nhello-b ${TWO} | second\nhello-a ${ONE} | third\n`);
    expect(asked.map(({ searchParams }) => searchParams.get('tailLines'))).toEqual(['100', '100']);
  });

  it('are one object a line with -o json, with what a line says', async () => {
    putPod('hello-a', 'one');
    log('hello-a', `${at(1)} {"level":"error","msg":"x"}`);
    log('hello-a', `${at(2)} {half`);
    const { stdout } = await show(['-o', 'json']);
    const about = { pod: 'hello-a', revision: ONE, container: 'function' };
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      { ...about, time: at(1), line: '{"level":"error","msg":"x"}', entry: { level: 'error', msg: 'x' } },
      { ...about, time: at(2), line: '{half' },
    ]);
  });

  it('are those of another container, of all time, or of the last minutes', async () => {
    putPod('hello-a', 'one');
    there.add('hello-b');
    api.put('Pod', 'hello-b', {
      namespace: 'shop',
      labels: { 'buildless.dev/function': 'hello' },
      status: { initContainerStatuses: [{ name: 'buildless-install', state: { terminated: {} } }] },
    });
    await show(['-c', 'buildless-install', '--tail', '-1', '--since', '15m']);
    expect(asked.map(({ pathname, search }) => [pathname.split('/').at(-2), search])).toEqual([
      ['hello-b', '?container=buildless-install&timestamps=true&sinceSeconds=900'],
    ]);
  });

  it('are missed by name', async () => {
    const { status, stderr } = await show();
    expect([status, stderr]).toEqual([2, expect.stringContaining('namespace shop has no Pods of a Function hello')]);
  });
});

describe('logs -f', () => {
  it('goes on through a rollout: new Pods join, those that end leave', async () => {
    putPod('hello-a', 'one');
    log('hello-a', `${at(1)} before`);
    follow();
    await until(`hello-a ${ONE} | before`);
    log('hello-a', `${at(2)} after`);
    await until('| after');

    putPod('hello-b', 'two', { waiting: {} });
    log('hello-b', `${at(3)} of the new one`);
    putPod('hello-b', 'two');
    await until(`hello-b ${TWO} | of the new one`);
    expect(output).toContain(`-- hello-b (revision ${TWO}) has started\n`);

    api.delete('Pod', 'hello-a', 'shop');
    there.delete('hello-a');
    for (const response of followers.get('hello-a') ?? []) response.end();
    await until(`-- hello-a (revision ${ONE}) has ended`);
    log('hello-b', `${at(4)} alone`);
    await until('| alone');
    const following = child;
    if (following === undefined) throw new Error('nothing follows');
    following.kill('SIGINT');
    const [status] = (await once(following, 'close')) as [number | null];
    expect(status).toBe(0);
  });

  it('shows nothing twice if its connection breaks, and all of a restart', async () => {
    putPod('hello-a', 'one');
    log('hello-a', `${at(1)} one`);
    follow();
    await until('| one');
    for (const response of followers.get('hello-a') ?? []) response.destroy();
    followers.clear();
    logs.set('hello-a', [...(logs.get('hello-a') ?? []), `${at(2)} two`]);
    await until('| two');
    expect(output.split('| one').length).toBe(2);

    for (const response of followers.get('hello-a') ?? []) response.end();
    logs.set('hello-a', [`${at(3)} three`]);
    putPod('hello-a', 'one', { running: {} }, 1);
    await until('| three');
    expect(output).toContain(`-- hello-a (revision ${ONE}) has restarted\n`);
  });

  it('waits for a Function that is not there yet', async () => {
    follow();
    await until('has no Pods of a Function hello yet');
    // Unlike a real API server, this one does not tell a watch what happened since the list.
    await watchers(1);
    log('hello-a', `${at(1)} here`);
    putPod('hello-a', 'one');
    await until('| here');
  });
});
