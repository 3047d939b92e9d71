import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import { STATUS_ANNOTATION } from '../../../src/function/keys.ts';
import type { KubernetesObject } from '../../../src/kubernetes/object.ts';
import { valueAt } from '../../../src/manifests/templates.ts';
import { canonical } from '../../cluster/as-injected.ts';
import { source } from '../../cluster/functions.ts';
import { eventually, given, it } from '../../cluster/given.ts';
import { installBoth } from '../../cluster/installed-both.ts';
import { OPTED_IN } from '../../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk, podsOf, ROOT } from '../../cluster/kubectl.ts';
import { admittedPod } from '../admitted.ts';
import { comparable, keepPod, keptPod, type PodTemplate } from '../kept-pods.ts';
import { SERVICES } from '../services.ts';
import { filesOf } from '../sources.ts';
import { installKnative } from './knative-serving.ts';

const KIND = 'services.serving.knative.dev';
const POD = 'serving.knative.dev/service=hello';
const COMMAND = path.join(ROOT, 'dist/buildless.mjs');

describe('under the controller and the webhook of Knative Serving', () => {
  const knative = given(installKnative);
  given(installBoth);

  it.each(Object.keys(SERVICES))(
    'the Service %s is accepted, and its Pods are injected beside the proxy',
    async (name) => {
      const service = SERVICES[name] ?? {};
      const namespace = await createNamespace(OPTED_IN);
      await create(namespace, { ...source('hello'), data: filesOf(service) }, inAnyNamespace(service));
      const [pod] = await podsOf(namespace, POD, 1);
      if (pod === undefined) throw new Error('no Pod');
      const before = await withoutBuildless(await specOf(namespace));
      if (process.env.UPDATE_GOLDEN === '1') keepPod(name, before, await makers());
      expect(before).toEqual(keptPod(name));
      const injected = comparable(pod);
      const expected = await admittedPod(service, before);
      expect(canonical(injected.spec)).toMatchObject(withVersionOf(pod, canonical(expected.spec)));
      expect(injected.metadata.labels).toEqual(expected.metadata.labels);
    },
  );

  it.each(Object.keys(SERVICES))(
    'the Service %s is accepted as `buildless inject` writes it, once Knative allows init containers',
    async (name) => {
      const service = SERVICES[name] ?? {};
      const files = { ...source('hello'), data: filesOf(service) };
      const manifests = `${stringify(files)}---\n${stringify(inAnyNamespace(service))}`;
      const written = spawnSync(process.execPath, [COMMAND, 'inject', '-f', '-'], {
        input: manifests,
        encoding: 'utf8',
      });
      expect(written.status).toBe(0);
      const namespace = await createNamespace();
      const apply = (): ReturnType<typeof kubectl> => kubectl(['apply', '-n', namespace, '-f', '-'], written.stdout);
      const setting = (value: string): Promise<void> =>
        knative().configure('config-features', { 'kubernetes.podspec-init-containers': value });
      await setting('disabled');
      const refused = await eventually(apply, ({ status }) => status !== 0);
      expect(refused.stderr).toContain('pod spec support for init-containers is off');
      await setting('enabled');
      await eventually(apply, ({ status }) => status === 0);
      const [pod] = await podsOf(namespace, POD, 1);
      expect(pod?.spec?.initContainers?.map((container) => container.name)).toEqual(['buildless-prepare']);
      expect(pod?.spec?.containers.map((container) => container.name)).toContain('queue-proxy');
      expect(pod?.metadata?.annotations?.[STATUS_ANNOTATION]).toBeDefined();
    },
  );

  async function makers(): Promise<string> {
    const version: unknown = JSON.parse(await kubectlOk(['version', '-o', 'json']));
    const kubernetes = String(valueAt(version, ['serverVersion', 'gitVersion']));
    return `the controller and the webhook of knative.dev/serving ${knative().version}, and Kubernetes ${kubernetes}`;
  }
});

async function create(namespace: string, ...objects: readonly object[]): Promise<void> {
  for (const object of objects) await kubectlOk(['create', '-n', namespace, '-f', '-'], object);
}

const inAnyNamespace = (service: KubernetesObject): KubernetesObject => ({ ...service, metadata: { name: 'hello' } });

async function specOf(namespace: string): Promise<unknown> {
  const stored: unknown = JSON.parse(await kubectlOk(['get', KIND, 'hello', '-n', namespace, '-o', 'json']));
  return valueAt(stored, ['spec']);
}

/** The Pod of the same Service in a namespace that Buildless leaves alone: what its webhook is asked about in the other. */
async function withoutBuildless(spec: unknown): Promise<PodTemplate> {
  const namespace = await createNamespace();
  const metadata = { name: 'hello' };
  await create(namespace, { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata, spec });
  const [pod] = await podsOf(namespace, POD, 1);
  if (pod === undefined) throw new Error('no Pod');
  return comparable(pod);
}

/** The command that was built has the version of the package, and its sources another. */
function withVersionOf(pod: V1Pod, value: unknown): object {
  const [prepare] = pod.spec?.initContainers ?? [];
  const version = /:([^:]+)$/.exec(prepare?.image ?? '')?.[1] ?? '';
  return JSON.parse(JSON.stringify(value).replaceAll('0.0.0-source', version)) as object;
}
