import {
  AppsV1Api,
  BatchV1Api,
  EventsV1Api,
  KubeConfig,
  type EventsV1Event,
  type V1ConfigMap,
} from '@kubernetes/client-node';
import { FOLLOWED_LABEL, REVISION_ANNOTATION, REVISION_OF_LABEL } from '../../src/function/keys.ts';
import { cluster, eventually } from './given.ts';
import { coreApi } from './kubectl.ts';

export { coreApi };

function loaded(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  return config;
}

export const appsApi = (): AppsV1Api => loaded().makeApiClient(AppsV1Api);
export const batchApi = (): BatchV1Api => loaded().makeApiClient(BatchV1Api);

/** Replaces the files of a source. */
export async function edit(namespace: string, name: string, data: Readonly<Record<string, string>>): Promise<void> {
  const api = coreApi();
  const object = await api.readNamespacedConfigMap({ namespace, name });
  await api.replaceNamespacedConfigMap({ namespace, name, body: { ...object, data: { ...data } } });
}

/** What a Deployment follows, as soon as it is good. */
export async function followedBy(
  namespace: string,
  name: string,
  isGood: (followed: string | undefined) => boolean,
): Promise<string | undefined> {
  const api = appsApi();
  return eventually(
    async () => (await api.readNamespacedDeployment({ namespace, name })).metadata?.labels?.[FOLLOWED_LABEL],
    isGood,
  );
}

/** The stamp of a Deployment, as soon as it is good. */
export async function stamped(
  namespace: string,
  name: string,
  isGood: (stamp: string | undefined) => boolean,
): Promise<string | undefined> {
  const api = appsApi();
  return eventually(async () => {
    const { spec } = await api.readNamespacedDeployment({ namespace, name });
    return spec?.template.metadata?.annotations?.[REVISION_ANNOTATION];
  }, isGood);
}

/** The ConfigMaps of revisions, the oldest first. */
export async function revisions(namespace: string): Promise<readonly V1ConfigMap[]> {
  const { items } = await coreApi().listNamespacedConfigMap({ namespace, labelSelector: REVISION_OF_LABEL });
  return items;
}

/** Events of the controller. */
export async function events(namespace: string, reason?: string): Promise<readonly EventsV1Event[]> {
  const { items } = await loaded().makeApiClient(EventsV1Api).listNamespacedEvent({ namespace });
  return items.filter(
    (event) =>
      event.reportingController === 'buildless.dev/control' && (reason === undefined || event.reason === reason),
  );
}
