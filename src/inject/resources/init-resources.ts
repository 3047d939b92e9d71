/**
 * The resources of an injected init container. It asks for what the configuration says, but:
 *
 * - requests stay within what the Pod's own containers request, so that the Pod is scheduled as if it did not exist;
 * - if the Pod's QoS class is Guaranteed, it has the Pod's own requests and limits, so that the class stays;
 * - if a ResourceQuota counts limits, its limits are within the Pod's own, so that it fits where the Function fits;
 * - LimitRanges and the limits of the Pod as a whole (spec.resources) hold for it as for every container.
 *
 * Otherwise CPU has no limit: a throttled installation takes minutes for what takes seconds.
 */
import type { V1ResourceRequirements } from '@kubernetes/client-node';
import type { NamespaceLimits } from '../../namespace/limits.ts';
import type { InjectionContext } from '../context.ts';
import { DERIVED, type DerivedResource, type PodTotals } from './pod-totals.ts';
import { amountOf, largest, smallest, times } from './quantity.ts';

/** @param configured of the container, by the configuration */
export function initResources(
  configured: V1ResourceRequirements,
  { totals, namespace: { limits } }: Pick<InjectionContext, 'totals' | 'namespace'>,
): V1ResourceRequirements {
  const requests: Record<string, string> = { ...configured.requests };
  const highest: Record<string, string> = { ...configured.limits };
  for (const resource of DERIVED) {
    const wanted = { request: configured.requests?.[resource], limit: configured.limits?.[resource] };
    const { request, limit } = derive(resource, wanted, totals, limits);
    set(requests, resource, request);
    set(highest, resource, limit);
  }
  return {
    ...(Object.keys(requests).length > 0 && { requests }),
    ...(Object.keys(highest).length > 0 && { limits: highest }),
    ...(configured.claims !== undefined && { claims: configured.claims }),
  };
}

interface Pair {
  readonly request: string | undefined;
  readonly limit: string | undefined;
}

function derive(resource: DerivedResource, wanted: Pair, totals: PodTotals, limits: NamespaceLimits): Pair {
  const own = totals.of[resource];
  if (totals.guaranteed && resource !== 'ephemeral-storage') return { request: own.limit, limit: own.limit };

  const range = limits.container[resource] ?? {};
  const isCounted = Object.hasOwn(limits.quotas, `limits.${resource}`);
  // LimitRanger would give its default to a container without a limit.
  const filled = range.defaultLimit === undefined ? undefined : (range.max ?? largest(range.defaultLimit, own.limit));
  const isNeeded = wanted.limit !== undefined || filled !== undefined || isCounted;
  const counted = isCounted ? own.limit : undefined;
  const limit = isNeeded
    ? smallest(wanted.limit ?? filled, counted, own.podLimit, range.max, limits.pod[resource]?.max)
    : undefined;

  const asked = wanted.request ?? (Object.hasOwn(limits.quotas, `requests.${resource}`) ? own.request : undefined);
  // Without a request Kubernetes takes the limit for one.
  const request = limit === undefined && asked === undefined ? undefined : smallest(asked ?? '0', own.request ?? '0');
  if (request === undefined) return { request, limit };
  const fitting = smallest(range.min === undefined ? request : largest(request, range.min), limit);
  const ratio = range.maxRatio === undefined ? 0 : amountOf(range.maxRatio);
  if (limit === undefined || ratio === 0 || amountOf(limit) <= amountOf(fitting) * ratio) {
    return { request: isNothing(fitting) && limit === undefined ? undefined : fitting, limit };
  }
  return { request: fitting, limit: times(resource, fitting, ratio) };
}

const isNothing = (quantity: string): boolean => amountOf(quantity) === 0;

function set(quantities: Record<string, string>, resource: string, value: string | undefined): void {
  if (value !== undefined) quantities[resource] = value;
  else if (Object.hasOwn(quantities, resource)) Reflect.deleteProperty(quantities, resource);
}
