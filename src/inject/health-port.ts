import type { V1Container } from '@kubernetes/client-node';
import { LANGUAGES } from '../function/languages.ts';
import type { InjectionContext } from './context.ts';
import { isUnset } from '../kubernetes/unset.ts';

/** Names the port to the server, which has no health thread without it. */
export const HEALTH_PORT_VARIABLE = 'BUILDLESS_HEALTH_PORT';

/** So long may a handler take to be loaded; then the container is restarted. */
export const START_SECONDS = 120;

/**
 * The port for the liveness probe of the Function's container alone: the author's, else the language's, or the next one that no container of the Pod
 * declares, as they all share one network.
 *
 * @returns undefined if the Function's own port serves, or the author has a probe of their own
 */
export function healthPort(
  container: V1Container,
  { definition, port, ports }: Pick<InjectionContext, 'definition' | 'port' | 'ports'>,
): number | undefined {
  const { healthPort: first } = LANGUAGES.of(definition.runtime.language);
  // Knative moves each liveness probe of a template to the Function's port.
  if (first === undefined || !definition.server || definition.knative === 'template') return undefined;
  const own = container.env?.find(({ name }) => name === HEALTH_PORT_VARIABLE);
  if (own !== undefined) return ownPort(own.value);
  if (!isUnset(container.livenessProbe)) return undefined;
  const taken = new Set(ports.map(({ number }) => number));
  taken.add(port);
  let free = first;
  while (taken.has(free)) free += 1;
  return free;
}

/** A probe cannot use a port that the server would refuse, or that only the Pod will know. */
function ownPort(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 && value < 65_536 ? value : undefined;
}
