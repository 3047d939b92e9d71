/**
 * Functions in Knative Serving. Knative owns the port, the readiness probe and the name of the container, and puts a proxy beside it.
 * Source: knative.dev/serving v0.42, pkg/reconciler/revision/resources/deploy.go and pkg/apis/serving/v1/revision_defaults.go
 */
import type { V1Container } from '@kubernetes/client-node';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import type { PodLike } from '../kubernetes/pod.ts';

/** Whether it is a template of a Knative Service, or a Pod that Knative made of one. */
export type KnativeForm = 'template' | 'pod';

export const KNATIVE_GROUP = 'serving.knative.dev';
/** Name of the port that Knative declares in the container that serves. */
export const KNATIVE_PORT_NAME = 'user-port';

/** On every Deployment and Pod that Knative makes: the name of the Service. */
export const KNATIVE_SERVICE_LABEL = `${KNATIVE_GROUP}/service`;

/** On every Deployment and Pod that Knative makes: the name of its own revision. */
export const KNATIVE_REVISION_LABEL = `${KNATIVE_GROUP}/revision`;

const PROXY = 'queue-proxy';
/** For a container without a name. */
const CONTAINER_NAME = 'user-container';

export function knativeFormOf({ metadata, spec }: PodLike): KnativeForm | undefined {
  const labels = metadata?.labels ?? {};
  const hasProxy = spec?.containers.some(isProxy) === true;
  if (Object.hasOwn(labels, KNATIVE_REVISION_LABEL) && hasProxy) return 'pod';
  return Object.hasOwn(labels, KNATIVE_SERVICE_LABEL) ? 'template' : undefined;
}

const isProxy = ({ name }: V1Container): boolean => name === PROXY;

/** The containers that may be the Function's. */
export const containersOfAuthor = (containers: readonly V1Container[], form: KnativeForm): readonly V1Container[] =>
  form === 'pod' ? containers.filter((container) => !isProxy(container)) : containers;

/** Of several containers the one that gets the requests. */
export const servesKnative = ({ ports }: V1Container): boolean =>
  ports?.some(({ name }) => name === KNATIVE_PORT_NAME) === true;

/**
 * A template of a Knative Service as the template of a Pod: with the names that Knative gives, and the label by which
 * `knativeFormOf` tells it. What is not a template is given back.
 */
export function fromKnative(template: KubernetesObject, service: string): KubernetesObject {
  const { metadata, spec } = template;
  if (!isObject(spec) || !Array.isArray(spec.containers)) return template;
  const [only] = spec.containers as readonly unknown[];
  const containers =
    spec.containers.length === 1 && isObject(only) && (only.name ?? '') === ''
      ? [{ name: CONTAINER_NAME, ...without(only, 'name') }]
      : spec.containers;
  const labels = isObject(metadata) && isObject(metadata.labels) ? metadata.labels : {};
  return {
    ...template,
    metadata: { ...(isObject(metadata) && metadata), labels: { ...labels, [KNATIVE_SERVICE_LABEL]: service } },
    spec: { ...spec, containers },
  };
}

/** The reverse: the label is Knative's own, which it refuses from others. */
export function toKnative(pod: PodLike): PodLike {
  const labels = without(pod.metadata?.labels ?? {}, KNATIVE_SERVICE_LABEL);
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

const without = <Value>(map: Readonly<Record<string, Value>>, key: string): Record<string, Value> =>
  Object.fromEntries(Object.entries(map).filter(([each]) => each !== key));
