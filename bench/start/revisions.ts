/** Sources whose lock the controller resolves: a Function that has nothing but exact pins. */
import type { V1Deployment } from '@kubernetes/client-node';
import { REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { eventually } from '../../test/cluster/given.ts';
import { kubectl, kubectlOk } from '../../test/cluster/kubectl.ts';
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
  const labels = { ...metadata?.labels, app: name, 'buildless.dev/function': name };
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

/** Applies source and workload at once, as an author does. @returns the stamp that the webhook gave */
export async function applyFresh(namespace: string, subject: Subject, name: string): Promise<string> {
  await apply(namespace, sourceOf(name, fresh(subject, name)), workload(subject, name));
  const text = await kubectlOk(['get', `deployment/${name}`, '-n', namespace, '-o', 'json']);
  const stamp = (JSON.parse(text) as V1Deployment).spec?.template.metadata?.annotations?.[REVISION_ANNOTATION];
  if (stamp === undefined) throw new Error(`the webhook did not stamp ${name}`);
  return stamp;
}

/** Waits until the controller has stored the lock that a stamp names. */
export async function untilLocked(namespace: string, stamp: string): Promise<void> {
  const lock = parseStamp(stamp)?.lock ?? '';
  const isThere = async (): Promise<boolean> =>
    (await kubectl(['get', `configmap/${lock}`, '-n', namespace])).status === 0;
  await eventually(isThere, Boolean, PATIENCE);
}

export async function removeFresh(namespace: string, name: string): Promise<void> {
  await kubectlOk(['delete', `deployment/${name}`, `configmap/${name}`, '-n', namespace, '--wait=false']);
}
