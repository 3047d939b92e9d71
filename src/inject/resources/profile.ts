/**
 * The resources of the Function's container: for each resource of which the author sets neither a request nor a limit,
 * those of the profile, within what the namespace's LimitRange allows. Resources of the Pod as a whole (spec.resources)
 * are the author's word for all of its containers.
 */
import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node';
import type { Configuration } from '../../config/configuration.ts';
import type { FunctionDefinition } from '../../function/definition.ts';
import type { ResourceRange } from '../../namespace/limits.ts';
import type { NamespaceFacts } from '../../namespace/namespace.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { isUnset } from '../../kubernetes/unset.ts';
import { filledByLimitRanger, isAuthored } from './authored.ts';
import { amountOf, largest, smallest, times } from './quantity.ts';

export interface ProfiledResources {
  /** Undefined if the container keeps its own. */
  readonly changed: V1ResourceRequirements | undefined;
  /** Where a LimitRange allows less, or demands more, than the profile asks for. */
  readonly narrowed: readonly Narrowed[];
}

export interface Narrowed {
  readonly resource: string;
  readonly kind: 'request' | 'limit';
  readonly wanted: string;
  readonly used: string;
}

const UNCHANGED: ProfiledResources = { changed: undefined, narrowed: [] };

/** What decides, of all that an injection knows. */
export interface ProfileInput {
  readonly configuration: Pick<Configuration, 'profiles'>;
  readonly definition: Pick<FunctionDefinition, 'profile'>;
  readonly namespace: Pick<NamespaceFacts, 'limits'>;
}

/** @param container the Function's */
export function profiledResources(
  pod: PodLike,
  container: V1Container | undefined,
  { configuration, definition, namespace }: ProfileInput,
): ProfiledResources {
  const profile = configuration.profiles[definition.profile];
  if (container === undefined || isUnset(profile) || isSet(pod.spec?.resources)) return UNCHANGED;
  const given = container.resources;
  const filled = filledByLimitRanger(pod, container);
  const resources = [...new Set([...Object.keys(profile.requests ?? {}), ...Object.keys(profile.limits ?? {})])];
  const open = resources.filter((resource) => !isAuthored(container, resource, filled));
  if (open.length === 0) return UNCHANGED;
  const requests: Record<string, string> = { ...given?.requests };
  const limits: Record<string, string> = { ...given?.limits };
  const narrowed: Narrowed[] = [];
  for (const resource of open) {
    const wanted = { request: profile.requests?.[resource], limit: profile.limits?.[resource] };
    // What the profile leaves open stays as LimitRanger filled it; it would fill it again.
    const pair = fit(
      resource,
      { request: wanted.request ?? requests[resource], limit: wanted.limit ?? limits[resource] },
      namespace.limits.container[resource],
    );
    if (pair.request !== undefined) requests[resource] = pair.request;
    if (pair.limit !== undefined) limits[resource] = pair.limit;
    for (const kind of ['request', 'limit'] as const) {
      const [want, used] = [wanted[kind], pair[kind]];
      if (want === used || want === undefined || used === undefined) continue;
      if (amountOf(want) !== amountOf(used)) narrowed.push({ resource, kind, wanted: want, used });
    }
  }
  return {
    changed: {
      ...given,
      ...(Object.keys(requests).length > 0 && { requests }),
      ...(Object.keys(limits).length > 0 && { limits }),
    },
    narrowed,
  };
}

interface Pair {
  readonly request: string | undefined;
  readonly limit: string | undefined;
}

/** A request and a limit that LimitRanger admits. */
function fit(resource: string, { request, limit }: Pair, range: ResourceRange = {}): Pair {
  const highest = limit === undefined ? range.defaultLimit : smallest(limit, range.max);
  if (request === undefined) return { request, limit: highest };
  const atLeast = largest(smallest(request, highest, range.max), range.min);
  const ratio = range.maxRatio === undefined ? 0 : amountOf(range.maxRatio);
  const isTooFar = highest !== undefined && ratio > 0 && amountOf(highest) > amountOf(atLeast) * ratio;
  // A larger request is safe; a smaller limit could end the Function for lack of memory.
  const needed = isTooFar ? largest(atLeast, roundedUp(resource, highest, ratio)) : atLeast;
  return { request: needed, limit: limit === undefined ? undefined : highest };
}

const roundedUp = (resource: string, limit: string, ratio: number): string => {
  const part = times(resource, limit, 1 / ratio);
  if (amountOf(part) * ratio >= amountOf(limit)) return part;
  return resource === 'cpu' ? `${Number.parseInt(part, 10) + 1}m` : String(Number(part) + 1);
};

/** Whether resources say anything. */
export const isSet = (resources: V1ResourceRequirements | undefined): boolean =>
  !isUnset(resources) && Object.keys({ ...resources.requests, ...resources.limits }).length > 0;
