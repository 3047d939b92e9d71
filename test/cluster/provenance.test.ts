import { describe, expect } from 'vitest';
import type { ProvenanceLost } from '../../src/provenance/policy.ts';
import type { NpmPackage } from '../pod/install/fake-registry.ts';
import { apply, installWithRegistry, isChecked, pinning, untilEvent, verdict, verdictOf } from './compared-source.ts';
import { eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';
import { edit, events, stamped, stampOf } from './revisions.ts';

type Origin = Pick<NpmPackage, 'attested' | 'publisher'>;

const ATTESTED: Origin = { attested: true, publisher: 'github' };
const BY_ACCOUNT: Origin = { publisher: 'account' };

/** The test chooses the attestations; a loss of them has such an effect. */
const installWith = (lost: ProvenanceLost) => () =>
  installWithRegistry(`dependencies: {provenanceLost: ${lost}, provenanceExceptions: [excepted-*]}\n`);

describe('a revision that loses provenance, if that is refused', () => {
  const registry = given(installWith('refuse'));

  it('is not rolled out: the one that runs stays, and an Event names both versions', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry(), namespace, pinning(registry(), 'edited', '1.0.0', ATTESTED));
    const first = await verdict(namespace, isChecked);
    expect(JSON.parse(first?.['releases.json'] ?? '')).toEqual({
      language: 'nodejs',
      releases: [{ name: 'edited', version: '1.0.0', confirmed: true, attested: true, publisher: 'trusted:github' }],
    });
    const before = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', pinning(registry(), 'edited', '1.0.1', BY_ACCOUNT));
    const note = await untilEvent(namespace, 'SourceRefused');
    expect(note).toContain(
      'no registry shows a provenance attestation of edited 1.0.1; the revision before has edited 1.0.0 with one',
    );
    expect(note).toContain('[provenance-lost]');
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await edit(namespace, 'hello', pinning(registry(), 'edited', '1.0.2', ATTESTED));
    await stamped(namespace, 'hello', (text) => text !== before.text);
    expect(await verdictOf(namespace)).toHaveProperty(['checked.json']);
  });

  it('is refused in place of its lock, for Pods that come before the controller has compared it', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry(), namespace, pinning(registry(), 'applied', '1.0.0', ATTESTED));
    await verdict(namespace, isChecked);
    await apply(registry(), namespace, pinning(registry(), 'applied', '1.0.1', BY_ACCOUNT), '2');
    const data = await verdict(namespace, (read) => 'refused.json' in read);
    expect(Object.keys(data ?? {})).toEqual(['refused.json']);
    expect(JSON.parse(data?.['refused.json'] ?? '')).toMatchObject({
      code: 'provenance-lost',
      details: [expect.stringContaining('applied 1.0.1')],
    });
    expect(await untilEvent(namespace, 'LockNotResolved')).toContain('[provenance-lost]');
  });

  it('is rolled out if the package is excepted', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry(), namespace, pinning(registry(), 'excepted-one', '1.0.0', ATTESTED));
    await verdict(namespace, isChecked);
    const before = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', pinning(registry(), 'excepted-one', '1.0.1', BY_ACCOUNT));
    await stamped(namespace, 'hello', (text) => text !== before.text);
    expect(await events(namespace, 'SourceRefused')).toEqual([]);
  });

  it('is not judged again by an undo, and the next edit is compared with what runs then', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const first = pinning(registry(), 'undone', '1.0.0', BY_ACCOUNT);
    await apply(registry(), namespace, first);
    await verdict(namespace, isChecked);
    const without = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', pinning(registry(), 'undone', '1.1.0', ATTESTED));
    const having = await stamped(namespace, 'hello', (text) => text !== without.text);
    await kubectlOk(['rollout', 'undo', '-n', namespace, 'deployment/hello']);
    await stamped(namespace, 'hello', (text) => text === without.text);
    await edit(namespace, 'hello', pinning(registry(), 'undone', '1.0.1', BY_ACCOUNT));
    const third = await stamped(namespace, 'hello', (text) => text !== without.text && text !== having.text);
    expect(third.text).toBeDefined();
    expect(await events(namespace, 'SourceRefused')).toEqual([]);
  });
});

describe.each([
  ['warn', 1],
  ['off', 0],
] as const)('a revision that loses provenance, if that is "%s"', (lost, warnings) => {
  const registry = given(installWith(lost));

  it('is rolled out', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry(), namespace, pinning(registry(), 'rolled', '1.0.0', ATTESTED));
    const before = await stamped(namespace, 'hello');
    if (lost === 'warn') await verdict(namespace, isChecked);
    await edit(namespace, 'hello', pinning(registry(), 'rolled', '1.0.1', BY_ACCOUNT));
    await stamped(namespace, 'hello', (text) => text !== before.text);
    const warned = await eventually(
      () => events(namespace, 'ProvenanceLost'),
      ({ length }) => length === warnings,
      90_000,
    );
    for (const { note } of warned) expect(note).toContain('rolled 1.0.1');
    expect(await events(namespace, 'SourceRefused')).toEqual([]);
  });
});
