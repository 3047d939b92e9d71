import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/api-server/cluster.ts';
import { connectCluster, type ClusterOptions } from '../../src/api-server/kubernetes.ts';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import type { Source } from '../../src/function/source.ts';
import { eventually } from '../eventually.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { selfSigned } from './self-signed.ts';

const LABELLED = { labels: { 'buildless.dev/function': 'hello' } };

let api: FakeApiServer;
let kubeconfig: string;
let cluster: Cluster | undefined;
let warnings: unknown[];

beforeEach(async () => {
  api = new FakeApiServer();
  kubeconfig = await api.start();
  warnings = [];
});

afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
  await api.stop();
});

async function connect(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const logger = { info: () => undefined, warn: (fields: unknown) => void warnings.push(fields) };
  cluster = await connectCluster({ kubeconfig, logger, backoffMilliseconds: 5, ...options });
  return cluster;
}

/** ConfigMaps, Namespaces, LimitRanges and ResourceQuotas. */
const FOLLOWED = 4;

/** Connected, with all copies read and all watches open. */
async function following(options: Partial<ClusterOptions> = {}): Promise<Cluster> {
  const connected = await connect(options);
  await eventually(() => {
    expect(connected.synced()).toBe(true);
    expect(api.watching()).toBe(FOLLOWED);
  });
  return connected;
}

const read = (connected: Cluster, name: string, namespace = 'shop'): Promise<Source> =>
  connected.readSource(namespace, { type: 'configmap', names: [name] });

const textOf = (source: Source): string | undefined =>
  source.type === 'files' ? Buffer.from(source.files.get('handler.js') ?? []).toString() : undefined;

/** A matcher for a text, typed. */
const expectedOf = (pattern: RegExp): unknown => expect.stringMatching(pattern);

const gets = (): readonly string[] => api.requests.filter((url) => !url.includes('?'));

describe('following the cluster', () => {
  it('knows what was there before, without asking again', async () => {
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    api.put('Namespace', 'shop', { labels: { 'buildless.dev/functions': 'enabled' } });
    const connected = await following();
    expect(await read(connected, 'hello')).toMatchObject({ type: 'files', labelled: true });
    expect(await connected.namespaceLabels('shop')).toEqual({ 'buildless.dev/functions': 'enabled' });
    expect(gets()).toEqual([]);
    expect(connected.troubles()).toEqual([]);
  });

  it('reads lists of more than one page', async () => {
    for (let index = 0; index < 1100; index += 1)
      api.put('Namespace', `n${index}`, { labels: { index: String(index) } });
    const connected = await following();
    expect(await connected.namespaceLabels('n0')).toEqual({ index: '0' });
    expect(await connected.namespaceLabels('n1099')).toEqual({ index: '1099' });
    expect(gets()).toEqual([]);
  });

  it('sees what is added, modified and deleted', async () => {
    const connected = await following();
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    await eventually(async () => {
      expect(textOf(await read(connected, 'hello'))).toBe('one');
    });
    const before = gets().length;
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'two' } });
    await eventually(async () => {
      expect(textOf(await read(connected, 'hello'))).toBe('two');
    });
    expect(gets()).toHaveLength(before);
    api.delete('ConfigMap', 'hello', 'shop');
    await eventually(async () => {
      expect(await read(connected, 'hello')).toEqual({ type: 'missing', name: 'hello' });
    });
  });

  it('merges the limits of a namespace, and knows when they change', async () => {
    const range = (memory: string) => ({
      namespace: 'shop',
      spec: { limits: [{ type: 'Container', max: { memory } }] },
    });
    api.put('LimitRange', 'team', range('1Gi'));
    api.put('ResourceQuota', 'team', { namespace: 'shop', spec: { hard: { 'limits.cpu': '4' } } });
    const connected = await following();
    const limits = connected.namespaceLimits?.('shop');
    expect(limits).toMatchObject({ container: { memory: { max: '1Gi' } }, quotas: { 'limits.cpu': 'team' } });
    expect(connected.namespaceLimits?.('shop')).toBe(limits);
    expect(connected.namespaceLimits?.('sho')).toMatchObject({ container: {}, quotas: {} });
    api.put('LimitRange', 'team', range('2Gi'));
    await eventually(() => {
      expect(connected.namespaceLimits?.('shop')).toMatchObject({ container: { memory: { max: '2Gi' } } });
    });
  });

  it('computes a source once for each version, and again for the next', async () => {
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    const connected = await following();
    const first = await read(connected, 'hello');
    expect(await read(connected, 'hello')).toBe(first);
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'two' } });
    await eventually(async () => {
      expect(await read(connected, 'hello')).not.toBe(first);
    });
  });

  it('keeps what it computed of an object that a new list shows unchanged', async () => {
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    const connected = await following();
    const first = await read(connected, 'hello');
    api.putSilently('ConfigMap', 'other', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'new' } });
    api.emit('configmaps', 'ERROR', { kind: 'Status', code: 410, message: 'too old resource version' });
    await eventually(async () => {
      expect(textOf(await read(connected, 'other'))).toBe('new');
      expect(api.requests.filter((url) => url.includes('/configmaps?') && !url.includes('watch'))).toHaveLength(2);
    });
    expect(await read(connected, 'hello')).toBe(first);
  });

  it('follows a bookmark, and goes on from there when the watch is cut', async () => {
    const connected = await following();
    api.emit('namespaces', 'BOOKMARK', { kind: 'Namespace', metadata: { resourceVersion: '777' } });
    api.put('ConfigMap', 'seen', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'x' } });
    await eventually(async () => {
      expect(textOf(await read(connected, 'seen'))).toBe('x');
    });
    api.cutWatches();
    await eventually(() => {
      expect(api.requests.filter((url) => url.includes('resourceVersion=777'))).toHaveLength(1);
      expect(api.watching()).toBe(FOLLOWED);
    });
    api.put('Namespace', 'late', { labels: { a: 'b' } });
    await eventually(async () => {
      expect(await connected.namespaceLabels('late')).toEqual({ a: 'b' });
    });
  });

  it('lists again after 410 Gone, and forgets what went away meanwhile', async () => {
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    const connected = await following();
    let gone = 1;
    api.intercept = (request, response) => {
      if (gone === 0 || !request.url?.includes('configmaps?') || !request.url.includes('watch=true')) return false;
      gone -= 1;
      response.writeHead(410).end(JSON.stringify({ kind: 'Status', code: 410, message: 'too old' }));
      return true;
    };
    api.cutWatches();
    api.delete('ConfigMap', 'hello', 'shop');
    await eventually(async () => {
      expect(await read(connected, 'hello')).toEqual({ type: 'missing', name: 'hello' });
    });
    expect(gone).toBe(0);
  });

  it('tries again, with pauses, where the API server fails, and says so', async () => {
    let failures = 4;
    api.intercept = (request, response) => {
      if (!request.url?.startsWith('/api/v1/configmaps') || failures === 0) return false;
      failures -= 1;
      response.writeHead(403).end(JSON.stringify({ kind: 'Status', message: 'configmaps is forbidden' }));
      return true;
    };
    const connected = await connect({ backoffMilliseconds: 20 });
    await eventually(() => {
      expect(connected.troubles()).toEqual(['/api/v1/configmaps: configmaps is forbidden']);
    });
    expect(connected.synced()).toBe(false);
    await eventually(() => {
      expect(connected.synced()).toBe(true);
      expect(connected.troubles()).toEqual([]);
    });
    expect(warnings).toHaveLength(4);
  });

  it('does not hammer a server that closes each watch at once', async () => {
    let watches = 0;
    api.intercept = (request, response) => {
      if (!request.url?.includes('watch=true')) return false;
      watches += 1;
      response.writeHead(200).end();
      return true;
    };
    const connected = await connect({ backoffMilliseconds: 60_000 });
    await eventually(() => {
      expect(connected.troubles()).toHaveLength(FOLLOWED);
      expect(watches).toBe(2 * FOLLOWED);
    });
    expect(connected.troubles()[0]).toBe('/api/v1/configmaps: the watch ended at once');
    expect(connected.synced()).toBe(true);
  });

  it('takes a stream that is not JSON for a failure, not for silence', async () => {
    const connected = await following();
    let bad = 1;
    api.intercept = (request, response) => {
      if (bad === 0 || !request.url?.includes('namespaces?') || !request.url.includes('watch=true')) return false;
      bad -= 1;
      response.writeHead(200).write('<html>\n');
      return true;
    };
    api.cutWatches();
    await eventually(() => {
      expect(warnings).not.toEqual([]);
      expect(connected.troubles()).toEqual([]);
      expect(api.watching()).toBe(FOLLOWED);
    });
    expect(JSON.stringify(warnings)).toContain('is not valid JSON');
  });
});

describe('asking for what is not in the copies', () => {
  it('reads a ConfigMap without the label', async () => {
    const connected = await following();
    api.put('ConfigMap', 'plain', { namespace: 'shop', data: { 'handler.js': 'plain' } });
    const source = await read(connected, 'plain');
    expect(textOf(source)).toBe('plain');
    expect(source).toMatchObject({ labelled: false });
    expect(gets()).toEqual(['/api/v1/namespaces/shop/configmaps/plain']);
  });

  it('does not remember that something was missing', async () => {
    const connected = await following();
    expect(await read(connected, 'late')).toEqual({ type: 'missing', name: 'late' });
    api.putSilently('ConfigMap', 'late', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'late' } });
    expect(await read(connected, 'late')).toMatchObject({ type: 'files', labelled: true });
    expect(await connected.namespaceLabels('young')).toEqual({});
    api.putSilently('Namespace', 'young', { labels: { a: 'b' } });
    expect(await connected.namespaceLabels('young')).toEqual({ a: 'b' });
  });

  it('answers before the copies are there', async () => {
    api.intercept = (request) => request.url?.includes('?') === true;
    api.put('ConfigMap', 'hello', { namespace: 'shop', ...LABELLED, data: { 'handler.js': 'one' } });
    const connected = await connect();
    expect(textOf(await read(connected, 'hello'))).toBe('one');
    expect(connected.synced()).toBe(false);
  });

  it('is unreachable where the API server does not answer in time', async () => {
    const connected = await following({ deadlineMilliseconds: 50 });
    api.intercept = (request) => request.url?.includes('?') === false;
    expect(await read(connected, 'slow')).toEqual({
      type: 'unreachable',
      reason: 'the API server did not answer within 0.05 s',
    });
    expect(await connected.namespaceLabels('slow')).toEqual(
      new LabelsUnreachable('the API server did not answer within 0.05 s'),
    );
    api.intercept = (request, response) => {
      if (request.url?.includes('?') !== false) return false;
      response.writeHead(200).write('{"metadata":');
      return true;
    };
    expect(await read(connected, 'slow')).toMatchObject({ reason: 'the API server did not answer within 0.05 s' });
  });

  it('keeps the labels that it knows of a Namespace while the API server cannot be reached', async () => {
    api.put('Namespace', 'shop', { labels: { a: 'b' } });
    const connected = await following({ deadlineMilliseconds: 50 });
    api.intercept = () => true;
    api.cutWatches();
    await eventually(() => {
      expect(api.watching()).toBe(0);
    });
    expect(await connected.namespaceLabels('shop')).toEqual({ a: 'b' });
    expect(await connected.namespaceLabels('other')).toBeInstanceOf(LabelsUnreachable);
  });

  it.each([
    [
      403,
      '{"kind":"Status","message":"configmaps is forbidden"}',
      'the API server answered 403: configmaps is forbidden',
    ],
    [500, 'boom', 'the API server answered 500: status 500'],
  ])('is unreachable where the API server answers %d', async (status, body, reason) => {
    const connected = await following();
    api.intercept = (_, response) => {
      response.writeHead(status).end(body);
      return true;
    };
    expect(await read(connected, 'hello')).toEqual({ type: 'unreachable', reason });
  });

  it('asks again where a kept connection was closed under it', async () => {
    const connected = await following();
    expect(await read(connected, 'a')).toEqual({ type: 'missing', name: 'a' });
    let cut = 0;
    api.intercept = (request) => {
      if (cut > 0 || request.url?.includes('?') !== false) return false;
      cut += 1;
      request.socket.destroy();
      return true;
    };
    expect(await read(connected, 'b')).toEqual({ type: 'missing', name: 'b' });
    expect(cut).toBe(1);
  });

  it('says what keeps a ConfigMap from being a source', async () => {
    const connected = await following();
    api.put('ConfigMap', 'empty', { namespace: 'shop' });
    expect(await read(connected, 'empty')).toMatchObject({
      type: 'invalid',
      findings: [{ problem: 'the source is empty' }],
    });
  });

  it('does not ask for Git and image sources', async () => {
    const connected = await following();
    expect(await connected.readSource('shop', { type: 'git', url: 'https://git.example/a' })).toEqual({
      type: 'opaque',
    });
    expect(gets()).toEqual([]);
  });

  it('sends the credentials of the kubeconfig', async () => {
    const connected = await following();
    let authorization: string | undefined;
    api.intercept = (request) => {
      authorization = request.headers.authorization;
      return false;
    };
    await read(connected, 'hello');
    expect(authorization).toBe('Bearer secret');
  });
});

describe('the connection', () => {
  it('ends everything when it is stopped, also what has no answer yet', async () => {
    api.intercept = (request) => request.url?.includes('namespaces?') === true;
    const connected = await connect();
    await eventually(() => {
      expect(api.watching()).toBe(FOLLOWED - 1);
    });
    const pending = read(connected, 'hello').then(() => 'answered');
    await connected.stop();
    expect(await pending).toBe('answered');
    await eventually(() => {
      expect(api.watching()).toBe(0);
    });
    const before = api.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(api.requests).toHaveLength(before);
  });

  it('speaks TLS with the authority of the kubeconfig, and refuses any other', async () => {
    const secure = new FakeApiServer(selfSigned());
    const trusting = await secure.start();
    secure.put('Namespace', 'shop', { labels: { a: 'b' } });
    const connected = await connect({ kubeconfig: trusting });
    await eventually(() => {
      expect(connected.synced()).toBe(true);
    });
    expect(await connected.namespaceLabels('shop')).toEqual({ a: 'b' });
    await connected.stop();

    const wary = await connect({ kubeconfig: await secure.kubeconfig(selfSigned().certificate) });
    expect(await read(wary, 'hello')).toMatchObject({ type: 'unreachable', reason: expectedOf(/certificate/) });
    expect(wary.synced()).toBe(false);
    await wary.stop();
    await secure.stop();
  });

  it.each([
    [
      'is not there',
      'gone',
      /the kubeconfig .*gone cannot be read \(the file does not exist\); name one that kubectl can use/,
    ],
    ['is empty', 'empty', /the kubeconfig .*empty cannot be read \(it is not a kubeconfig\)/],
    ['has no context', 'contextless', /the kubeconfig .*contextless has no current context; set one with kubectl/],
  ])('is refused where the kubeconfig %s', async (_, name, message) => {
    await expect(connect({ kubeconfig: await api.badKubeconfig(name) })).rejects.toThrow(message);
  });
});
