import type { V1Pod, V1PodSpec, V1ResourceRequirements } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';

const INSTALLING = { 'package.json': '{ "dependencies": { "ms": "2.1.3" } }' };
const quota = (hard: Readonly<Record<string, string>>): object => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team' },
  spec: { hard },
});
const limitRange = (item: object): object => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'team' },
  spec: { limits: [{ type: 'Container', ...item }] },
});

/** A namespace with what limits it and a source that installs something. */
async function prepared(...objects: readonly object[]): Promise<string> {
  const namespace = await createNamespace(OPTED_IN);
  for (const object of [source('hello', INSTALLING), ...objects])
    await kubectlOk(['create', '-n', namespace, '-f', '-'], object);
  return namespace;
}

/** Creates the Function's Pod; the webhook follows LimitRanges and quotas, so the first try may come too early. */
async function created(namespace: string, pod: V1Pod): Promise<V1Pod> {
  const create = (): ReturnType<typeof kubectl> => kubectl(['create', '-n', namespace, '-f', '-'], pod);
  await eventually(create, ({ status }) => status === 0);
  return await coreApi().readNamespacedPod({ namespace, name: 'hello' });
}

const resourcesOf = ({ spec }: V1Pod): Record<string, V1ResourceRequirements | undefined> =>
  Object.fromEntries(
    [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(({ name, resources }) => [name, resources]),
  );

describe('a namespace with limits', () => {
  given(() => installWebhook());

  it('whose ResourceQuota counts limits gets Functions that fit into it', async () => {
    const namespace = await prepared(quota({ 'limits.cpu': '800m', 'limits.memory': '1Gi', 'requests.cpu': '400m' }));
    const { 'buildless-install': install } = resourcesOf(await created(namespace, functionPod('hello')));
    expect(install).toEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '800m', memory: '1Gi' },
    });
  });

  it('whose LimitRange has defaults gets Functions with their profile all the same', async () => {
    const namespace = await prepared(
      limitRange({
        default: { cpu: '50m', memory: '128Mi' },
        defaultRequest: { cpu: '50m', memory: '128Mi' },
      }),
    );
    const annotations = { [ANNOTATIONS.profile]: 'XL' };
    const { function: own } = resourcesOf(await created(namespace, functionPod('hello', { annotations })));
    expect(own).toEqual({
      requests: { cpu: '800m', memory: '1Gi' },
      limits: { cpu: '1600m', memory: '2Gi' },
    });
  });

  it('whose LimitRange has a maximum gets Functions below it, and a warning', async () => {
    const namespace = await prepared(limitRange({ max: { memory: '512Mi' } }));
    const pod = await created(namespace, functionPod('hello'));
    for (const resources of Object.values(resourcesOf(pod))) {
      const limit = resources?.limits?.memory ?? '';
      expect(['256Mi', '512Mi']).toContain(limit);
    }
    const { stderr } = await kubectl(
      ['create', '-n', namespace, '--dry-run=server', '-f', '-'],
      functionPod('hello', { pod: 'other' }),
    );
    expect(stderr).toContain('a LimitRange of the namespace makes it 512Mi');
  });

  it('whose LimitRange has a minimum and a ratio gets Functions within both', async () => {
    const namespace = await prepared(
      limitRange({ min: { cpu: '60m', memory: '80Mi' }, maxLimitRequestRatio: { memory: '3' } }),
    );
    const annotations = { [ANNOTATIONS.profile]: 'XS' };
    const { function: own } = resourcesOf(await created(namespace, functionPod('hello', { annotations })));
    expect(own?.requests?.cpu).toBe('60m');
  });
});

describe("the author's resources", () => {
  given(() => installWebhook());

  it('of the Pod as a whole hold, and the init containers fit into them', async () => {
    const namespace = await prepared();
    const spec: Partial<V1PodSpec> = {
      resources: { requests: { cpu: '50m', memory: '100Mi' }, limits: { cpu: '1', memory: '256Mi' } },
    };
    const pod = await created(namespace, functionPod('hello', { spec }));
    expect(resourcesOf(pod).function ?? {}).toEqual({});
  });

  it('that make the QoS class Guaranteed keep it so', async () => {
    const namespace = await prepared();
    const resources = { requests: { cpu: '500m', memory: '256Mi' }, limits: { cpu: '500m', memory: '256Mi' } };
    const spec: Partial<V1PodSpec> = { containers: [{ name: 'function', image: 'auto', resources }] };
    const pod = await created(namespace, functionPod('hello', { spec }));
    expect(pod.status?.qosClass).toBe('Guaranteed');
  });
});

describe('without storing anything', () => {
  given(() => installWebhook());

  it('kubectl can try a ConfigMap and a Pod that are both new', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const both = { apiVersion: 'v1', kind: 'List', items: [source('hello'), functionPod('hello')] };
    const { status, stderr } = await kubectl(['apply', '-n', namespace, '--dry-run=server', '-f', '-'], both);
    expect(stderr).toContain('Warning:');
    expect(stderr).toContain('the source configmap:hello does not exist');
    expect(status).toBe(0);
  });
});

describe('while the webhook is down', () => {
  const installed = given(() => installWebhook());

  it('a ConfigMap of a Function can be labelled, and its files cannot be changed', async () => {
    const namespace = await prepared();
    await installed().webhook().kill();
    try {
      await kubectlOk(['label', '-n', namespace, 'configmap/hello', 'team=shop']);
      const patch = JSON.stringify({ data: { 'handler.js': 'exports.main = () => 2;' } });
      const { status, stderr } = await kubectl(['patch', '-n', namespace, 'configmap/hello', '-p', patch]);
      expect(stderr).toContain('failed calling webhook "configmaps.validate.buildless.dev"');
      expect(status).toBe(1);
    } finally {
      await installed().start();
    }
  });
});
