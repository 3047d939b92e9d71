/**
 * Which resources a container's author set. The LimitRanger plugin runs before webhooks and fills in a namespace's
 * defaults; it writes down what it filled, and that is not the author's.
 * Source: mergePodResourceRequirements of k8s.io/kubernetes plugin/pkg/admission/limitranger
 */
import type { V1Container } from '@kubernetes/client-node';
import type { PodLike } from '../../kubernetes/pod.ts';

const ANNOTATION = 'kubernetes.io/limit-ranger';
const BEGINNING = 'LimitRanger plugin set: ';
/** What LimitRanger writes of a Pod with dozens of containers. */
const LONGEST = 16_384;

/** Names of resources. */
export interface Filled {
  readonly requests: ReadonlySet<string>;
  readonly limits: ReadonlySet<string>;
}

const NOTHING: Filled = { requests: new Set(), limits: new Set() };

/**
 * What LimitRanger filled in.
 *
 * @example 'LimitRanger plugin set: cpu, memory request for container app; cpu limit for container app'
 */
export function filledByLimitRanger({ metadata }: PodLike, { name }: V1Container): Filled {
  const text = metadata?.annotations?.[ANNOTATION];
  if (!text?.startsWith(BEGINNING) || text.length > LONGEST) return NOTHING;
  const of = (kind: 'request' | 'limit'): ReadonlySet<string> => {
    const ending = ` ${kind} for container ${name}`;
    const part = text
      .slice(BEGINNING.length)
      .split('; ')
      .find((sentence) => sentence.endsWith(ending));
    return new Set(part?.slice(0, -ending.length).split(', '));
  };
  return { requests: of('request'), limits: of('limit') };
}

/** Whether the author gave a request or a limit of a resource. */
export function isAuthored({ resources }: V1Container, resource: string, filled: Filled): boolean {
  const isGiven = (quantities: Readonly<Record<string, string>> | undefined, filledIn: ReadonlySet<string>): boolean =>
    quantities?.[resource] !== undefined && !filledIn.has(resource);
  return isGiven(resources?.requests, filled.requests) || isGiven(resources?.limits, filled.limits);
}
