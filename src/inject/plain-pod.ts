import type { V1Container, V1VolumeMount } from '@kubernetes/client-node';
import type { Configuration } from '../config/configuration.ts';
import { ANNOTATIONS, INIT_CONTAINERS, STATUS_ANNOTATION, VOLUMES } from '../function/keys.ts';
import { LANGUAGES } from '../function/languages.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { FunctionStatus } from './status.ts';

const OWN_VOLUMES: ReadonlySet<string> = new Set(Object.values(VOLUMES));
const OWN_INIT_CONTAINERS: ReadonlySet<string> = new Set(Object.values(INIT_CONTAINERS));
/** What the Function's container mounts of ours. */
const OWN_MOUNTS: ReadonlySet<string> = new Set([VOLUMES.app, VOLUMES.tmp]);

/**
 * A Pod that carries an injection, without it: what can be injected again and compared (same-injection.ts). Values that an
 * injection fills in where the author wrote none stay, as they are the author's for the second injection.
 *
 * Nothing is believed of the status: it says where to look, and a lie in it makes a difference.
 */
export function plainPod<Pod extends PodLike>(pod: Pod, status: FunctionStatus, configuration: Configuration): Pod {
  const { metadata, spec } = pod;
  const annotations = Object.fromEntries(
    Object.entries(metadata?.annotations ?? {}).filter(([key]) => key !== STATUS_ANNOTATION),
  );
  const plain = {
    ...pod,
    // `image: auto` marked the container; it has another image now.
    metadata: { ...metadata, annotations: { [ANNOTATIONS.container]: status.container, ...annotations } },
  };
  if (spec === undefined) return plain;
  return {
    ...plain,
    spec: {
      ...spec,
      containers: spec.containers.map((container) =>
        container.name === status.container ? plainContainer(container, status, configuration) : container,
      ),
      ...(spec.initContainers !== undefined && {
        initContainers: spec.initContainers.filter(({ name }) => !OWN_INIT_CONTAINERS.has(name)),
      }),
      ...(spec.volumes !== undefined && { volumes: spec.volumes.filter(({ name }) => !OWN_VOLUMES.has(name)) }),
    },
  };
}

function plainContainer(container: V1Container, status: FunctionStatus, configuration: Configuration): V1Container {
  const { command, volumeMounts, ...rest } = container;
  return {
    ...rest,
    ...(command !== undefined && !isServer(command, status, configuration) && { command }),
    ...(volumeMounts !== undefined && { volumeMounts: volumeMounts.filter((mount) => !isOwnMount(mount)) }),
  };
}

const isOwnMount = ({ name }: V1VolumeMount): boolean => OWN_MOUNTS.has(name);

/** Whether a command is the one that starts our HTTP server; with it an injection would take it for the author's. */
function isServer(
  command: readonly string[],
  { server, runtime }: FunctionStatus,
  { runtimes }: Configuration,
): boolean {
  const known = Object.hasOwn(runtimes, runtime) ? runtimes[runtime] : undefined;
  if (!server || known === undefined) return false;
  const [interpreter, program, ...more] = command;
  return interpreter === known.interpreter && program === LANGUAGES.of(known.language).server && more.length === 0;
}
