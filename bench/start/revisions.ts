/** Sources whose lock the controller resolves: a Function that has nothing but exact pins. */
import type { V1Deployment, V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node';
import { FUNCTION_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { namesOf, parseStamp } from '../../src/function/stamp.ts';
import { eventually } from '../../test/cluster/given.ts';
import { coreApi, kubectl, kubectlOk } from '../../test/cluster/kubectl.ts';
import { appsApi } from '../../test/cluster/revisions.ts';
import { apply, sourceOf } from '../../test/node/functions.ts';
import type { Subject } from './subjects.ts';

const PATIENCE = 120_000;

/** The files of a subject, as nobody had them before: their lock has to be resolved. */
function fresh({ files, runtime }: Subject, name: string): Subject['files'] {
  const [file = '', change] =
    runtime.language === 'nodejs'
      ? ([
          'package.json',
          (text: string) => JSON.stringify({ ...(JSON.parse(text) as object), description: name }),
        ] as const)
      : (['requirements.txt', (text: string) => `# ${name}\n${text}`] as const);
  return { ...files, [file]: change(files[file] ?? '') };
}

/** A workload without replicas, which only carries the stamp. */
function workload(subject: Subject, name: string): V1Deployment {
  const { metadata, spec } = subject.template;
  const labels = { ...metadata?.labels, app: name, [FUNCTION_LABEL]: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { ...metadata, labels }, ...(spec !== undefined && { spec }) },
    },
  };
}

/** What a Pod has of the workload that it belongs to. */
export interface OfWorkload extends V1ObjectMeta {
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly ownerReferences: V1OwnerReference[];
}

/** Workload of the source with an author's lock, whose revision is stored. */
export async function applyLocked(namespace: string, subject: Subject, name: string): Promise<OfWorkload> {
  await apply(namespace, workload(subject, name));
  const metadata = ofWorkload(await appsApi().readNamespacedDeployment({ namespace, name }));
  await untilStored(namespace, metadata);
  return metadata;
}

/** Creates source and workload one after the other, as `kubectl apply` does. */
export async function createFresh(namespace: string, subject: Subject, name: string): Promise<OfWorkload> {
  await coreApi().createNamespacedConfigMap({ namespace, body: sourceOf(name, fresh(subject, name)) });
  return ofWorkload(await appsApi().createNamespacedDeployment({ namespace, body: workload(subject, name) }));
}

/** The Pods are not made by the workload, which has no replicas, but belong to it: nothing is done for them that is not for others. */
function ofWorkload({ metadata, spec }: V1Deployment): OfWorkload {
  const { name = '', uid = '' } = metadata ?? {};
  const stamp = spec?.template.metadata?.annotations?.[REVISION_ANNOTATION];
  if (stamp === undefined) throw new Error(`the webhook did not stamp ${name}`);
  return {
    labels: { [FUNCTION_LABEL]: name },
    annotations: { [REVISION_ANNOTATION]: stamp },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
  };
}

/** Waits until the controller has stored all that a stamp names. */
export async function untilStored(namespace: string, { annotations }: OfWorkload): Promise<void> {
  const stamp = parseStamp(annotations[REVISION_ANNOTATION] ?? '');
  for (const name of stamp === undefined ? [] : namesOf(stamp)) {
    const isThere = async (): Promise<boolean> =>
      (await kubectl(['get', `configmap/${name}`, '-n', namespace])).status === 0;
    await eventually(isThere, Boolean, PATIENCE);
  }
}

export async function removeFresh(namespace: string, name: string): Promise<void> {
  await kubectlOk(['delete', `deployment/${name}`, `configmap/${name}`, '-n', namespace, '--wait=false']);
}
