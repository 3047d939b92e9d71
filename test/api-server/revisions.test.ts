import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/api-server/cluster.ts';
import { connectCluster } from '../../src/api-server/kubernetes.ts';
import type { Revisions } from '../../src/admission/revisions.ts';
import { digestOf } from '../../src/function/files.ts';
import { revisionName } from '../../src/function/revision-name.ts';
import { eventually } from '../eventually.ts';
import { FakeApiServer } from './fake-api-server.ts';

let api: FakeApiServer;
let cluster: Cluster;
let revisions: Revisions;

const LABELS = { 'buildless.dev/revision-of': 'hello', 'buildless.dev/revision-holds': 'files' };
const nameOf = (text: string): string => revisionName('hello', digestOf(new Map([['handler.js', Buffer.from(text)]])));
const put = (text: string, uid = text, name = nameOf(text)): void => {
  api.put('ConfigMap', name, { namespace: 'shop', labels: LABELS, data: { 'handler.js': text }, immutable: true, uid });
};
/** What was asked for by name. */
const gets = (): readonly string[] => api.requests.filter((url) => !url.includes('?') && url.includes('/shop/'));

beforeEach(async () => {
  api = new FakeApiServer();
  const kubeconfig = await api.start();
  const logger = { info: () => undefined, warn: () => undefined };
  cluster = await connectCluster({ kubeconfig, logger, backoffMilliseconds: 5, controller: 'buildless-system' });
  const { revisions: followed } = cluster;
  if (followed === undefined) throw new Error('no revisions');
  revisions = followed;
  // ConfigMaps twice, Namespaces, LimitRanges, ResourceQuotas and the Lease.
  await eventually(() => {
    expect(api.watching()).toBe(6);
  });
});

afterEach(async () => {
  await cluster.stop();
  await api.stop();
});

describe('revisions in the cluster', () => {
  it('are asked for once, together, for as long as the object is the same', async () => {
    put('one');
    const reads = await Promise.all([1, 2, 3].map(() => revisions.files('shop', nameOf('one'))));
    expect(reads[0]).toMatchObject({ type: 'files', name: nameOf('one') });
    expect(reads.every((read) => JSON.stringify(read) === JSON.stringify(reads[0]))).toBe(true);
    expect(gets()).toHaveLength(1);
    await eventually(async () => {
      const before = gets().length;
      expect(await revisions.files('shop', nameOf('one'))).toMatchObject({ type: 'files' });
      expect(gets()).toHaveLength(before);
    });
  });

  it('are waited for until the watch brings them', async () => {
    const name = nameOf('one');
    let isOver = false;
    const waiting = revisions.untilStored?.('shop', [name]).then(() => {
      isOver = true;
    });
    await revisions.files('shop', name);
    expect(isOver).toBe(false);
    put('one');
    await waiting;
    expect(await revisions.files('shop', name)).toMatchObject({ type: 'files' });
  });

  it('are missing as soon as they are deleted', async () => {
    put('one');
    expect(await revisions.files('shop', nameOf('one'))).toMatchObject({ type: 'files' });
    api.delete('ConfigMap', nameOf('one'), 'shop');
    await eventually(async () => {
      expect(await revisions.files('shop', nameOf('one'))).toEqual({ type: 'missing' });
    });
  });

  it('are read again if another object has the name', async () => {
    put('one');
    expect(await revisions.files('shop', nameOf('one'))).toMatchObject({ type: 'files' });
    api.delete('ConfigMap', nameOf('one'), 'shop');
    put('two', 'another', nameOf('one'));
    await eventually(async () => {
      expect(await revisions.files('shop', nameOf('one'))).toEqual({ type: 'taken' });
    });
  });

  it('are found although the copy does not have them yet, and what is missing is never remembered', async () => {
    expect(await revisions.files('shop', nameOf('one'))).toEqual({ type: 'missing' });
    put('one');
    expect(await revisions.files('shop', nameOf('one'))).toMatchObject({ type: 'files' });
  });

  it('cannot be told while the API server does not answer', async () => {
    api.intercept = (_, response) => {
      response.writeHead(500).end('{}');
      return true;
    };
    expect(await revisions.files('shop', nameOf('one'))).toMatchObject({ type: 'unreachable' });
  });
});
