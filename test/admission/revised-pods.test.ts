import { beforeEach, describe, expect, it } from 'vitest';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { createMutate, injectPod } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import type { AdmissionRequest } from '../../src/admission/review.ts';
import { VOLUMES } from '../../src/function/keys.ts';
import type { PodLike } from '../../src/kubernetes/pod.ts';
import type { StoredLock } from '../../src/revision/stored-lock.ts';
import { applyPatch } from './apply-patch.ts';
import { requestFor } from './review-of.ts';
import { RevisedCluster, revisionOf, type Texts } from './revised-cluster.ts';

const ONE: Texts = { 'handler.js': "exports.main = () => 'one';" };
const TWO: Texts = { 'handler.js': "exports.main = () => 'two';" };
const PINNED: Texts = { ...ONE, 'package.json': '{"dependencies":{"ms":"2.1.3"}}' };
const LOCK = 'hello-9ad01c33f0';
const INTEGRITY = `sha512-${'A'.repeat(86)}==`;
const SOUND: StoredLock = {
  kind: 'lock',
  file: 'package-lock.json',
  text: JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { ms: '2.1.3' } },
      'node_modules/ms': {
        version: '2.1.3',
        resolved: `${PUBLIC_REGISTRY}ms/-/ms-2.1.3.tgz`,
        integrity: INTEGRITY,
      },
    },
  }),
};
const FAILED: StoredLock = { kind: 'none', problem: 'the registry did not answer', fix: 'try later', details: [] };

const podOf = (stamp?: string, annotations: Readonly<Record<string, string>> = {}): PodLike & { kind: 'Pod' } => ({
  kind: 'Pod',
  metadata: {
    generateName: 'hello-5d9c-',
    labels: { 'buildless.dev/function': 'hello' },
    annotations: {
      'buildless.dev/runtime': 'nodejs22',
      ...annotations,
      ...(stamp !== undefined && { 'buildless.dev/revision': stamp }),
    },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
});

let cluster: RevisedCluster;
beforeEach(() => {
  cluster = new RevisedCluster();
});

/** What becomes of a Pod: what it mounts and how it installs, or every code and message against it. */
async function outcomeOf(pod: PodLike): Promise<object> {
  const injection = await injectPod(pod, 'default', cluster.context);
  if (injection.outcome === 'skipped') return { skipped: injection.code };
  if (injection.outcome === 'refused') {
    return { refused: injection.findings.map(({ code }) => code), why: injection.findings[0]?.problem };
  }
  const { spec } = injection.pod;
  const volume = (name: string) => spec?.volumes?.find((each) => each.name === name);
  const source = volume(VOLUMES.source);
  const lock = volume(VOLUMES.lock)?.configMap?.name;
  const args = spec?.initContainers?.[0]?.args ?? [];
  const installs = spec?.initContainers?.some(({ name }) => name === 'buildless-install');
  return {
    mounts: source?.configMap?.name ?? source?.projected?.sources?.map(({ configMap }) => configMap?.name),
    ...(lock !== undefined && { lock }),
    revision: args.find((each) => each.startsWith('--revision='))?.slice('--revision='.length),
    fast: args.some((each) => each.startsWith('--fast=')),
    ...(installs === true && { installs }),
  };
}

describe('the files of a Pod with a stamp', () => {
  const one = revisionOf('hello', ONE);
  const stamp = `files:${one}`;

  it('are those of the revision, whatever the source is by now', async () => {
    cluster.storeFiles('hello', ONE);
    cluster.configMaps.set('hello', TWO);
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ mounts: one, revision: stamp });
    cluster.configMaps.clear();
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ mounts: one, revision: stamp });
  });

  it('are awaited if the source still has them and a controller works', async () => {
    cluster.configMaps.set('hello', ONE);
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ mounts: one, revision: stamp });
  });

  it('are those of the source, and nothing else, if it still has them and no controller works', async () => {
    cluster.configMaps.set('hello', ONE);
    cluster.followed = false;
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ mounts: 'hello', revision: stamp });
  });

  it.each([true, false])('are refused if they are nowhere, whether or not a controller works: %s', async (followed) => {
    cluster.configMaps.set('hello', TWO);
    cluster.followed = followed;
    expect(await outcomeOf(podOf(stamp))).toEqual({
      refused: ['revision-not-found'],
      why: `the revision ${one} is not stored, and configmap:hello does not have its files`,
    });
    cluster.configMaps.clear();
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ refused: ['revision-not-found'] });
  });

  it('are never taken from another object that has the name', async () => {
    const { configMaps, stored } = cluster;
    cluster.storeFiles('hello', ONE);
    const object = stored.get(one);
    if (object === undefined) throw new Error('not stored');
    const others = [
      { ...object, data: TWO },
      { ...object, immutable: false },
      { ...object, metadata: { ...object.metadata, labels: {} } },
    ];
    for (const other of others) {
      stored.set(one, { ...other, immutable: other.immutable as true });
      configMaps.set('hello', TWO);
      expect(await outcomeOf(podOf(stamp))).toMatchObject({ refused: ['revision-not-found'] });
      configMaps.set('hello', ONE);
      expect(await outcomeOf(podOf(stamp))).toMatchObject({ mounts: 'hello', revision: stamp });
    }
  });

  it('are refused for now if the API server does not answer', async () => {
    cluster.reachable = false;
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ refused: ['source-unreachable'] });
  });

  it('are found ConfigMap by ConfigMap', async () => {
    const source = { 'buildless.dev/source': 'configmap:hello+hello-data' };
    const data: Texts = { 'data..words.json': '[]' };
    const names = [one, revisionOf('hello-data', data)];
    const pod = podOf(`files:${names.join('+')}`, source);
    cluster.storeFiles('hello', ONE);
    cluster.configMaps.set('hello', TWO).set('hello-data', data);
    expect(await outcomeOf(pod)).toMatchObject({ mounts: names });
    cluster.followed = false;
    expect(await outcomeOf(pod)).toMatchObject({ mounts: [one, 'hello-data'] });
    cluster.configMaps.set('hello-data', TWO);
    expect(await outcomeOf(pod)).toMatchObject({ refused: ['revision-not-found'] });
  });
});

describe('a Pod without a stamp, or with one that does not fit its source', () => {
  it.each([
    ['no stamp', undefined],
    ['the stamp of another source', `files:${revisionOf('other', ONE)}`],
    ['the stamp of more ConfigMaps', `files:${revisionOf('hello', ONE)}+${revisionOf('more', ONE)}`],
    ['the stamp of a commit', `commit:${'4'.repeat(40)}`],
  ])('runs the source as it is: %s', async (_, stamp) => {
    cluster.storeFiles('hello', ONE);
    cluster.configMaps.set('hello', TWO);
    expect(await outcomeOf(podOf(stamp))).toEqual({ mounts: 'hello', revision: undefined, fast: false });
    expect(cluster.asked).toEqual(['source hello']);
  });

  it.each(['', 'hello', 'files:hello', 'files:hello-3FA9C1D204', 'commit:main', `files:${'a'.repeat(5000)}`])(
    'is refused if the stamp is none: %j',
    async (stamp) => {
      cluster.configMaps.set('hello', ONE);
      expect(await outcomeOf(podOf(stamp))).toMatchObject({ refused: ['invalid-annotation'] });
    },
  );
});

describe('the lock of a Pod with a stamp', () => {
  const stamp = `files:${revisionOf('hello', PINNED)} lock:${LOCK}`;
  beforeEach(() => {
    cluster.storeFiles('hello', PINNED);
  });

  it('is as good as one of the author: bun installs', async () => {
    cluster.storeLock(LOCK, SOUND);
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ lock: LOCK, fast: true });
  });

  it('is awaited while a controller works', async () => {
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ lock: LOCK, fast: true });
  });

  it('is done without if nobody makes it', async () => {
    cluster.followed = false;
    expect(await outcomeOf(podOf(stamp))).not.toHaveProperty('lock');
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ installs: true, fast: false });
  });

  it('is done without if there is a reason instead, which buildless-prepare logs', async () => {
    cluster.storeLock(LOCK, FAILED);
    expect(await outcomeOf(podOf(stamp))).toMatchObject({ lock: LOCK, installs: true, fast: false });
  });

  it.each([
    ['the lock of another language', { ...SOUND, file: 'pylock.toml' }],
    ['another file', { ...SOUND, file: 'handler.js' }],
  ])('is never %s', async (_, lock) => {
    cluster.storeLock(LOCK, lock);
    expect(await outcomeOf(podOf(stamp))).not.toHaveProperty('lock');
  });

  it("is not used if the source has the author's", async () => {
    const own: Texts = { ...PINNED, 'package-lock.json': '{}' };
    cluster.storeFiles('hello', own);
    cluster.storeLock(LOCK, SOUND);
    const outcome = await outcomeOf(podOf(`files:${revisionOf('hello', own)} lock:${LOCK}`));
    expect(outcome).not.toHaveProperty('lock');
  });
});

/** Through both webhooks, as the API server calls them. */
async function admitted(pod: PodLike, between: () => void = () => undefined): Promise<AdmissionRequest['object']> {
  const { context } = cluster;
  const request = requestFor(pod);
  const mutated = await createMutate(context)(request);
  if (!mutated.response.allowed) throw new Error(mutated.response.status?.message);
  const injected = applyPatch(request.object, mutated.response.patch);
  between();
  const validated = await createValidate(context)(requestFor(injected));
  if (!validated.response.allowed) throw new Error(validated.response.status?.message);
  return injected;
}

describe('both webhooks', () => {
  const stamp = `files:${revisionOf('hello', PINNED)} lock:${LOCK}`;

  it('agree on a Pod with a revision and a lock, at the level "locked"', async () => {
    cluster.labels = { 'buildless.dev/dependencies-enforce': 'locked' };
    cluster.storeFiles('hello', PINNED);
    cluster.storeLock(LOCK, SOUND);
    await expect(admitted(podOf(stamp))).resolves.toBeDefined();
  });

  it('leave the judgement of an awaited lock to buildless-prepare, at the level "locked"', async () => {
    cluster.labels = { 'buildless.dev/dependencies-enforce': 'locked' };
    cluster.storeFiles('hello', PINNED);
    await expect(admitted(podOf(stamp))).resolves.toBeDefined();
    cluster.followed = false;
    await expect(admitted(podOf(stamp))).rejects.toThrow('package-lock.json is missing');
    cluster.storeLock(LOCK, FAILED);
    await expect(admitted(podOf(stamp))).rejects.toThrow(
      'the controller could not resolve one: the registry did not answer; try later',
    );
  });

  it.each([
    ['the revision is stored', () => cluster.storeFiles('hello', PINNED)],
    ['the lock is stored', () => cluster.storeLock(LOCK, SOUND)],
    ['a reason is stored instead of the lock', () => cluster.storeLock(LOCK, FAILED)],
    ['the Lease changes hands', () => (cluster.followed = !cluster.followed)],
    [
      'a controller comes and stores all',
      () => {
        cluster.followed = true;
        cluster.storeFiles('hello', PINNED);
        cluster.storeLock(LOCK, SOUND);
      },
    ],
  ])('agree on a Pod although between them %s', async (_, happens) => {
    for (const followed of [true, false]) {
      cluster.stored.clear();
      cluster.followed = followed;
      cluster.configMaps.set('hello', PINNED);
      await expect(
        admitted(podOf(stamp), () => {
          happens();
        }),
      ).resolves.toBeDefined();
    }
  });

  it('refuse a Pod with the injection of another revision', async () => {
    cluster.storeFiles('hello', ONE);
    cluster.storeFiles('hello', TWO);
    const injected = await admitted(podOf(`files:${revisionOf('hello', ONE)}`));
    const text = JSON.stringify(injected).replaceAll(
      `"buildless.dev/revision":"files:${revisionOf('hello', ONE)}"`,
      `"buildless.dev/revision":"files:${revisionOf('hello', TWO)}"`,
    );
    const verdict = await createValidate(cluster.context)(requestFor(JSON.parse(text) as object));
    expect(verdict.codes).toEqual(['injected-otherwise']);
  });
});

describe('a replica', () => {
  const stamp = `files:${revisionOf('hello', PINNED)} lock:${LOCK}`;

  it('is answered as its predecessor for as long as revision and lock are what they were', async () => {
    const mutate = createMutate(cluster.context);
    const answer = async (): Promise<string> => JSON.stringify(await mutate(requestFor(podOf(stamp))));
    const fresh = async (): Promise<string> =>
      JSON.stringify(await createMutate(cluster.context)(requestFor(podOf(stamp))));
    const changes: readonly (() => unknown)[] = [
      () => cluster.configMaps.set('hello', PINNED),
      () => (cluster.followed = false),
      () => cluster.storeFiles('hello', PINNED),
      () => cluster.configMaps.set('hello', TWO),
      () => (cluster.followed = true),
      () => cluster.storeLock(LOCK, SOUND),
      () => cluster.storeLock(LOCK, FAILED),
      () => cluster.stored.delete(LOCK),
      () => {
        cluster.stored.clear();
      },
      () => cluster.configMaps.set('hello', PINNED),
      () => (cluster.reachable = false),
      () => (cluster.reachable = true),
    ];
    for (const change of changes) {
      await answer();
      change();
      expect(await answer()).toBe(await fresh());
      expect(await answer()).toBe(await fresh());
    }
  });

  it('asks for nothing but its revision and its lock', async () => {
    cluster.storeFiles('hello', PINNED);
    cluster.storeLock(LOCK, SOUND);
    const mutate = createMutate(cluster.context);
    await mutate(requestFor(podOf(stamp)));
    cluster.asked.length = 0;
    await mutate(requestFor(podOf(stamp)));
    expect(cluster.asked).toEqual([`files ${revisionOf('hello', PINNED)}`, `lock ${LOCK}`]);
  });
});
