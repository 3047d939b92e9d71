import { setTimeout as delay } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, FUNCTION_LABEL, REVISION_ANNOTATION, ROLLOUT_LABEL } from '../../../src/function/keys.ts';
import { isObject } from '../../../src/kubernetes/object.ts';
import { valueAt } from '../../../src/manifests/templates.ts';
import { source } from '../../cluster/functions.ts';
import { eventually, given, it } from '../../cluster/given.ts';
import { installBoth } from '../../cluster/installed-both.ts';
import { OPTED_IN } from '../../cluster/installed.ts';
import { createNamespace, kubectlOk, podsOf } from '../../cluster/kubectl.ts';
import { answering, edit, events, revisionNameOf } from '../../cluster/revisions.ts';
import { installKnative } from './knative-serving.ts';
import { standIn } from './stand-ins.ts';

const KIND = 'services.serving.knative.dev';
/** Longer than the wait for quiet and everything after it. */
const SETTLED = 5000;
const PATIENCE = 120_000;
const [ONE, TWO, THREE] = [answering('one'), answering('two'), answering('three')] as const;
const stampFor = (files: Readonly<Record<string, string>>): string => `files:${revisionNameOf('hello', files)}`;

describe('a Knative Service whose source is edited', () => {
  given(installKnative);
  given(installBoth);

  it('gets one new Knative revision, which takes the traffic; the older one keeps its code', () =>
    inNamespace(async (namespace) => {
      await createService(namespace);
      await untilReady(namespace, 'hello-00001');
      await edit(namespace, 'hello', TWO);
      await untilReady(namespace, 'hello-00002');
      await delay(SETTLED);
      expect(await knativeRevisions(namespace)).toEqual({ 'hello-00001': stampFor(ONE), 'hello-00002': stampFor(TWO) });
      expect(await trafficOf(namespace)).toEqual({ 'hello-00002': 100 });
      expect(stampOf(await podOf(namespace, 'hello-00002'))).toBe(stampFor(TWO));
      // As the autoscaler does.
      for (const replicas of [0, 1]) {
        await kubectlOk(['scale', 'deploy/hello-00001-deployment', `--replicas=${replicas}`, '-n', namespace]);
        await podsOf(namespace, 'serving.knative.dev/revision=hello-00001', replicas);
      }
      const woken = await podOf(namespace, 'hello-00001');
      expect(stampOf(woken)).toBe(stampFor(ONE));
      expect(woken.spec?.volumes?.map(({ configMap }) => configMap?.name)).toContain(revisionNameOf('hello', ONE));
    }));

  it('keeps the traffic where its owner sends it: back to an older revision, also after the next edit', () =>
    inNamespace(async (namespace) => {
      await createService(namespace);
      await untilReady(namespace, 'hello-00001');
      await edit(namespace, 'hello', TWO);
      await untilReady(namespace, 'hello-00002');
      const traffic = [{ revisionName: 'hello-00001', percent: 100 }];
      await patch(namespace, { spec: { traffic } });
      await eventually(
        () => trafficOf(namespace),
        (now) => now['hello-00001'] === 100,
        PATIENCE,
      );
      await delay(SETTLED);
      expect(Object.keys(await knativeRevisions(namespace))).toEqual(['hello-00001', 'hello-00002']);
      await edit(namespace, 'hello', THREE);
      await eventually(
        () => knativeRevisions(namespace),
        (now) => now['hello-00003'] === stampFor(THREE),
        PATIENCE,
      );
      await delay(SETTLED);
      expect(await trafficOf(namespace)).toEqual({ 'hello-00001': 100 });
      expect(Object.keys(await knativeRevisions(namespace))).toHaveLength(3);
    }));

  it('waits for its owner where the rollout is manual', () =>
    inNamespace(async (namespace) => {
      await createService(namespace, { labels: { [ROLLOUT_LABEL]: 'manual' } });
      await untilReady(namespace, 'hello-00001');
      await edit(namespace, 'hello', TWO);
      await delay(SETTLED);
      expect(await knativeRevisions(namespace)).toEqual({ 'hello-00001': stampFor(ONE) });
      await patch(namespace, { spec: { template: { metadata: { annotations: { 'example.com/applied': 'yes' } } } } });
      await untilReady(namespace, 'hello-00002');
      await delay(SETTLED);
      expect(await knativeRevisions(namespace)).toEqual({ 'hello-00001': stampFor(ONE), 'hello-00002': stampFor(TWO) });
    }));

  it('that names its Knative revision stays as it is, an Event gives the reason, and another name rolls the edit out', () =>
    inNamespace(async (namespace) => {
      await createService(namespace, {}, { name: 'hello-first' });
      await untilReady(namespace, 'hello-first');
      await edit(namespace, 'hello', TWO);
      const [event] = await eventually(
        () => events(namespace, 'SourceRefused'),
        (found) => found.length > 0,
        PATIENCE,
      );
      expect(event?.note).toContain('the template names its Knative revision "hello-first"');
      await delay(SETTLED);
      // Asked once.
      expect((await events(namespace, 'SourceRefused')).map(({ series }) => series)).toEqual([undefined]);
      // What is not the template is still its owner's to change.
      await patch(namespace, { spec: { traffic: [{ revisionName: 'hello-first', percent: 100 }] } });
      expect(await knativeRevisions(namespace)).toEqual({ 'hello-first': stampFor(ONE) });
      await patch(namespace, {
        spec: {
          template: { metadata: { name: 'hello-second' } },
          traffic: [{ latestRevision: true, percent: 100 }],
        },
      });
      await untilReady(namespace, 'hello-second');
      expect(await knativeRevisions(namespace)).toEqual({
        'hello-first': stampFor(ONE),
        'hello-second': stampFor(TWO),
      });
    }));
});

async function inNamespace(test: (namespace: string) => Promise<void>): Promise<void> {
  const namespace = await createNamespace(OPTED_IN);
  const rest = standIn(namespace);
  try {
    await test(namespace);
  } finally {
    await rest.stop();
  }
}

async function createService(namespace: string, metadata: object = {}, template: object = {}): Promise<void> {
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'hello', ...metadata },
    spec: {
      template: {
        metadata: {
          ...template,
          labels: { [FUNCTION_LABEL]: 'hello' },
          annotations: { [ANNOTATIONS.runtime]: 'nodejs22' },
        },
        spec: { containers: [{ image: 'auto' }] },
      },
    },
  };
  for (const object of [source('hello', ONE), service]) await kubectlOk(['apply', '-n', namespace, '-f', '-'], object);
}

const patch = (namespace: string, body: object): Promise<string> =>
  kubectlOk(['patch', KIND, 'hello', '-n', namespace, '--type=merge', '-p', JSON.stringify(body)]);

async function get(namespace: string, ...what: readonly string[]): Promise<unknown> {
  return JSON.parse(await kubectlOk(['get', ...what, '-n', namespace, '-o', 'json']));
}

const itemsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** By the word of Knative: its newest revision is this one, and everything is ready. */
async function untilReady(namespace: string, revision: string): Promise<void> {
  await eventually(
    () => get(namespace, KIND, 'hello'),
    (service) => {
      const conditions = itemsOf(valueAt(service, ['status', 'conditions'])).filter(isObject);
      const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
      return isReady && valueAt(service, ['status', 'latestReadyRevisionName']) === revision;
    },
    PATIENCE,
  );
}

/** Stamps of Knative's revisions, by name. */
async function knativeRevisions(namespace: string): Promise<Readonly<Record<string, unknown>>> {
  const list = await get(namespace, 'revisions.serving.knative.dev');
  return Object.fromEntries(
    itemsOf(valueAt(list, ['items'])).map((revision) => [
      String(valueAt(revision, ['metadata', 'name'])),
      valueAt(revision, ['metadata', 'annotations', REVISION_ANNOTATION]),
    ]),
  );
}

/** Percent that the Service reports, by Knative's revision. */
async function trafficOf(namespace: string): Promise<Readonly<Record<string, unknown>>> {
  const service = await get(namespace, KIND, 'hello');
  const traffic = itemsOf(valueAt(service, ['status', 'traffic'])).filter(isObject);
  return Object.fromEntries(traffic.map(({ revisionName, percent }) => [String(revisionName), percent]));
}

async function podOf(namespace: string, revision: string): Promise<V1Pod> {
  const [pod] = await podsOf(namespace, `serving.knative.dev/revision=${revision}`, 1);
  if (pod === undefined) throw new Error(`no Pod of ${revision}`);
  return pod;
}

const stampOf = ({ metadata }: V1Pod): string | undefined => metadata?.annotations?.[REVISION_ANNOTATION];
