import type { Answer } from '../../src/api-server/answer.ts';
import type { Patient } from '../../src/doctor/check.ts';
import { WEBHOOK_NAME } from '../../src/installation/names.ts';
import { VERSION } from '../../src/version.ts';
import { at, find, installed } from '../installation/shipped.ts';

export const found = (object: object): Answer => ({ ok: true, object });
export const missing: Answer = { ok: false, status: 404, message: 'not found' };
export const forbidden: Answer = { ok: false, status: 403, message: 'User "dev" cannot get resource' };
export const unreachable: Answer = { ok: false, status: 0, message: 'connect ECONNREFUSED 127.0.0.1:6443' };

const SHIPPED = installed();
const shipped = (kind: string, name: string): object => find(SHIPPED, kind, name) as object;

/** Both webhook configurations as shipped, each entry with this caBundle (PEM). */
export function registeredWith(caBundle: string): Readonly<Record<string, Answer>> {
  const withBundle = (kind: string): Answer => {
    const webhooks = at(shipped(kind, 'buildless'), 'webhooks') as readonly object[];
    const clientConfig = { caBundle: Buffer.from(caBundle).toString('base64') };
    return found({ webhooks: webhooks.map((entry) => ({ ...entry, clientConfig })) });
  };
  return {
    'mutatingwebhookconfigurations/buildless': withBundle('MutatingWebhookConfiguration'),
    'validatingwebhookconfigurations/buildless': withBundle('ValidatingWebhookConfiguration'),
  };
}

export const podOn = (nodeName: string, phase = 'Running'): object => ({
  metadata: { name: `${WEBHOOK_NAME}-${nodeName}` },
  spec: { nodeName, containers: [{ name: 'webhook', ports: [{ name: 'webhook', containerPort: 10250 }] }] },
  status: { phase },
});

export const deploymentOf = (
  replicas: number,
  readyReplicas: number,
  image = `ghcr.io/buildless-dev/buildless:${VERSION}`,
): Answer => found({ spec: { replicas, template: { spec: { containers: [{ image }] } } }, status: { readyReplicas } });

const AS_INSTALLED: Readonly<Record<string, Answer>> = {
  version: found({ gitVersion: 'v1.34.4' }),
  'configmaps/buildless-config': found(shipped('ConfigMap', 'buildless-config')),
  [`deployments/${WEBHOOK_NAME}`]: deploymentOf(2, 2),
  pods: found({ items: [podOn('one'), podOn('two')] }),
  namespaces: found({ items: [{ metadata: { name: 'shop' } }] }),
};

export interface Changes {
  /** Answers to GET, by the end of the path. */
  readonly get?: Readonly<Record<string, Answer>>;
  /** The answer to a POST. Without it, every right is granted. */
  readonly post?: (body: object) => Answer;
  readonly openPod?: Patient['openPod'];
}

/** A cluster that has what deploy/install.yaml installs, but for what is given. */
export function clusterAsInstalled({ get = {}, post, openPod }: Changes = {}): Patient {
  const objects = { ...AS_INSTALLED, ...get };
  return {
    namespace: 'buildless-system',
    configuration: 'buildless',
    probeNamespace: undefined,
    get: (path) => Promise.resolve(Object.entries(objects).find(([end]) => path.endsWith(`/${end}`))?.[1] ?? missing),
    post: (_, body) => Promise.resolve(post?.(body) ?? found({ status: { allowed: true } })),
    openPod: openPod ?? (() => Promise.reject(new Error('there are no Pods'))),
  };
}
