import type { V1Container, V1Pod } from '@kubernetes/client-node';
import type { Runtime } from '../function/runtimes.ts';
import { INIT_CONTAINERS } from '../function/keys.ts';
import type { FunctionStatus } from '../inject/status.ts';
import { isEmpty } from '../kubernetes/unset.ts';

/** Which of a Pod's containers run here, in order, and which do not. */
export interface ContainerPlan {
  readonly init: readonly V1Container[];
  readonly function: V1Container;
  readonly leftOut: readonly string[];
}

const INJECTED: readonly string[] = Object.values(INIT_CONTAINERS);

/**
 * Chooses the containers: the injected ones and the Function's own; of the author's init containers those in the runtime's
 * image with a command, as that image's interpreter is here. What another image holds is not on this machine, and sidecars
 * (a proxy, an agent) belong to a cluster.
 *
 * @returns undefined if the Pod lacks the container that its status names
 */
export function planContainers(
  { spec }: V1Pod,
  { container }: FunctionStatus,
  runtime: Runtime,
): ContainerPlan | undefined {
  const own = spec?.containers.find(({ name }) => name === container);
  if (own === undefined) return undefined;
  const runsHere = (init: V1Container): boolean =>
    INJECTED.includes(init.name) ||
    (init.restartPolicy !== 'Always' && init.image === runtime.image && !isEmpty(init.command));
  const all = spec?.initContainers ?? [];
  return {
    init: all.filter(runsHere),
    function: own,
    leftOut: [
      ...all.filter((init) => !runsHere(init)).map(({ name }) => name),
      ...(spec?.containers ?? []).filter((each) => each !== own).map(({ name }) => name),
    ],
  };
}
