/**
 * What a Pod's own containers ask for together, before the injected ones.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node';
import type { PodLike } from '../injection.ts';
import { isNativeSidecar } from '../ports.ts';
import { amountOf, minus, sum } from './quantity.ts';
import { isSet } from './profile.ts';

export interface PodTotals {
  /** What an init container may request without the Pod asking for more; undefined if nothing is requested. */
  readonly request: (resource: string) => string | undefined;
  /** The containers' limits together; undefined if one of them has none. */
  readonly limit: (resource: string) => string | undefined;
  /** The limit that spec.resources sets for all of them. */
  readonly podLimit: (resource: string) => string | undefined;
  /** Whether each container's limits are its requests, for CPU and memory: QoS class Guaranteed. */
  readonly guaranteed: boolean;
}

/** What Kubernetes makes of a container without a request: its limit. */
const requestOf = (resources: V1ResourceRequirements | undefined, resource: string): string | undefined =>
  resources?.requests?.[resource] ?? resources?.limits?.[resource];

export function podTotals({ spec }: PodLike): PodTotals {
  const containers: readonly V1Container[] = spec?.containers ?? [];
  const inits: readonly V1Container[] = spec?.initContainers ?? [];
  const sidecars = inits.filter(isNativeSidecar);
  const whole = isSet(spec?.resources) ? spec?.resources : undefined;
  const requested = (list: readonly V1Container[], resource: string): string | undefined =>
    sum(
      resource,
      list.flatMap(({ resources }) => requestOf(resources, resource) ?? []),
    );
  return {
    request: (resource) => {
      const ofPod = requestOf(whole, resource);
      // Sidecars that started before an init container run beside it.
      return ofPod === undefined
        ? requested(containers, resource)
        : minus(resource, ofPod, requested(sidecars, resource));
    },
    limit: (resource) => {
      const limits = containers.flatMap(({ resources }) => resources?.limits?.[resource] ?? []);
      return limits.length === containers.length ? sum(resource, limits) : undefined;
    },
    podLimit: (resource) => whole?.limits?.[resource],
    guaranteed: isGuaranteed(whole === undefined ? [...containers, ...inits] : [{ resources: whole }]),
  };
}

const QOS_RESOURCES = ['cpu', 'memory'];

const isGuaranteed = (list: readonly Pick<V1Container, 'resources'>[]): boolean =>
  list.length > 0 &&
  list.every(({ resources }) =>
    QOS_RESOURCES.every((resource) => {
      const limit = resources?.limits?.[resource];
      const request = requestOf(resources, resource);
      return limit !== undefined && request !== undefined && amountOf(limit) === amountOf(request);
    }),
  );
