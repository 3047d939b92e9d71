import {
  AppsV1Api,
  BatchV1Api,
  EventsV1Api,
  KubeConfig,
  type EventsV1Event,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { digestOf, filesOfConfigMap } from '../../src/function/files.ts';
import {
  ANNOTATIONS,
  FOLLOWED_LABEL,
  REPORTING_CONTROLLER,
  REVISION_ANNOTATION,
  REVISION_OF_LABEL,
} from '../../src/function/keys.ts';
import { valueAt } from '../../src/manifests/templates.ts';
import { baseOf, revisionName } from '../../src/function/revision-name.ts';
import { deployment, source } from './functions.ts';
import { cluster, eventually } from './given.ts';
import { coreApi, kubectlOk } from './kubectl.ts';

type Files = Readonly<Record<string, string>>;

function loaded(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  return config;
}

export const appsApi = (): AppsV1Api => loaded().makeApiClient(AppsV1Api);
export const batchApi = (): BatchV1Api => loaded().makeApiClient(BatchV1Api);

/** The files of a Function that answers so. */
export const answering = (answer: string): Files => ({
  'handler.js': `module.exports = { main: () => '${answer}' };`,
});

/** The name of the copy of a source with such files. */
export function revisionNameOf(name: string, data: Files): string {
  const read = filesOfConfigMap(name, { data });
  if ('findings' in read) throw new Error('not a source');
  return revisionName(baseOf(name), digestOf(read.files));
}

/** A Deployment whose Pods are the Function of its name. */
export function functionDeployment(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  annotations: Readonly<Record<string, string>> = {},
): V1Deployment & Required<Pick<V1Deployment, 'spec'>> {
  const object = deployment(name, 1);
  Object.assign(object.spec.template.metadata?.annotations ?? {}, annotations);
  return { ...object, metadata: { name, labels: { ...labels } } };
}

/** Creates ConfigMap and Deployment. @returns the Deployment, as soon as the controller has met it */
export async function createFunction(
  namespace: string,
  name: string,
  files: Files,
  {
    labelled = true,
    source: reference,
    replicas = 1,
  }: { readonly labelled?: boolean; readonly source?: string; readonly replicas?: number } = {},
): Promise<V1Deployment> {
  const { metadata, ...configMap } = source(name, {});
  await coreApi().createNamespacedConfigMap({
    namespace,
    body: { ...configMap, data: { ...files }, metadata: labelled ? { ...metadata } : { name } },
  });
  const annotations = reference === undefined ? {} : { [ANNOTATIONS.source]: reference };
  const made = functionDeployment(name, {}, annotations);
  await appsApi().createNamespacedDeployment({ namespace, body: { ...made, spec: { ...made.spec, replicas } } });
  return eventually(
    () => appsApi().readNamespacedDeployment({ namespace, name }),
    (object) => object.metadata?.labels?.[FOLLOWED_LABEL] !== undefined,
  );
}

/** Replaces the files of a source. */
export async function edit(namespace: string, name: string, data: Files): Promise<void> {
  const api = coreApi();
  const object = await api.readNamespacedConfigMap({ namespace, name });
  await api.replaceNamespacedConfigMap({ namespace, name, body: { ...object, data: { ...data } } });
}

export interface Stamped {
  readonly text: string | undefined;
  /** How often the spec of the Deployment changed. */
  readonly generation: number | undefined;
}

/** The stamp of a Deployment. */
export async function stampOf(namespace: string, name: string): Promise<Stamped> {
  const { metadata, spec } = await appsApi().readNamespacedDeployment({ namespace, name });
  return { text: spec?.template.metadata?.annotations?.[REVISION_ANNOTATION], generation: metadata?.generation };
}

/** The same, as soon as it is good. */
export const stamped = (
  namespace: string,
  name: string,
  isGood: (text: string | undefined) => boolean = (text) => text !== undefined,
): Promise<Stamped> =>
  eventually(
    () => stampOf(namespace, name),
    ({ text }) => isGood(text),
  );

/** Marks of a workload of any kind. */
export async function templateOf(
  namespace: string,
  kind: string,
  name: string,
): Promise<{ stamp: unknown; followed: unknown; managers: unknown }> {
  const object: unknown = JSON.parse(
    await kubectlOk(['get', kind, name, '-n', namespace, '-o', 'json', '--show-managed-fields']),
  );
  const path =
    kind === 'cronjob' ? ['spec', 'jobTemplate', 'spec', 'template'] : kind === 'pod' ? [] : ['spec', 'template'];
  const managed = valueAt(object, ['metadata', 'managedFields']);
  return {
    stamp: valueAt(object, [...path, 'metadata', 'annotations', REVISION_ANNOTATION]),
    followed: valueAt(object, ['metadata', 'labels', FOLLOWED_LABEL]),
    managers: (Array.isArray(managed) ? managed : [])
      .map((entry: unknown) => valueAt(entry, ['manager']))
      .filter((manager) => manager === 'buildless-control'),
  };
}

/** The ConfigMaps of revisions. */
export async function revisions(namespace: string): Promise<readonly V1ConfigMap[]> {
  const { items } = await coreApi().listNamespacedConfigMap({ namespace, labelSelector: REVISION_OF_LABEL });
  return items;
}

/** Events of the controller. */
/** Waits for so many Events, which the controller writes when it has done its work. */
export const untilEvents = (namespace: string, reason: string, count: number): Promise<readonly EventsV1Event[]> =>
  eventually(
    () => events(namespace, reason),
    ({ length }) => length === count,
    60_000,
  );

export async function events(namespace: string, reason: string): Promise<readonly EventsV1Event[]> {
  const { items } = await loaded().makeApiClient(EventsV1Api).listNamespacedEvent({ namespace });
  return items.filter((event) => event.reportingController === REPORTING_CONTROLLER && event.reason === reason);
}
