import { beforeEach, describe, expect, it } from 'vitest';
import { createMutate } from '../../../src/admission/mutate.ts';
import { createValidate } from '../../../src/admission/validate.ts';
import { revisionOf } from '../../../src/revision/derive.ts';
import { RUNTIMES } from '../../../src/function/runtimes.ts';
import { formatStamp, UNKNOWN_COMMIT } from '../../../src/function/stamp.ts';
import { followedOf } from '../../../src/function/source-state.ts';
import { TEMPLATE_KINDS } from '../../../src/function/template-kinds.ts';
import { isObject } from '../../../src/kubernetes/object.ts';
import { valueAt } from '../../../src/manifests/templates.ts';
import { applyPatch } from '../apply-patch.ts';
import { requestFor } from '../review-of.ts';
import { RevisedCluster, revisionOf as nameOf, type Texts } from '../revised-cluster.ts';

type Json = Record<string, unknown>;

const ONE: Texts = { 'handler.js': "exports.main = () => 'one';" };
const TWO: Texts = { 'handler.js': "exports.main = () => 'two';" };
const PINNED: Texts = { ...ONE, 'package.json': '{"dependencies":{"ms":"2.1.3"}}' };
const LOCKED: Texts = { ...PINNED, 'package-lock.json': '{}' };
const FLOATING: Texts = { ...ONE, 'package.json': '{"dependencies":{"ms":"*"}}' };

let cluster: RevisedCluster;
beforeEach(() => {
  cluster = new RevisedCluster();
  cluster.configMaps.set('hello', ONE);
});

interface Workload {
  readonly annotations?: Record<string, string>;
  readonly image?: string;
  readonly metadata?: Json;
}

const templateWith = ({ annotations = {}, image = 'auto' }: Workload): Json => ({
  metadata: {
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/runtime': 'nodejs22', ...annotations },
  },
  spec: { containers: [{ name: 'function', image }] },
});

const deployment = (given: Workload = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello', ...given.metadata },
  spec: { template: templateWith(given) },
});

const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };

/** What the API server would store. */
async function stored(
  object: Json,
  oldObject?: Json,
  overrides = {},
): Promise<{ object: Json; warnings: readonly string[] }> {
  const request = requestFor(object, {
    kind,
    ...(oldObject !== undefined && { operation: 'UPDATE' as const, oldObject }),
    ...overrides,
  });
  const { response } = await createMutate(cluster.context)(request);
  expect(response.allowed).toBe(true);
  return { object: applyPatch(object, response.patch), warnings: response.warnings ?? [] };
}

const marksOf = (object: Json): { stamp: unknown; followed: unknown } => ({
  stamp: valueAt(object, ['spec', 'template', 'metadata', 'annotations', 'buildless.dev/revision']),
  followed: valueAt(object, ['metadata', 'labels', 'buildless.dev/followed']),
});

const followedBy = (texts: Texts, name = 'hello'): string => {
  const revision = nameOf(name, texts);
  const digest = cluster.storeFiles(name, texts) === revision ? digestIn(revision) : '';
  return followedOf({ code: { type: 'files', parts: [{ name, digest }] }, refresh: 0 });
};
const digestIn = (name: string): string => cluster.stored.get(name)?.metadata.annotations['buildless.dev/digest'] ?? '';

/** A template as `kubectl rollout undo` patches it back. */
const withStamp = (object: Json, stamp: string, annotations: Record<string, string> = {}): Json => {
  const copy = structuredClone(object);
  const found = valueAt(copy, ['spec', 'template', 'metadata', 'annotations']);
  if (isObject(found)) Object.assign(found, { 'buildless.dev/revision': stamp, ...annotations });
  return copy;
};

describe('the first apply', () => {
  it('of a source and its workload carries the stamp and what it follows', async () => {
    const { object } = await stored(deployment());
    expect(marksOf(object)).toEqual({ stamp: `files:${nameOf('hello', ONE)}`, followed: followedBy(ONE) });
  });

  it('names the lock that the controller will resolve, unless the author brings one', async () => {
    cluster.configMaps.set('hello', PINNED);
    const { stamp } = marksOf((await stored(deployment())).object);
    expect(stamp).toMatch(new RegExp(`^files:${nameOf('hello', PINNED)} lock:hello-[0-9a-f]{10}$`));
    cluster.configMaps.set('hello', LOCKED);
    expect(marksOf((await stored(deployment())).object).stamp).toBe(`files:${nameOf('hello', LOCKED)}`);
  });

  it('names no lock if the configuration leaves locks to authors', async () => {
    const { revisions } = cluster.configuration;
    cluster.configuration = { ...cluster.configuration, revisions: { ...revisions, locks: 'author' } };
    cluster.configMaps.set('hello', PINNED);
    expect(marksOf((await stored(deployment())).object).stamp).toBe(`files:${nameOf('hello', PINNED)}`);
  });

  it.each([
    [
      'is not there yet',
      () => {
        cluster.configMaps.clear();
      },
      {},
    ],
    ['is in Git', () => undefined, { 'buildless.dev/source': 'git+https://git.example/a?ref=main' }],
    ['is refused', () => cluster.configMaps.set('hello', FLOATING), {}],
  ])('follows nothing if the source %s', async (_, prepare, annotations) => {
    prepare();
    const { object } = await stored(withStamp(deployment({ annotations }), `files:${nameOf('hello', TWO)}`));
    expect(marksOf(object)).toEqual({ stamp: undefined, followed: 'none' });
  });

  it('at the level "locked" is stamped and admitted, with a warning, without a lock of the author', async () => {
    cluster.labels = { 'buildless.dev/dependencies-enforce': 'locked' };
    cluster.configMaps.set('hello', PINNED);
    const { object } = await stored(deployment());
    expect(marksOf(object).stamp).toMatch(/ lock:/);
    const verdict = await createValidate(cluster.context)(requestFor(object, { kind }));
    expect(verdict.outcome).toBe('admitted');
    const plain = await createValidate(cluster.context)(requestFor(deployment(), { kind }));
    expect(plain.response.warnings?.join('\n')).toContain('package-lock.json is missing');
    expect(plain.outcome).toBe('admitted');
  });

  it('at the level "locked" is refused without a lock in Python with musl, for which no lock comes', async () => {
    const { python312, ...others } = RUNTIMES;
    if (python312 === undefined) throw new Error('python312 is gone');
    const annotations = { 'buildless.dev/runtime': 'python312' };
    cluster.configMaps.set('hello', {
      'handler.py': 'def main(event, context): return 1',
      'requirements.txt': 'idna==3.10',
    });
    cluster.labels = { 'buildless.dev/dependencies-enforce': 'locked' };
    const outcomeWith = async (libc: 'glibc' | 'musl'): Promise<readonly unknown[]> => {
      cluster.configuration = { ...cluster.configuration, runtimes: { ...others, python312: { ...python312, libc } } };
      const { object } = await stored(deployment({ annotations }));
      const { outcome, response } = await createValidate(cluster.context)(requestFor(object, { kind }));
      return [marksOf(object).followed, outcome, response.status?.message.includes('"idna==3.10" has no --hash')];
    };
    expect(await outcomeWith('musl')).toEqual(['none', 'refused', true]);
    expect(await outcomeWith('glibc')).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), 'admitted', undefined]);
  });

  it.each(TEMPLATE_KINDS.filter(({ stamped }) => stamped !== undefined))('of a $kind', async (each) => {
    const template = templateWith({});
    const object = [...each.path].reverse().reduce<Json>((inner, step) => ({ [step]: inner }), template);
    const named = { kind: { group: each.group, version: 'v1', kind: each.kind } };
    const after = await stored({ ...object, metadata: { name: 'hello' } }, undefined, named);
    expect(valueAt(after.object, [...each.path, 'metadata', 'annotations', 'buildless.dev/revision'])).toBe(
      `files:${nameOf('hello', ONE)}`,
    );
    expect(marksOf(after.object).followed).toBe(each.stamped === 'rolls' ? followedBy(ONE) : undefined);
  });
});

describe('a commit of Git', () => {
  const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
  const at = (commit: string, more: Workload = {}): Json =>
    deployment({ annotations: { 'buildless.dev/source': `git+https://git.example/a?ref=${commit}` }, ...more });
  const metadata = { name: 'hello', labels: { 'buildless.dev/followed': 'f'.repeat(32) } };
  const LOCKED_ONE = `commit:${one} lock:hello-9ad01c33f0`;
  /** As the controller leaves it: with a lock. */
  const rolledOut = withStamp(at(one, { metadata }), LOCKED_ONE);

  it('is the revision of the first template, so that the controller changes it only for a lock', async () => {
    const { object } = await stored(at(one));
    expect(marksOf(object)).toEqual({ stamp: `commit:${one}`, followed: 'none' });
  });

  it('that replaces another one is that of the template at once', async () => {
    // kubectl apply leaves the marks of others alone.
    const { object } = await stored(withStamp(at(two, { metadata }), LOCKED_ONE), rolledOut);
    expect(marksOf(object)).toEqual({ stamp: `commit:${two}`, followed: 'none' });
  });

  it('keeps its lock if something else of the template changes', async () => {
    const edited = withStamp(at(one, { metadata, image: 'own:1' }), LOCKED_ONE);
    const { object } = await stored(edited, rolledOut);
    expect(marksOf(object)).toEqual(marksOf(rolledOut));
  });
});

describe('Git under a minimum release age', () => {
  const source = (ref: string, more: Record<string, string> = {}): Json =>
    deployment({ annotations: { 'buildless.dev/source': `git+https://git.example/a?ref=${ref}`, ...more } });
  beforeEach(() => {
    const { dependencies } = cluster.configuration;
    cluster.configuration = { ...cluster.configuration, dependencies: { ...dependencies, minimumReleaseAge: 3600 } };
  });

  it('at a commit is stamped with the verdict that its Pods wait for', async () => {
    const one = '1'.repeat(40);
    const { object } = await stored(source(one));
    expect(marksOf(object).stamp).toMatch(new RegExp(`^commit:${one} lock:hello-[0-9a-f]{10}$`));
    const { object: relocked } = await stored(source(one, { 'buildless.dev/runtime': 'nodejs24' }), object);
    expect(marksOf(relocked).stamp).toMatch(new RegExp(`^commit:${one} lock:hello-[0-9a-f]{10}$`));
    expect(marksOf(relocked).stamp).not.toBe(marksOf(object).stamp);
  });

  it('at a branch is stamped with no commit, so that its Pods are refused until the controller has looked it up', async () => {
    const { object } = await stored(source('main'));
    expect(marksOf(object)).toEqual({ stamp: `commit:${UNKNOWN_COMMIT}`, followed: 'none' });
  });

  it('that runs already is left as it is', async () => {
    const running = withStamp(source('main'), `commit:${'1'.repeat(40)}`);
    const { object } = await stored(structuredClone(running), running);
    expect(marksOf(object).stamp).toBe(marksOf(running).stamp);
  });
});

describe('a branch of Git', () => {
  const annotations = { 'buildless.dev/source': 'git+https://git.example/a?ref=main' };
  const warnings = async (): Promise<string> => {
    const { response } = await createValidate(cluster.context)(requestFor(deployment({ annotations }), { kind }));
    return response.warnings?.join('\n') ?? '';
  };

  it('is warned of in a template only if no controller looks it up for each rollout', async () => {
    expect(await warnings()).toBe('');
    cluster.followed = false;
    expect(await warnings()).toContain('names the branch or tag "main", so replicas differ once it moves');
  });
});

describe('nothing is stamped', () => {
  const untouched = async (object: Json, overrides = {}): Promise<void> => {
    expect((await stored(object, undefined, overrides)).object).toEqual(object);
  };

  it('while no controller works, and nothing is asked', async () => {
    cluster.followed = false;
    await untouched(deployment());
    await untouched(withStamp(deployment(), `files:${nameOf('hello', TWO)}`));
    expect(cluster.asked).toEqual([]);
  });

  it.each([
    ['a scale', deployment(), { subResource: 'scale' }],
    [
      'a Rollout of a Deployment that is named elsewhere',
      { metadata: {}, spec: { workloadRef: { name: 'x' } } },
      { kind: { group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout' } },
    ],
    ['what is being deleted', deployment({ metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }), {}],
    ['what is not a Function', { metadata: {}, spec: { template: { metadata: {}, spec: { containers: [] } } } }, {}],
    ['a Function that is switched off', deployment({ annotations: { 'buildless.dev/mode': 'disabled' } }), {}],
    ['a definition that is refused', deployment({ annotations: { 'buildless.dev/runtime': 'cobol' } }), {}],
    ['an image as the source', deployment({ annotations: { 'buildless.dev/source': 'image:a/b:1.0.0' } }), {}],
    [
      'the ReplicaSet of a Deployment',
      deployment({ metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', controller: true }] } }),
      { kind: { group: 'apps', version: 'v1', kind: 'ReplicaSet' } },
    ],
  ])('of %s', async (_, object, overrides) => {
    await untouched(object, overrides);
  });

  it('in a namespace that did not opt in', async () => {
    cluster.labels = { 'buildless.dev/functions': 'no' };
    await untouched(deployment());
    expect(cluster.asked).toEqual([]);
  });

  it('but a Deployment that an operator owns is stamped like any other', async () => {
    const owner = { apiVersion: 'shop.example/v1', kind: 'Deployment', controller: true };
    const { object } = await stored(deployment({ metadata: { ownerReferences: [owner] } }));
    expect(marksOf(object).stamp).toBeDefined();
  });
});

describe('an update', () => {
  it('keeps the marks that kubectl replace loses', async () => {
    const { object: before } = await stored(deployment());
    expect(marksOf((await stored(deployment(), before)).object)).toEqual(marksOf(before));
    expect(marksOf((await stored(deployment({ image: 'node:22.1.0' }), before)).object)).toEqual(marksOf(before));
  });

  it('of something else of the workload changes nothing and asks for nothing', async () => {
    const { object: before } = await stored(deployment());
    cluster.configMaps.set('hello', TWO);
    cluster.asked.length = 0;
    const scaled = { ...before, spec: { ...(before.spec as Json), replicas: 3 } };
    expect((await stored(scaled, before)).object).toEqual(scaled);
    expect(cluster.asked).toEqual([]);
  });

  it('of source and template together is one rollout', async () => {
    const { object: before } = await stored(deployment());
    cluster.configMaps.set('hello', TWO);
    const { object } = await stored(deployment({ image: 'node:22.1.0' }), before);
    expect(marksOf(object)).toEqual({ stamp: `files:${nameOf('hello', TWO)}`, followed: followedBy(TWO) });
  });

  it('of the template after an edit that is refused keeps what runs', async () => {
    const { object: before } = await stored(deployment());
    cluster.configMaps.set('hello', FLOATING);
    const { object } = await stored(deployment({ image: 'node:22.1.0' }), before);
    expect(marksOf(object)).toEqual(marksOf(before));
  });

  it('that is an undo stays, if the revision is there, or cannot be asked for', async () => {
    cluster.configMaps.set('hello', TWO);
    const { object: before } = await stored(deployment());
    const undone = withStamp(before, `files:${nameOf('hello', ONE)}`);
    const rejected = await stored(undone, before);
    expect(marksOf(rejected.object)).toEqual(marksOf(before));
    expect(rejected.warnings).toEqual([
      expect.stringContaining(
        `the revision "files:${nameOf('hello', ONE)}" does not exist; "files:${nameOf('hello', TWO)}" stays`,
      ),
    ]);
    cluster.storeFiles('hello', ONE);
    expect((await stored(undone, before)).object).toEqual(undone);
    cluster.stored.clear();
    cluster.reachable = false;
    expect((await stored(undone, before)).object).toEqual(undone);
  });

  it('with the stamp of an exported manifest keeps the stamp, and warns', async () => {
    cluster.configMaps.set('hello', TWO);
    cluster.storeFiles('hello', ONE);
    const { object: before } = await stored(deployment());
    const exported = withStamp(deployment(), `files:${nameOf('hello', ONE)}`);
    const applied = structuredClone(withStamp(before, `files:${nameOf('hello', ONE)}`));
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(exported) };
    Object.assign(applied.metadata as Json, { annotations });
    const { object, warnings } = await stored(applied, before);
    expect(marksOf(object)).toEqual(marksOf(before));
    expect(warnings).toEqual([expect.stringContaining('which it was exported with')]);
  });

  it('to another source is stamped with that', async () => {
    cluster.configMaps.set('other', TWO);
    const { object: before } = await stored(deployment());
    const { object } = await stored(deployment({ annotations: { 'buildless.dev/source': 'other' } }), before);
    expect(marksOf(object)).toEqual({ stamp: `files:${nameOf('other', TWO)}`, followed: followedBy(TWO, 'other') });
  });

  it('that writes the same source in another way is no other source', async () => {
    const { object: before } = await stored(deployment());
    cluster.configMaps.clear();
    const { object } = await stored(deployment({ annotations: { 'buildless.dev/source': 'configmap:hello' } }), before);
    expect(marksOf(object)).toEqual(marksOf(before));
  });

  it('to another runtime names the lock for it, and the files that it had', async () => {
    cluster.configMaps.set('hello', PINNED);
    const name = cluster.storeFiles('hello', PINNED);
    const { object: before } = await stored(deployment());
    const { object } = await stored(deployment({ annotations: { 'buildless.dev/runtime': 'nodejs24' } }), before);
    const { nodejs24: runtime } = RUNTIMES;
    if (runtime === undefined) throw new Error('no nodejs24');
    const { stamp } = revisionOf({
      state: { code: { type: 'files', parts: [{ name: 'hello', digest: digestIn(name) }] }, refresh: 0 },
      files: new Map(Object.entries(PINNED).map(([file, text]) => [file, Buffer.from(text)])),
      lacksLock: true,
      definition: { name: 'hello', runtime, source: { type: 'configmap', names: ['hello'] } },
      isDenying: false,
      configuration: cluster.configuration,
    });
    expect(marksOf(object)).toEqual({ stamp: formatStamp(stamp), followed: marksOf(before).followed });
    expect(marksOf(object).stamp).not.toBe(marksOf(before).stamp);
  });
});
