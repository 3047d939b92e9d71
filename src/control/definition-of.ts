import type { Configuration } from '../config/configuration.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import { STATUS_ANNOTATION } from '../function/keys.ts';
import { inspect } from '../inject/inject.ts';
import { plainPod } from '../inject/plain-pod.ts';
import { parseStatus } from '../inject/status.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Finding } from '../outcome/finding.ts';
import type { Holder } from './holder.ts';
import { DIRECT_POD } from './kinds.ts';

/**
 * The Function of a template, or of a Pod that names its revision itself.
 *
 * @returns undefined if it is not to be injected, or if a template carries an injection already: that mounts what it names
 */
export function definitionOf(
  { kind, template }: Holder,
  configuration: Configuration,
): { readonly definition: FunctionDefinition } | { readonly findings: readonly Finding[] } | undefined {
  const inspection = inspect(kind === DIRECT_POD ? asCreated(template, configuration) : template, configuration);
  switch (inspection.kind) {
    case 'function':
      return { definition: inspection.definition };
    case 'refused':
      return { findings: inspection.findings };
    case 'injected':
    case 'skip':
      return undefined;
  }
}

/** A Pod before it was injected, whose volumes and init containers nobody kept. */
function asCreated(pod: PodLike, configuration: Configuration): PodLike {
  const status = parseStatus(pod.metadata?.annotations?.[STATUS_ANNOTATION]);
  return status === undefined ? pod : plainPod(pod, status, configuration);
}
