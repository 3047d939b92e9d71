import { describe, expect } from 'vitest';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { ANNOTATIONS, REFUSED_UNTIL_ANNOTATION } from '../../src/function/keys.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { integrityOf, startNpmRegistry, type NpmPackage } from '../pod/install/fake-registry.ts';
import { functionPod, listOf, source } from './functions.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { installWithResolver } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { answering, edit, events, functionDeployment, revisions, stamped, stampOf } from './revisions.ts';

const HOUR = 3600;
const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

interface Registry {
  readonly address: string;
  readonly packages: NpmPackage[];
}

/** A private registry whose times the test chooses, and a cluster in which versions have to be an hour old. */
async function install(): Promise<Opened<Registry>> {
  const packages: NpmPackage[] = [];
  const registry = await startNpmRegistry(packages);
  const both = await installWithResolver({}, { configuration: 'dependencies: {minimumReleaseAge: 1h}\n' });
  return {
    value: { address: registry.address, packages },
    close: async () => {
      await both.close();
      await registry.close();
    },
  };
}

describe('a minimum release age in a cluster', () => {
  const registry = given(install);

  /** A source whose lock pins one version, which is so old. */
  function pinning(name: string, published: string): Readonly<Record<string, string>> {
    const archive = Buffer.from(name);
    registry().packages.push({ name, version: '1.0.0', archive, published });
    const dependencies = { [name]: '1.0.0' };
    const entry = {
      version: '1.0.0',
      resolved: `${PUBLIC_REGISTRY}${name}/-/${name}-1.0.0.tgz`,
      integrity: integrityOf(archive),
    };
    return {
      ...answering(name),
      'package.json': JSON.stringify({ name: 'hello', version: '1.0.0', dependencies }),
      'package-lock.json': JSON.stringify({
        name: 'hello',
        version: '1.0.0',
        lockfileVersion: 3,
        requires: true,
        packages: {
          '': { name: 'hello', version: '1.0.0', dependencies },
          [`node_modules/${name}`]: entry,
        },
      }),
    };
  }

  /** One apply of the Function and the Secret with its registry. */
  async function apply(files: Readonly<Record<string, string>>): Promise<string> {
    const namespace = await createNamespace(OPTED_IN);
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'npm' },
      stringData: { '.npmrc': `registry=${registry().address}\n` },
    };
    const { metadata, ...configMap } = source('hello', {});
    const deployment = functionDeployment('hello', {}, { [ANNOTATIONS.registry]: 'npm' });
    const objects = listOf(secret, { ...configMap, metadata, data: files }, deployment);
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], JSON.stringify(objects));
    return namespace;
  }

  /** The verdict that a template's stamp names. */
  async function verdictOf(namespace: string): Promise<Readonly<Record<string, string>> | undefined> {
    const { text = '' } = await stampOf(namespace, 'hello');
    const name = parseStamp(text)?.lock;
    return (await revisions(namespace)).find(({ metadata }) => metadata?.name === name)?.data;
  }

  it('writes a refusal in place of a lock for Pods that came first, and the finding as an Event', async () => {
    const namespace = await apply(pinning('young-first', secondsAgo(60)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    expect(Object.keys(verdict ?? {})).toEqual(['refused.json']);
    expect(verdict?.['refused.json']).toContain('young-first 1.0.0 was published at');
    const [stored] = (await revisions(namespace)).filter(({ data = {} }) => 'refused.json' in data);
    expect(stored?.metadata?.annotations?.[REFUSED_UNTIL_ANNOTATION]).toMatch(/^\d{4}-/);
    const [event] = await eventually(
      () => events(namespace, 'LockNotResolved'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('[release-too-young]');
  });

  it('lets a lock pass whose versions are old enough', async () => {
    const namespace = await apply(pinning('old', secondsAgo(2 * HOUR)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    expect(verdict).toEqual({ 'checked.json': '{}' });
  });

  it('keeps the revision that runs if an edit brings a young version, and rolls out the next one', async () => {
    const namespace = await apply(pinning('runs', secondsAgo(2 * HOUR)));
    await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    const before = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', pinning('young-edit', secondsAgo(60)));
    const [event] = await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('young-edit 1.0.0 was published at');
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await edit(namespace, 'hello', pinning('old-edit', secondsAgo(2 * HOUR)));
    await stamped(namespace, 'hello', (text) => text !== before.text);
    expect(await verdictOf(namespace)).toEqual({ 'checked.json': '{}' });
  });

  it('tries a refused revision again without an edit, as soon as it is old enough', async () => {
    const namespace = await apply(pinning('ripens', secondsAgo(HOUR - 10)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined && 'checked.json' in data,
      90_000,
    );
    expect(verdict).toEqual({ 'checked.json': '{}' });
  });

  it('refuses a Pod that no workload makes, as nobody compares its versions', async () => {
    const namespace = await apply(pinning('bare', secondsAgo(2 * HOUR)));
    const created = coreApi().createNamespacedPod({ namespace, body: functionPod('hello', { pod: 'bare' }) });
    await expect(created).rejects.toThrow('release-age-unchecked');
  });
});
