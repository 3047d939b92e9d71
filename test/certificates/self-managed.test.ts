import { X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createAuthority } from '../../src/certificates/authority.ts';
import { certificatesOf, trusts } from '../../src/certificates/bundle.ts';
import { selfManagedCertificates, type SelfManagedOptions } from '../../src/certificates/self-managed.ts';
import type { CertificateSource, Health, ServedCertificate } from '../../src/certificates/source.ts';
import { MemoryCluster } from './memory-cluster.ts';

const HOUR = 3600;
const LEAF = 24 * HOUR;
const CA = 365 * 24 * HOUR;

/** The wall clock of all replicas; time passes when a test says so. */
class WallClock {
  private time = Date.parse('2030-01-01T00:00:00Z');
  readonly now = (): Date => new Date(this.time);
  pass(seconds: number): void {
    this.time += seconds * 1000;
  }
}

interface Replica {
  readonly source: CertificateSource;
  readonly changes: ServedCertificate[];
  readonly problems: string[];
  readonly updates: string[];
}

const running: CertificateSource[] = [];
afterEach(() => {
  for (const source of running.splice(0)) source.stop();
});

async function replica(
  cluster: MemoryCluster,
  clock: WallClock,
  more: Partial<SelfManagedOptions> = {},
): Promise<Replica> {
  const updates: string[] = [];
  const source = selfManagedCertificates({
    store: cluster.store,
    registration: cluster.registration,
    watch: cluster.watch,
    hosts: ['webhook.test.svc'],
    leafSeconds: LEAF,
    authoritySeconds: CA,
    patienceSeconds: 5,
    clock: clock.now,
    tickMilliseconds: 5,
    backoffMilliseconds: 10,
    caBundleUpdated: (outcome) => updates.push(outcome),
    authorityExpires: () => undefined,
    ...more,
  });
  running.push(source);
  const changes: ServedCertificate[] = [];
  const problems: string[] = [];
  await source.start({
    changed: (certificate) => changes.push(certificate),
    failed: ({ problem }) => problems.push(problem),
  });
  return { source, changes, problems, updates };
}

/** Asks again for a while: the machine may be busy. */
const poll = <Value>(ask: () => Value): ReturnType<typeof expect.poll<Value>> => expect.poll(ask, { timeout: 20_000 });

const reasonOf = (health: Health): string => (health.ok ? '' : health.reason);
const isReady = ({ source }: Replica): boolean => source.healthy().ok;
const ready = async (...replicas: readonly Replica[]): Promise<void> => {
  await poll(() => replicas.every(isReady)).toBe(true);
};
const trusted = (cluster: MemoryCluster, { source }: Replica, clock: WallClock): boolean =>
  cluster.allBundles().every((bundle) => trusts(bundle, source.current(), clock.now()));
const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256;

describe('certificates that look after themselves', () => {
  it('make a CA, write it to every caBundle, and serve a leaf of it with the names of the Service', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    expect(cluster.allBundles()).toEqual(Array(3).fill(cluster.secret?.cert));
    const leaf = new X509Certificate(one.source.current().cert);
    expect(leaf.subjectAltName).toBe('DNS:webhook.test.svc');
    expect(one.source.current().notAfter.getTime()).toBe(clock.now().getTime() + LEAF * 1000);
    expect(one.updates).toEqual(['success', 'success']);
  });

  it('five replicas that start at once share one CA: one makes it, the others read it', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const all = await Promise.all(Array.from({ length: 5 }, () => replica(cluster, clock)));
    await ready(...all);
    expect(cluster.creations.filter((outcome) => outcome === 'written')).toHaveLength(1);
    for (const bundle of cluster.allBundles()) expect(bundle).toBe(cluster.secret?.cert);
    for (const each of all) expect(trusted(cluster, each, clock)).toBe(true);
    expect(new Set(all.map(({ source }) => source.current().cert)).size).toBe(5);
  });

  it('renew the leaf at two thirds of its life by the wall clock, as after a night of suspension', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    clock.pass((LEAF * 2) / 3 - 60);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(one.changes).toEqual([]);
    clock.pass(120);
    await poll(() => one.changes.length).toBe(1);
    clock.pass(10 * LEAF);
    expect(reasonOf(one.source.healthy())).toContain('expired');
    await ready(one);
    expect(one.changes).toHaveLength(2);
  });

  it('renew the CA at two thirds of its life; the old one stays trusted, and signs nothing new', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const all = [await replica(cluster, clock), await replica(cluster, clock)];
    await ready(...all);
    const old = cluster.secret?.cert ?? '';
    clock.pass((CA * 2) / 3 + 60);
    await poll(() => cluster.secret?.cert === old).toBe(false);
    await ready(...all);
    const fresh = cluster.secret?.cert ?? '';
    await poll(() => cluster.allBundles()).toEqual(Array(3).fill(fresh + old));
    expect(cluster.secret?.previous).toBe(old);
    for (const { source } of all) expect(trusts(fresh, source.current(), clock.now())).toBe(true);
    clock.pass(CA / 3);
    await poll(() => cluster.allBundles()).toEqual(Array(3).fill(fresh));
  });

  it('serve with the old leaf until the new CA has been in every caBundle for a while', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock, { settleSeconds: 5 });
    await ready(one);
    const { cert } = one.source.current();
    cluster.deleteSecret();
    await poll(() => cluster.allBundles().every((bundle) => certificatesOf(bundle).length === 2)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(one.source.current().cert).toBe(cert);
    expect(isReady(one)).toBe(true);
    clock.pass(6);
    await poll(() => one.source.current().cert === cert).toBe(false);
    expect(trusted(cluster, one, clock)).toBe(true);
  });

  it.each([
    ['emptied', ''],
    ['garbage', 'no certificate'],
    ['a broken block', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
  ])('write the caBundle again that somebody left %s', async (_, bundle) => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    cluster.setBundles(bundle);
    await poll(() => cluster.allBundles()).toEqual(Array(3).fill(cluster.secret?.cert));
    await ready(one);
    expect(one.changes).toEqual([]);
  });

  it("throw a stranger's CA out of the caBundle", async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    const stranger = await createAuthority({ commonName: 'Stranger', seconds: CA, clock: clock.now });
    cluster.setBundles(stranger.cert + (cluster.secret?.cert ?? ''));
    await poll(() => cluster.allBundles()).toEqual(Array(3).fill(cluster.secret?.cert));
  });

  it.each([
    ['no PEM', { cert: 'x', key: 'y', previous: 'z' }],
    ['nothing', { cert: '', key: '', previous: '' }],
  ])('replace a Secret that holds %s', async (_, garbage) => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    cluster.put(garbage);
    const one = await replica(cluster, clock);
    await ready(one);
    expect(certificatesOf(cluster.secret?.cert ?? '')).toHaveLength(1);
    expect(trusted(cluster, one, clock)).toBe(true);
  });

  it('replace a Secret whose certificate is no CA, or whose key is of another', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const other = await createAuthority({ commonName: 'Other', seconds: CA, clock: clock.now });
    const leaf = await other.issue({ hosts: ['a.test'], seconds: LEAF });
    cluster.put({ cert: leaf.cert, key: leaf.key, previous: '' });
    const one = await replica(cluster, clock);
    await ready(one);
    expect(fingerprintOf(cluster.secret?.cert ?? '')).not.toBe(fingerprintOf(leaf.cert));
    cluster.put({ cert: other.cert, key: leaf.key, previous: '' });
    await poll(() => cluster.secret?.key === leaf.key).toBe(false);
  });

  it('are not ready, and say which entry, while the caBundle cannot be written', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    cluster.forbidden = 'forbidden by a test';
    const one = await replica(cluster, clock);
    await poll(() => reasonOf(one.source.healthy())).toContain('mutating: pods.mutate has no caBundle');
    await poll(() => one.problems.length).toBe(1);
    expect(one.problems[0]).toContain('forbidden by a test');
    expect(one.updates).toContain('failure');
    cluster.forbidden = undefined;
    await ready(one);
  });

  it('are not ready where the webhook configurations were removed', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    cluster.bundles.delete('validating');
    const registration = {
      ...cluster.registration,
      read: async (signal: AbortSignal) => [
        ...(await cluster.registration.read(signal)),
        { title: 'validating', registered: undefined },
      ],
    };
    const one = await replica(cluster, clock, { registration });
    await poll(() => reasonOf(one.source.healthy())).toBe('validating does not exist');
  });

  it('answer with a certificate that nobody trusts while the API server is away at the start, and say so', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    cluster.down = 'connect ECONNREFUSED';
    const one = await replica(cluster, clock, { patienceSeconds: 0.05 });
    expect(one.source.current().cert).toContain('BEGIN CERTIFICATE');
    expect(reasonOf(one.source.healthy())).toBe('the CA does not exist yet (connect ECONNREFUSED)');
    cluster.down = undefined;
    await ready(one);
    expect(one.changes).toHaveLength(1);
  });

  it('renew the leaf from what they know while the API server is away, and stay ready', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    cluster.down = 'connect ECONNREFUSED';
    clock.pass((LEAF * 2) / 3 + 60);
    await poll(() => one.changes.length).toBe(1);
    expect(isReady(one)).toBe(true);
    expect(trusted(cluster, one, clock)).toBe(true);
    await poll(() => one.problems.length).toBe(1);
  });

  it('go on after a signer that failed', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    let failures = 2;
    const one = await replica(cluster, clock, {
      patienceSeconds: 0.01,
      createAuthority: (options) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error('no entropy')) : createAuthority(options);
      },
    });
    await ready(one);
    expect(one.problems).toEqual([expect.stringContaining('no entropy')]);
  });

  it('end: nothing is written after stop', async () => {
    const [cluster, clock] = [new MemoryCluster(), new WallClock()];
    const one = await replica(cluster, clock);
    await ready(one);
    one.source.stop();
    cluster.setBundles('');
    clock.pass(10 * CA);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(cluster.allBundles()).toEqual(['', '', '']);
  });
});
