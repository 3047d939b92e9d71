/**
 * What a Pod's own containers ask for together, before the injected ones.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node';
import type { PodLike } from '../../kubernetes/pod.ts';
import { isNativeSidecar } from '../ports.ts';
import { amountOf, minus, sum } from './quantity.ts';
import { isSet, type ProfiledResources } from './profile.ts';

/** Of one resource. */
export interface ResourceTotals {
  /** What an init container may request without the Pod asking for more; undefined if nothing is requested. */
  readonly request: string | undefined;
  /** The containers' limits together, or that of the Pod as a whole; undefined if one of them has none. */
  readonly limit: string | undefined;
  /** The limit that spec.resources sets for all of them. */
  readonly podLimit: string | undefined;
}

export interface PodTotals {
  readonly of: Readonly<Record<DerivedResource, ResourceTotals>>;
  /** Whether each container's limits are its requests, for CPU and memory: QoS class Guaranteed. */
  readonly guaranteed: boolean;
}

/** What init containers get their share of. */
export const DERIVED = ['cpu', 'memory', 'ephemeral-storage'] as const;
export type DerivedResource = (typeof DERIVED)[number];

/** What Kubernetes makes of a container without a request: its limit. */
const requestOf = (resources: V1ResourceRequirements | undefined, resource: string): string | undefined =>
  resources?.requests?.[resource] ?? resources?.limits?.[resource];

/**
 * @param containerIndex of the Function
 * @param resources of the Function's container
 */
export function podTotals({ spec }: PodLike, containerIndex: number, { changed }: ProfiledResources): PodTotals {
  const containers: readonly Resourced[] = (spec?.containers ?? []).map((container, index) =>
    index === containerIndex && changed !== undefined ? { resources: changed } : container,
  );
  const inits: readonly V1Container[] = spec?.initContainers ?? [];
  const sidecars = inits.filter(isNativeSidecar);
  const whole = isSet(spec?.resources) ? spec?.resources : undefined;
  const of = (resource: DerivedResource): ResourceTotals => {
    const ofPod = requestOf(whole, resource);
    const limits = containers.flatMap(({ resources }) => resources?.limits?.[resource] ?? []);
    const podLimit = whole?.limits?.[resource];
    return {
      // Sidecars that started before an init container run beside it.
      request:
        ofPod === undefined ? requested(containers, resource) : minus(resource, ofPod, requested(sidecars, resource)),
      limit: (limits.length === containers.length ? sum(resource, limits) : undefined) ?? podLimit,
      podLimit,
    };
  };
  return {
    of: { cpu: of('cpu'), memory: of('memory'), 'ephemeral-storage': of('ephemeral-storage') },
    guaranteed: isGuaranteed(whole === undefined ? [...containers, ...inits] : [{ resources: whole }]),
  };
}

type Resourced = Pick<V1Container, 'resources'>;

const requested = (list: readonly Resourced[], resource: string): string | undefined =>
  sum(
    resource,
    list.flatMap(({ resources }) => requestOf(resources, resource) ?? []),
  );

const QOS_RESOURCES = ['cpu', 'memory'];

const isGuaranteed = (list: readonly Resourced[]): boolean =>
  list.length > 0 &&
  list.every(({ resources }) =>
    QOS_RESOURCES.every((resource) => {
      const limit = resources?.limits?.[resource];
      const request = requestOf(resources, resource);
      if (limit === undefined || request === undefined) return false;
      return limit === request || amountOf(limit) === amountOf(request);
    }),
  );
