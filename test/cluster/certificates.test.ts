import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { certificatesOf } from '../../src/certificates/bundle.ts';
import { AUTHORITY_SECRET, ENTRIES, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { at, listAt } from '../installation/shipped.ts';
import { createFunctions } from './creations.ts';
import { eventually, given, it } from './given.ts';
import { coreApi, kubectlOk } from './kubectl.ts';
import { configurationNow, installShipped } from './shipped.ts';

const KINDS = ['mutating', 'validating'] as const;

/** The caBundles of all entries of both configurations. */
async function bundles(): Promise<readonly string[]> {
  const objects = await Promise.all(KINDS.map(configurationNow));
  return objects
    .flatMap((object) => listAt(object, 'webhooks'))
    .map((entry) => at(entry, 'clientConfig', 'caBundle'))
    .map((bundle) => (typeof bundle === 'string' ? Buffer.from(bundle, 'base64').toString() : ''));
}

async function storedCa(): Promise<string> {
  const secret = await coreApi().readNamespacedSecret({ name: AUTHORITY_SECRET, namespace: INSTALL_NAMESPACE });
  return Buffer.from(secret.data?.['tls.crt'] ?? '', 'base64').toString();
}

const fingerprints = (pem: string): readonly string[] => certificatesOf(pem).map((each) => each.fingerprint256);

/** Every entry trusts the CA of the Secret. */
const healed = (ca: string, found: readonly string[]): boolean =>
  found.length === ENTRIES.mutating.length + ENTRIES.validating.length &&
  found.every((bundle) => fingerprints(bundle).includes(fingerprints(ca)[0] ?? ''));

describe('certificates that look after themselves', () => {
  const shipped = given(async () => {
    const opened = await installShipped();
    // Both at once: one of them finds no Secret and makes it, or finds that the other was faster.
    await Promise.all([opened.value.start(), opened.value.start()]);
    return opened;
  });

  it('two replicas that start together share one CA, which every entry of both configurations trusts', async () => {
    const ca = await storedCa();
    expect(fingerprints(ca)).toHaveLength(1);
    for (const bundle of await bundles()) expect(bundle).toBe(ca);
    for (const replica of shipped().replicas) expect((await replica.readiness()).text).toContain('[+]certificate ok');
  });

  it('an emptied caBundle is written again within seconds, without a restart', async () => {
    const ca = await storedCa();
    await kubectlOk(['replace', '-f', '-'], shipped().registration);
    const started = performance.now();
    await eventually(bundles, (found) => healed(ca, found));
    console.log(`an emptied caBundle: healed after ${(performance.now() - started).toFixed(0)} ms`);
  });

  it('kubectl apply of the manifests leaves the caBundle alone', async () => {
    await kubectlOk(['apply', '-f', '-'], shipped().registration);
    expect(healed(await storedCa(), await bundles())).toBe(true);
  });

  it('garbage in a caBundle, or a foreign CA, is replaced', async () => {
    const ca = await storedCa();
    for (const garbage of [
      'bm8gY2VydGlmaWNhdGU=',
      Buffer.from('-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n').toString('base64'),
    ]) {
      const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig/caBundle', value: garbage }];
      for (const kind of KINDS) {
        await kubectlOk([
          'patch',
          `${kind}webhookconfiguration`,
          'buildless',
          '--type=json',
          '-p',
          JSON.stringify(patch),
        ]);
      }
      await eventually(bundles, (found) => found.every((bundle) => bundle === ca));
    }
  });

  it('a deleted Secret comes back with another CA, and both are trusted, under a stream of creations that never fails', async () => {
    const before = await storedCa();
    const stream = await createFunctions(20);
    await kubectlOk(['delete', 'secret', AUTHORITY_SECRET, '-n', INSTALL_NAMESPACE]);
    const after = await eventually(
      () => storedCa().catch(() => before),
      (ca) => ca !== before,
    );
    await eventually(bundles, (found) => healed(after, found) && healed(before, found));
    // Until both replicas serve with the new one.
    await delay(8000);
    const { created, failures } = await stream.end();
    expect(failures).toEqual([]);
    expect(created).toBeGreaterThan(50);
  });

  it('a Secret that somebody filled with garbage is written anew', async () => {
    const before = await storedCa();
    const patch = { data: { 'tls.crt': 'Z2FyYmFnZQ==', 'tls.key': 'Z2FyYmFnZQ==' } };
    await kubectlOk([
      'patch',
      'secret',
      AUTHORITY_SECRET,
      '-n',
      INSTALL_NAMESPACE,
      '--type=merge',
      '-p',
      JSON.stringify(patch),
    ]);
    const after = await eventually(storedCa, (ca) => fingerprints(ca).length === 1 && ca !== before);
    await eventually(bundles, (found) => healed(after, found));
  });

  it('counts what it wrote, and that nothing failed', async () => {
    const all = await Promise.all(shipped().replicas.map((replica) => replica.metrics()));
    const sum = (outcome: string): number =>
      all.reduce((total, samples) => total + samples.sum('buildless_ca_bundle_updates_total', { outcome }), 0);
    expect(sum('success')).toBeGreaterThan(5);
    expect(sum('failure')).toBe(0);
  });
});

describe('with lives of seconds', () => {
  const shipped = given(async () => {
    const opened = await installShipped();
    const lives = ['--certificate-lifetime', '9s', '--authority-lifetime', '30s'];
    await Promise.all([opened.value.start(lives), opened.value.start(lives)]);
    return opened;
  });

  it('leaves and CAs are renewed over and over under a stream of creations, and not one of them fails', async () => {
    const first = await storedCa();
    const stream = await createFunctions(20);
    const seen = new Set<string>();
    const over = performance.now() + 50_000;
    let most = 0;
    while (performance.now() < over) {
      for (const bundle of await bundles()) {
        const found = fingerprints(bundle);
        most = Math.max(most, found.length);
        for (const each of found) seen.add(each);
      }
      await delay(500);
    }
    const { created, failures } = await stream.end();
    console.log(`renewal: ${created} Pods created over ${seen.size} CAs`);
    expect(failures).toEqual([]);
    expect(created).toBeGreaterThan(100);
    expect(seen.size).toBeGreaterThanOrEqual(3);
    expect(most).toBeLessThanOrEqual(3);
    expect(await storedCa()).not.toBe(first);
    for (const replica of shipped().replicas) {
      expect(
        (await replica.metrics()).sum('buildless_certificate_reloads_total', { outcome: 'success' }),
      ).toBeGreaterThan(5);
    }
  });
});
