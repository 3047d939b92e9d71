import { expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../src/certificates/authority.ts';
import { parsePair } from '../../src/certificates/pair.ts';
import { registeredSource } from '../../src/certificates/registered-source.ts';
import type { CertificateSource, Health } from '../../src/certificates/source.ts';
import { MemoryCluster } from './memory-cluster.ts';

const HOUR = 3600;

async function fileSource(authority: Authority): Promise<CertificateSource> {
  const leaf = await authority.issue({ hosts: ['webhook.test'], seconds: HOUR });
  const pair = parsePair(leaf.cert + authority.cert, leaf.key, new Date());
  if ('problem' in pair) throw new Error(pair.problem);
  return { start: () => Promise.resolve(), current: () => pair, stop: () => undefined, healthy: () => ({ ok: true }) };
}

it('follows a caBundle that somebody else writes, such as cert-manager, and writes none', async () => {
  const [authority, stranger] = await Promise.all([
    createAuthority({ commonName: 'Issuer', seconds: HOUR }),
    createAuthority({ commonName: 'Stranger', seconds: HOUR }),
  ]);
  const cluster = new MemoryCluster();
  const source = registeredSource(await fileSource(authority), {
    registration: cluster.registration,
    watch: cluster.watch,
    tickMilliseconds: 5,
  });
  const health = (): Health => source.healthy();
  expect(health()).toEqual({ ok: false, reason: 'the webhook configurations are not read yet' });
  await source.start({ changed: () => undefined, failed: () => undefined });
  await expect.poll(health, { timeout: 10_000 }).toMatchObject({ ok: false });
  cluster.setBundles(stranger.cert);
  await expect
    .poll(health, { timeout: 10_000 })
    .toMatchObject({ reason: expect.stringContaining('does not trust the served certificate') as unknown });
  cluster.setBundles(stranger.cert + authority.cert);
  await expect.poll(health, { timeout: 10_000 }).toEqual({ ok: true });
  expect(cluster.allBundles()).toEqual(Array(3).fill(stranger.cert + authority.cert));
  source.stop();
});
