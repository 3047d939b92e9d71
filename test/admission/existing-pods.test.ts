import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/admission/review.ts';
import type { ListedPods, PodSelection, ReviewContext } from '../../src/admission/review-context.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { TooBusy } from '../../src/admission/judgement.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import type { Source } from '../../src/function/source.ts';
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
        'buildless: metadata.labels[buildless.dev/dependencies-enforce]: "locked" would refuse 2 of 3 Functions (3 Pods): exact-a, exact-b; lock them first; those that run are left alone [existing-pods]',
      );
      expect(warningsOf(verdict).slice(1)).toEqual([
        expect.stringMatching(/^buildless: Function "exact-a" \(2 Pods\); package\.json.* \[existing-pods\]$/),
        expect.stringMatching(/^buildless: Function "exact-b" \(1 Pod\); package\.json.* \[existing-pods\]$/),
      ]);
      expect(cluster.asked).toEqual(['functions']);
    },
  );

  it('says nothing where no Function would be refused, none runs, or they are about to go', async () => {
    const going = pod('exact-x', { function: 'exact', source: 'configmap:exact', going: true });
    for (const items of [[], functions(['plain']), [going]]) {
      expect(warningsOf(await relabel(clusterWith(items), ENABLED, LOCKED))).toEqual([]);
    }
  });

  it('judges no further Function when a second is over', async () => {
    const cluster = clusterWith(functions(['exact-a', 'exact-b', 'exact-c']));
    let milliseconds = 0;
    const now = (): number => (milliseconds += 400);
    const [warning] = warningsOf(await relabel({ context: { ...cluster.context, now } }, ENABLED, LOCKED));
    expect(warning).toContain('would refuse 2 of the first 2 Functions (2 Pods): exact-a, exact-b;');
    expect(cluster.read).not.toContain('exact-c');
  });

  it('takes no Function for refused that there was no time to judge', async () => {
    const cluster = clusterWith(functions(['exact-a', 'exact-b']));
    const { judge } = cluster.context;
    let judged = 0;
    const busy: ReviewContext['judge'] = (question) => {
      judged += 1;
      return judged === 1 ? judge(question) : Promise.resolve(new TooBusy('others wait'));
    };
    const source = (name: string): Source => (EXACT.type === 'files' ? { ...EXACT, digest: name } : EXACT);
    const context: ReviewContext = {
      ...cluster.context,
      judge: busy,
      readSource: (_, reference) =>
        Promise.resolve(source(reference.type === 'configmap' ? (reference.names[0] ?? '') : '')),
    };
    const [warning] = warningsOf(await relabel({ context }, ENABLED, LOCKED));
    expect(warning).toContain('would refuse 1 of the first 1 Functions (1 Pod): exact-a;');
  });

  it('warns in the same words whatever the order in which the Pods are listed', async () => {
    const items = [...functions(['exact-b', 'exact-a', 'plain', 'exact-c']), pod('z', { function: 'exact-a' })];
    const first = warningsOf(await relabel(clusterWith(items), ENABLED, LOCKED));
    expect(warningsOf(await relabel(clusterWith(items.toReversed()), ENABLED, LOCKED))).toEqual(first);
  });

  it('counts the Pods of a workload once, and names the workload', async () => {
    const owned = (name: string, owner: { kind: string; name: string }, hash?: string): object => {
      const made = pod(name, { function: 'exact', source: 'configmap:exact' }) as { metadata: { labels: object } };
      return {
        ...made,
        metadata: {
          ...made.metadata,
          labels: { ...made.metadata.labels, ...(hash !== undefined && { 'pod-template-hash': hash }) },
          ownerReferences: [{ apiVersion: 'v1', uid: '1', controller: true, ...owner }],
        },
      };
    };
    const verdict = await relabel(
      clusterWith([
        owned('a', { kind: 'ReplicaSet', name: 'web-7d4b9' }, '7d4b9'),
        owned('b', { kind: 'ReplicaSet', name: 'web-5c1f0' }, '5c1f0'),
        owned('c', { kind: 'Job', name: 'nightly-29384756' }),
        owned('d', { kind: 'Job', name: 'nightly-29386196' }),
        owned('e', { kind: 'StatefulSet', name: 'queue' }),
      ]),
      ENABLED,
      LOCKED,
    );
    const [head, ...lines] = warningsOf(verdict);
    expect(head).toContain(
      'would refuse 3 of 3 Functions (5 Pods): exact (CronJob nightly), exact (Deployment web), exact (StatefulSet queue);',
    );
    expect(lines.map((line) => line.slice('buildless: '.length, line.indexOf(';')))).toEqual([
      'Function "exact" (CronJob nightly, 2 Pods)',
      'Function "exact" (Deployment web, 2 Pods)',
      'Function "exact" (StatefulSet queue, 1 Pod)',
    ]);
  });

  it('says nothing of a looser one, and warns if taking the label away leaves a stricter one', async () => {
    const cluster = clusterWith(functions(['exact']));
    const EXACT_LEVEL = { ...ENABLED, 'buildless.dev/dependencies-enforce': 'exact' };
    expect(warningsOf(await relabel(cluster, LOCKED, EXACT_LEVEL))).toEqual([]);
    expect(cluster.asked).toEqual([]);
    const enforce = 'locked';
    const configuration = {
      ...DEFAULT_CONFIGURATION,
      dependencies: { ...DEFAULT_CONFIGURATION.dependencies, enforce },
    } as const;
    const context = { ...cluster.context, configuration: () => configuration };
    const [warning] = warningsOf(await relabel({ context }, EXACT_LEVEL, ENABLED));
    expect(warning).toContain('"locked" would refuse 1 of 1 Functions (1 Pod): exact;');
  });

  it('asks for no Pods where nothing changes that could refuse them', async () => {
    const cluster = clusterWith(functions(['exact']));
    await relabel(cluster, LOCKED, { ...LOCKED, team: 'shop' });
    await relabel(cluster, ENABLED, { ...ENABLED, 'buildless.dev/dependencies-warn': 'locked' });
    await relabel(cluster, {}, { 'buildless.dev/dependencies-enforce': 'locked' });
    expect(cluster.asked).toEqual([]);
  });

  it('names the first five, and counts the others', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `exact-${String(index).padStart(3, '0')}`);
    const warnings = warningsOf(await relabel(clusterWith(functions(names), true), ENABLED, LOCKED));
    expect(warnings).toHaveLength(6);
    expect(warnings[0]).toContain(
      'would refuse 200 of the first 200 Functions (200 Pods): exact-000, exact-001, exact-002, exact-003, exact-004 and 195 more; lock them first',
    );
    for (const warning of warnings) expect(warning.length).toBeLessThan(256);
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

describe('a longer minimum release age for a Namespace', () => {
  const aged = (age: string): Record<string, string> => ({ ...ENABLED, 'buildless.dev/minimum-release-age': age });

  it('warns of Pods that have no revision, and says that nobody knows the ages of the others here', async () => {
    const bare = pod('bare', { function: 'exact-bare', source: 'configmap:exact-bare' });
    const made = pod('made', { function: 'exact-made', source: 'configmap:exact-made' }) as { metadata: object };
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'made', uid: '1', controller: true }];
    const owned = { ...made, metadata: { ...made.metadata, ownerReferences } };
    const warnings = warningsOf(
      await relabel(clusterWith([bare, owned, ...functions(['plain'])]), aged('7d'), aged('30d')),
    );
    expect(warnings).toEqual([
      'buildless: metadata.labels[buildless.dev/minimum-release-age]: "30d" would refuse 1 of 3 Functions (1 Pod): exact-bare; those that run are left alone [existing-pods]',
      expect.stringContaining('buildless: Function "exact-bare" (1 Pod); nobody has compared its dependencies'),
      expect.stringContaining(
        'the versions of 1 of 3 Functions are not compared with "30d" yet: exact-made; no action needed',
      ),
    ]);
  });

  it('says nothing of a shorter one, or one that the configuration has already', async () => {
    const cluster = clusterWith(functions(['exact']));
    expect(warningsOf(await relabel(cluster, aged('30d'), aged('7d')))).toEqual([]);
    expect(warningsOf(await relabel(cluster, aged('30d'), ENABLED))).toEqual([]);
    expect(cluster.asked).toEqual([]);
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
