import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/admission/review.ts';
import type { ListedPods, PodSelection, ReviewContext } from '../../src/admission/review-context.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import { requestFor, sourceOf, contextWith } from './review-of.ts';

const NODE = DEFAULT_CONFIGURATION.runtimes.nodejs22?.image ?? '';
const ENABLED = { 'buildless.dev/functions': 'enabled' };
const EXACT = sourceOf({ 'handler.js': '', 'package.json': '{"dependencies":{"axios":"1.7.9"}}' });
const NOTHING = sourceOf({ 'handler.js': '' });

const pod = (
  name: string,
  more: { function?: string; image?: string; source?: string; going?: true } = {},
): object => ({
  metadata: {
    name,
    ...(more.going === true && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    labels: more.function === undefined ? {} : { 'buildless.dev/function': more.function },
    annotations: {
      'buildless.dev/runtime': 'nodejs22',
      ...(more.source !== undefined && { 'buildless.dev/source': more.source }),
    },
  },
  spec: { containers: [{ name: 'function', image: more.image ?? NODE }] },
});

const functions = (names: readonly string[]): readonly object[] =>
  names.map((name) => pod(`${name}-x`, { function: name, source: `configmap:${name}` }));

interface Cluster {
  readonly context: ReviewContext;
  readonly asked: PodSelection[];
  readonly read: string[];
}

/** A namespace with these Pods; the source of each Function whose name begins with `exact` has dependencies and no lock. */
function clusterWith(items: readonly unknown[], more = false): Cluster {
  const asked: PodSelection[] = [];
  const read: string[] = [];
  const context: ReviewContext = {
    ...contextWith({ labels: ENABLED }),
    readSource: (_, reference) => {
      const name = reference.type === 'configmap' ? (reference.names[0] ?? '') : '';
      read.push(name);
      return Promise.resolve(name.startsWith('exact') ? EXACT : NOTHING);
    },
    pods: (_, selection) => {
      asked.push(selection);
      const answer: ListedPods = { items, more };
      return Promise.resolve(answer);
    },
  };
  return { context, asked, read };
}

function relabel(
  { context }: Pick<Cluster, 'context'>,
  before: Record<string, string>,
  labels: Record<string, string>,
  dryRun = false,
): Promise<Verdict> {
  return createValidate(context)(
    requestFor(
      { metadata: { name: 'shop', labels } },
      {
        kind: { group: '', version: 'v1', kind: 'Namespace' },
        name: 'shop',
        namespace: 'shop',
        operation: 'UPDATE',
        dryRun,
        oldObject: { metadata: { name: 'shop', labels: before } },
      },
    ),
  );
}

const LOCKED = { ...ENABLED, 'buildless.dev/dependencies-enforce': 'locked' };
const warningsOf = ({ response }: Verdict): readonly string[] => response.warnings ?? [];

describe('a stricter level for a Namespace', () => {
  it.each([false, true])(
    'warns how many Functions it would refuse, with names and one reason (dry run: %s)',
    async (dry) => {
      const cluster = clusterWith([
        ...functions(['exact-a', 'exact-b', 'plain']),
        pod('second', { function: 'exact-a', source: 'configmap:exact-a' }),
      ]);
      const verdict = await relabel(cluster, ENABLED, LOCKED, dry);
      expect(verdict.response.allowed).toBe(true);
      expect(warningsOf(verdict)[0]).toBe(
        'buildless: metadata.labels[buildless.dev/dependencies-enforce]: "locked" would refuse 2 of 3 Functions: exact-a, exact-b; lock them first; those that run are left alone [existing-pods]',
      );
      expect(warningsOf(verdict)[1]).toContain('for example Function "exact-a"; package.json');
      expect(cluster.asked).toEqual(['functions']);
    },
  );

  it('says nothing where no Function would be refused, none runs, or they are about to go', async () => {
    const going = pod('exact-x', { function: 'exact', source: 'configmap:exact', going: true });
    for (const items of [[], functions(['plain']), [going]]) {
      expect(warningsOf(await relabel(clusterWith(items), ENABLED, LOCKED))).toEqual([]);
    }
  });

  it('judges no further source when half a second is over', async () => {
    const cluster = clusterWith(functions(['exact-a', 'exact-b', 'exact-c']));
    let milliseconds = 0;
    const now = (): number => (milliseconds += 300);
    const [warning] = warningsOf(await relabel({ context: { ...cluster.context, now } }, ENABLED, LOCKED));
    expect(warning).toContain('would refuse 1 of the first 1 Functions: exact-a;');
    expect(cluster.read).toEqual(['exact-a']);
  });

  it('asks for no Pods where nothing changes that could refuse them', async () => {
    const cluster = clusterWith(functions(['exact']));
    await relabel(cluster, LOCKED, { ...LOCKED, team: 'shop' });
    await relabel(cluster, ENABLED, { ...ENABLED, 'buildless.dev/dependencies-warn': 'locked' });
    await relabel(cluster, {}, { 'buildless.dev/dependencies-enforce': 'locked' });
    expect(cluster.asked).toEqual([]);
  });

  it('judges at most 50 sources, and says that there are more', async () => {
    const cluster = clusterWith(functions(Array.from({ length: 200 }, (_, index) => `exact-${index}`)), true);
    const [first] = warningsOf(await relabel(cluster, ENABLED, LOCKED));
    expect(cluster.read.length).toBeLessThanOrEqual(50);
    expect(first).toContain('of the first');
    expect(first).toContain('more; lock them first');
  });

  it('tells nothing about a namespace that did not opt in before, whatever the review claims', async () => {
    for (const labels of [{}, { 'buildless.dev/functions': 'off' }, new LabelsUnreachable('no answer')]) {
      const cluster = clusterWith(functions(['exact']));
      const context = { ...cluster.context, namespaceLabels: () => Promise.resolve(labels) };
      expect(warningsOf(await relabel({ context }, ENABLED, LOCKED))).toEqual([]);
      expect(warningsOf(await relabel({ context }, {}, { 'buildless.dev/functions': 'only' }))).toEqual([]);
      expect(cluster.asked).toEqual([]);
    }
  });

  it('passes where Pods cannot be listed', async () => {
    const context: ReviewContext = {
      ...contextWith({ labels: ENABLED }),
      pods: () => Promise.resolve(undefined),
    };
    const verdict = await relabel({ context }, ENABLED, LOCKED);
    expect(verdict.response).toEqual({ uid: verdict.response.uid, allowed: true });
  });
});

describe('a Namespace that becomes one of Functions only', () => {
  it('warns of the Pods that it would not admit', async () => {
    const cluster = clusterWith([
      ...functions(['plain']),
      pod('database', { image: 'postgres:17' }),
      pod('sidecar', { function: 'other', image: 'evil:1' }),
    ]);
    const [first] = warningsOf(await relabel(cluster, ENABLED, { 'buildless.dev/functions': 'only' }));
    expect(first).toContain(
      'metadata.labels[buildless.dev/functions]: 2 of 3 Pods would be refused: database, sidecar',
    );
    expect(cluster.asked).toEqual(['all']);
  });

  it('says nothing of Functions, and of images and namespaces that the administrator exempts', async () => {
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      only: { images: ['registry.example.com/*'], exemptImages: ['postgres:17'], exemptNamespaces: [] },
    };
    const exempt = { ...configuration, only: { ...configuration.only, exemptImages: [], exemptNamespaces: ['shop'] } };
    const items = [
      pod('database', { image: 'postgres:17' }),
      pod('side', { function: 'plain', image: 'registry.example.com/proxy:1' }),
    ];
    for (const current of [configuration, exempt]) {
      const { context } = clusterWith(items);
      const verdict = await relabel({ context: { ...context, configuration: () => current } }, ENABLED, {
        'buildless.dev/functions': 'only',
      });
      expect(warningsOf(verdict)).toEqual([]);
    }
  });
});
