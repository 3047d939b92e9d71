import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import { createOfflineJudge } from '../../src/admission/judgement.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { arbitraryPod } from '../inject/arbitrary-pod.ts';
import { replica, requestFor, sourceOf, contextWith } from './review-of.ts';

const one = sourceOf({ 'handler.js': 'exports.main = () => 1;', 'package.json': '{"dependencies":{"ms":"2.1.3"}}' });
const other = sourceOf({ 'handler.js': 'exports.main = () => 2;' });

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const replicaOf = (suffix: string): Readonly<Record<string, Json>> => ({
  ...replica,
  spec: {
    containers: [
      {
        name: 'function',
        image: 'auto',
        env: [{ name: 'A', value: 'kube-api-access-aaaaa' }],
        volumeMounts: [
          { name: `kube-api-access-${suffix}`, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
        ],
      },
    ],
    volumes: [{ name: `kube-api-access-${suffix}`, projected: { sources: [] } }],
  },
});

/** Each value in a tree, replaced by another one: the tree in all the ways it can differ in one place. */
function* variationsOf(value: Json): Generator<Json> {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    for (const [index, item] of items.entries())
      for (const varied of variationsOf(item)) yield items.with(index, varied);
    yield [...items, 'more'];
    yield items.slice(1);
  } else if (typeof value === 'object' && value !== null) {
    const fields = value as Readonly<Record<string, Json>>;
    for (const [key, item] of Object.entries(fields)) {
      for (const varied of variationsOf(item)) yield { ...fields, [key]: varied };
      yield Object.fromEntries(Object.entries(fields).filter(([name]) => name !== key));
    }
    yield { ...fields, more: 'more' };
  } else {
    yield typeof value === 'string' ? `${value}x` : value === true ? false : 4711;
    yield null;
  }
}

function changing(): {
  state: { source: typeof one; labels: Record<string, string>; mode: 'buildless' | 'disabled' };
  context: ReviewContext;
} {
  const configurations = {
    buildless: DEFAULT_CONFIGURATION,
    disabled: { ...DEFAULT_CONFIGURATION, mode: 'disabled' as const },
  };
  const state: ReturnType<typeof changing>['state'] = { source: one, labels: {}, mode: 'buildless' };
  return {
    state,
    context: {
      configuration: () => configurations[state.mode],
      namespaceLabels: () => Promise.resolve({ 'buildless.dev/functions': 'enabled', ...state.labels }),
      readSource: () => Promise.resolve(state.source),
      judge: createOfflineJudge(),
    },
  };
}

const fresh = async (pod: object, context: ReviewContext): Promise<unknown> =>
  await createMutate(context)(requestFor(pod));

describe('a Pod of a template that was injected before', () => {
  it('is answered with the same patch, under its own uid, whatever its token volume is called', async () => {
    const mutate = createMutate(contextWith({ source: one }));
    const first = await mutate(requestFor(replicaOf('aaaaa')));
    const second = await mutate(requestFor(replicaOf('bbbbb'), { uid: 'another' }));
    expect(second).toEqual({ ...first, response: { ...first.response, uid: 'another' } });
    expect(second.response.patch).toBe(first.response.patch);
  });

  it('is answered as if it were the first, wherever it differs', async () => {
    const context = contextWith({ source: one });
    const mutate = createMutate(context);
    const variations = [...variationsOf(replicaOf('aaaaa'))].filter((pod) => typeof pod === 'object' && pod !== null);
    expect(variations.length).toBeGreaterThan(50);
    for (const pod of variations) {
      await mutate(requestFor(replicaOf('aaaaa')));
      expect(await mutate(requestFor(pod))).toEqual(await fresh(pod, context));
    }
  });

  it('is answered as if it were the first, for any two Pods', async () => {
    const context = contextWith({ source: one });
    await fc.assert(
      fc.asyncProperty(arbitraryPod, arbitraryPod, async (before, after) => {
        const mutate = createMutate(context);
        await mutate(requestFor(before));
        expect(await mutate(requestFor(after))).toEqual(await fresh(after, context));
        const again = structuredClone(before);
        expect(await mutate(requestFor(again))).toEqual(await fresh(again, context));
      }),
    );
  });

  it('is injected anew when the source, the configuration or the labels of the namespace changed', async () => {
    const { state, context } = changing();
    const mutate = createMutate(context);
    const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const changes: readonly (() => void)[] = [
      () => (state.source = other),
      () => (state.source = sourceOf({ 'handler.js': 'exports.main = () => 2;' }, false)),
      () => (state.source = { type: 'missing' }),
      () => (state.source = { type: 'unreachable', reason: 'down' }),
      () => (state.source = one),
      () => (state.labels = restricted),
      () => (state.labels = { ...restricted, 'buildless.dev/dependencies-enforce': 'locked' }),
      () => (state.labels = {}),
      () => (state.mode = 'disabled'),
      () => (state.mode = 'buildless'),
    ];
    for (const change of changes) {
      await mutate(requestFor(replicaOf('aaaaa')));
      change();
      expect(await mutate(requestFor(replicaOf('aaaaa')))).toEqual(await fresh(replicaOf('aaaaa'), context));
    }
  });

  it('does not take one volume for another because both are called like a token', async () => {
    const pod = (mounted: string): object => ({
      metadata: { labels: { 'buildless.dev/function': 'hello' }, annotations: { 'buildless.dev/runtime': 'nodejs22' } },
      spec: {
        containers: [{ name: 'function', volumeMounts: [{ name: `kube-api-access-${mounted}`, mountPath: '/data' }] }],
        volumes: [
          { name: 'kube-api-access-aaaaa', emptyDir: {} },
          { name: 'kube-api-access-bbbbb', hostPath: { path: '/' } },
        ],
      },
    });
    const mutate = createMutate(contextWith({ source: one }));
    expect((await mutate(requestFor(pod('aaaaa')))).outcome).toBe('injected');
    expect((await mutate(requestFor(pod('bbbbb')))).codes).toEqual(['security-contradiction']);
  });

  it('is not compared to the bottom of what no Pod is as deep as', async () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as Json;
    const { spec, ...rest } = replicaOf('aaaaa');
    const pod = { ...rest, spec: { ...(spec as object), deep } };
    const mutate = createMutate(contextWith({ source: one }));
    await mutate(requestFor(pod));
    expect((await mutate(requestFor(pod))).outcome).toBe('injected');
  });

  it('asks for labels and source once, as before, also where the source has gone since', async () => {
    const { state, context } = changing();
    const asked: string[] = [];
    const mutate = createMutate({
      ...context,
      namespaceLabels: (name) => {
        asked.push('labels');
        return context.namespaceLabels(name);
      },
      readSource: (namespace, reference) => {
        asked.push('source');
        return context.readSource(namespace, reference);
      },
    });
    await mutate(requestFor(replicaOf('aaaaa')));
    state.source = { type: 'unreachable', reason: 'the API server did not answer within 2 s' };
    expect((await mutate(requestFor(replicaOf('aaaaa')))).codes).toEqual(['source-unreachable']);
    expect(asked).toEqual(['labels', 'source', 'labels', 'source']);
  });
});
