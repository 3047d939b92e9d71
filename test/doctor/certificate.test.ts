import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../src/certificates/authority.ts';
import { certificate } from '../../src/doctor/checks/certificate.ts';
import type { CheckResult, Patient } from '../../src/doctor/check.ts';
import { clusterAsInstalled, found, podOn, registeredWith } from './cluster-as-installed.ts';

const HOUR = 3600;
const HOST = 'buildless-webhook.buildless-system.svc';
let authority: Authority;
let stranger: Authority;
let expired: Authority;
let server: Server;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Buildless webhook CA', seconds: 24 * HOUR });
  stranger = await createAuthority({ commonName: 'Stranger', seconds: 24 * HOUR });
  const lastYear = (): Date => new Date(Date.now() - 365 * 24 * HOUR * 1000);
  expired = await createAuthority({ commonName: 'Buildless webhook CA', seconds: HOUR, clock: lastYear });
  const { cert, key } = await authority.issue({ hosts: [HOST], seconds: HOUR });
  server = createServer({ cert, key }, (socket) => socket.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.close();
});

/** As a port-forward to the webhook's port does. */
const forwarded: Patient['openPod'] = async () => {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

const look = (caBundle: string, openPod: Patient['openPod'] = forwarded, pods: readonly object[] = [podOn('one')]) =>
  certificate(clusterAsInstalled({ get: { ...registeredWith(caBundle), pods: found({ items: pods }) }, openPod }));

const statuses = (results: readonly CheckResult[]): readonly string[] => [
  ...new Set(results.map(({ status }) => status)),
];

describe('doctor compares the caBundles with the certificate that is served', () => {
  it('and is content if they trust it, also with a CA that was there before', async () => {
    expect(statuses(await look(authority.cert))).toEqual(['ok']);
    expect(statuses(await look(expired.cert + stranger.cert + authority.cert))).toEqual(['ok']);
  });

  it('and fails for every replica that serves a certificate of another CA', async () => {
    const results = await look(stranger.cert, forwarded, [podOn('one'), podOn('two')]);
    expect(results.filter(({ status }) => status === 'failed')).toHaveLength(2);
    expect(results.at(-1)?.detail).toContain('pods.mutate.buildless.dev');
  });

  it.each([
    ['is empty', () => ''],
    ['does not parse', () => 'not a certificate'],
    ['has only a CA that expired', () => expired.cert],
  ])('and names each entry whose caBundle %s', async (_, caBundle) => {
    const results = await look(caBundle());
    expect(statuses(results)).toEqual(['failed']);
    expect(results.map(({ detail }) => detail).join()).toContain('pods.validate.buildless.dev');
  });

  it('and is skipped, with the reason, if no port can be forwarded', async () => {
    const results = await look(authority.cert, () => Promise.reject(new Error('pods/portforward is forbidden')));
    expect(results.at(-1)).toMatchObject({ status: 'skipped' });
    expect(results.at(-1)?.detail).toContain('pods/portforward is forbidden');
  });

  it('and is skipped if no replica runs', async () => {
    expect((await look(authority.cert, forwarded, [podOn('one', 'Pending')])).at(-1)).toMatchObject({
      status: 'skipped',
    });
  });

  it('and reports nothing if nothing is registered, which another check does', async () => {
    expect(await certificate(clusterAsInstalled())).toEqual([]);
  });
});
