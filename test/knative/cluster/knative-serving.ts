import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isObject, type KubernetesObject } from '../../../src/kubernetes/object.ts';
import { cluster, eventually, type Opened } from '../../cluster/given.ts';
import { kubectl, kubectlOk } from '../../cluster/kubectl.ts';
import { freePorts, startComponent, type Component } from '../../cluster/kubernetes/component.ts';
import { kubeconfigOf } from '../../cluster/shipped.ts';
import { manifestsOf, requiredModule, type GoModule } from '../../programs/go-module.ts';
import { goProgram } from '../../programs/go-program.ts';

const MODULE = 'knative-serving';
const NAMESPACE = 'knative-serving';
/** The one that the release of this version names. No node runs it here. */
const QUEUE_IMAGE = 'gcr.io/knative-releases/queue:v1.15.2';
/** Of the health probes of its controller, which has no flag for it. */
const HEALTH_PORT = 8080;
const PATIENCE = 180_000;

export interface KnativeServing {
  /** Of the module knative.dev/serving. */
  readonly version: string;
  /** Sets a key of a ConfigMap of Knative. */
  configure(configMap: string, data: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * Installs Knative Serving: the CRDs, rights, ConfigMaps and webhooks that its Go modules have, and its controller and webhook as
 * processes of this machine, with the rights of their ServiceAccount. There is no activator, no autoscaler and no network layer.
 */
export async function installKnative(): Promise<Opened<KnativeServing>> {
  if (!cluster().disposable) throw new Error('Knative is installed into a cluster that is thrown away only');
  const programs = await Promise.all([programOf('webhook'), programOf('controller')]);
  await expectFree(HEALTH_PORT);
  const [serving, networking, caching] = ['serving', 'networking', 'caching'].map((name) =>
    requiredModule(MODULE, `knative.dev/${name}`),
  ) as [GoModule, GoModule, GoModule];
  const [port = 0, ...others] = await freePorts(1 + 2 * programs.length);
  const core = (name: string): readonly KubernetesObject[] => manifestsOf(serving, `config/core/${name}`);
  const network = (name: string): readonly KubernetesObject[] => manifestsOf(networking, `config/${name}.yaml`);
  const resources = ['certificate', 'domain-claim', 'ingress', 'serverlessservice'].flatMap(network);
  const definitions = [...core('300-resources'), ...resources, ...manifestsOf(caching, 'config/image.yaml')];
  await apply(core('100-namespace.yaml'));
  await apply([...core('200-roles'), ...core('200-serviceaccount.yaml'), ...definitions]);
  await apply([...core('configmaps'), ...network('config-network')]);
  await kubectlOk(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=120s']);

  const configure: KnativeServing['configure'] = async (configMap, data) => {
    await kubectlOk(['patch', 'configmap', configMap, '-n', NAMESPACE, '--type=merge', '-p', JSON.stringify({ data })]);
  };
  // No registry is asked: the images of the tests are in none.
  await configure('config-deployment', {
    'queue-sidecar-image': QUEUE_IMAGE,
    'registries-skipping-tag-resolving': 'index.docker.io,example.com,ghcr.io',
  });

  // Their ClusterRole is aggregated by kube-controller-manager: on a quiet machine they start before that, and end at once.
  const account = `--as=system:serviceaccount:${NAMESPACE}:controller`;
  const can = ['auth', 'can-i', 'get', 'configmaps', '-n', NAMESPACE, account];
  await eventually(async () => (await kubectl(can)).status === 0, Boolean, PATIENCE);

  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-knative-'));
  const kubeconfig = await kubeconfigOf('controller', folder, NAMESPACE);
  const running: Component[] = programs.map((program, index) => {
    const name = path.basename(program);
    return startComponent(name, program, ['--kubeconfig', kubeconfig], path.join(folder, `${name}.log`), {
      SYSTEM_NAMESPACE: NAMESPACE,
      CONFIG_LOGGING_NAME: 'config-logging',
      CONFIG_OBSERVABILITY_NAME: 'config-observability',
      METRICS_DOMAIN: 'knative.dev/serving',
      METRICS_PROMETHEUS_PORT: String(others[2 * index]),
      PROFILING_PORT: String(others[2 * index + 1]),
      POD_NAME: name,
      WEBHOOK_NAME: 'webhook',
      WEBHOOK_PORT: String(port),
    });
  });
  // The name of its certificate is that of a Service. This one leads to the process.
  await apply([
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'webhook', namespace: NAMESPACE },
      spec: { type: 'ExternalName', externalName: 'localhost' },
    },
  ]);
  await apply(core('webhooks').map((object) => reachedAt(object, port)));
  const close = async (): Promise<void> => {
    await Promise.all(running.map((component) => component.stop()));
    // Killed as they are, they would hold what they led, and what is registered would refuse everything.
    await kubectl(['delete', 'leases', '--all', '-n', NAMESPACE]);
    await kubectl(['delete', 'mutatingwebhookconfiguration,validatingwebhookconfiguration', '-l', LABEL]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(running);
  } catch (error) {
    await close();
    throw error;
  }
  return { value: { version: serving.version, configure }, close };
}

async function untilReady([webhook, controller]: readonly Component[]): Promise<void> {
  await controller?.until(async () => (await fetch(`http://127.0.0.1:${HEALTH_PORT}/readiness`)).ok, PATIENCE);
  await webhook?.until(refusesNonsense, PATIENCE);
}

const LABEL = 'app.kubernetes.io/name=knative-serving';

async function programOf(name: 'controller' | 'webhook'): Promise<string> {
  const program = await goProgram(`${MODULE}/${name}`);
  if (typeof program !== 'string') throw new Error(program.reason);
  return program;
}

async function apply(objects: readonly object[]): Promise<void> {
  await kubectlOk(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: objects,
  });
}

/** A webhook configuration whose Service is reached at another port. */
function reachedAt(object: KubernetesObject, port: number): KubernetesObject {
  if (!Array.isArray(object.webhooks)) return object;
  const webhooks = (object.webhooks as readonly KubernetesObject[]).map(({ clientConfig, ...rest }) => {
    const service = isObject(clientConfig) && isObject(clientConfig.service) ? clientConfig.service : {};
    return { ...rest, clientConfig: { service: { ...service, port } } };
  });
  return { ...object, webhooks };
}

/** The schema takes it, and Knative's webhook does not. */
async function refusesNonsense(): Promise<boolean> {
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'probe', namespace: 'default' },
    spec: {
      template: {
        spec: { containers: [{ image: 'example.com/probe:1', ports: [{ containerPort: 80, name: 'other' }] }] },
      },
    },
  };
  const { stderr } = await kubectl(['create', '--dry-run=server', '-f', '-'], service);
  return stderr.includes('validation.webhook.serving.knative.dev') && stderr.includes('Port name other is not allowed');
}

async function expectFree(port: number): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => {
      reject(new Error(`Knative's controller needs port ${port} of this machine, and another process listens on it`));
    });
    server.listen(port, () => {
      server.close(() => {
        resolve();
      });
    });
  });
}
