import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { installWithRegistry, type Registry } from './compared-source.ts';
import { listOf, source } from './functions.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk } from './kubectl.ts';
import { answering, events, functionDeployment, revisions } from './revisions.ts';

const DENIED = 'dependencies: { denied: { nodejs: [{ name: left, versions: 1.0.0, reason: steals tokens }] } }\n';

/** The registry has one version, which is denied. */
async function install(): Promise<Opened<Registry>> {
  const opened = await installWithRegistry(DENIED);
  opened.value.packages.push({ name: 'left', version: '1.0.0', archive: Buffer.from('x') });
  return opened;
}

describe('a lock that the controller resolves for Pods that wait for it', () => {
  const registry = given(install);

  it('is stored as a refusal if a version in it is denied', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'npm' },
      stringData: { '.npmrc': `registry=${registry().address}\n` },
    };
    const { metadata, ...configMap } = source('hello', {});
    // The source alone does not say which version it comes to.
    const data = { ...answering('one'), 'package.json': '{ "dependencies": { "left": "^1.0.0" } }' };
    const deployment = functionDeployment('hello', {}, { [ANNOTATIONS.registry]: 'npm' });
    const objects = listOf(secret, { ...configMap, metadata, data }, deployment);
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], JSON.stringify(objects));
    const [stored] = await eventually(
      async () => (await revisions(namespace)).filter(({ data: held = {} }) => 'refused.json' in held),
      ({ length }) => length > 0,
    );
    expect(stored?.data?.['refused.json']).toContain('steals tokens');
    expect((await revisions(namespace)).filter(({ data: held = {} }) => 'package-lock.json' in held)).toEqual([]);
    const [event] = await eventually(
      () => events(namespace, 'LockNotResolved'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('[dependency-denied]');
  });
});
