/**
 * One view of all ports that the containers of a running Pod declare. They share one network, and a Service's
 * `targetPort: NAME` takes the first port of that name among all of them, native sidecars included.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/, FindPort of k8s.io/kubernetes pkg/api/v1/pod
 */
import type { V1Container, V1ContainerPort } from '@kubernetes/client-node';
import type { FieldPath } from '../outcome/place.ts';
import type { PodLike } from '../kubernetes/pod.ts';

export interface DeclaredPort {
  readonly containerName: string;
  /** Whether the container is the Function's. */
  readonly own: boolean;
  /** E.g. `spec.initContainers[0].ports[1]`. */
  readonly field: FieldPath;
  readonly name: string | undefined;
  readonly number: number;
  readonly protocol: string;
}

const DEFAULT_PROTOCOL = 'TCP';

export const isTcp = ({ protocol }: Pick<V1ContainerPort, 'protocol'>): boolean =>
  (protocol ?? DEFAULT_PROTOCOL) === DEFAULT_PROTOCOL;

/** An init container that goes on while the others run. */
export const isNativeSidecar = ({ restartPolicy }: V1Container): boolean => restartPolicy === 'Always';

/**
 * The ports of every container that runs beside the Function, and the Function's own.
 *
 * @param containerIndex of the Function, in `spec.containers`
 */
export function declaredPorts({ spec }: PodLike, containerIndex: number): readonly DeclaredPort[] {
  const of = (list: 'containers' | 'initContainers', container: V1Container, index: number): readonly DeclaredPort[] =>
    (container.ports ?? []).map(({ name, containerPort, protocol }, position) => ({
      containerName: container.name,
      own: list === 'containers' && index === containerIndex,
      field: ['spec', list, index, 'ports', position],
      name: name ?? undefined,
      number: containerPort,
      protocol: protocol ?? DEFAULT_PROTOCOL,
    }));
  return [
    ...(spec?.containers ?? []).flatMap((container, index) => of('containers', container, index)),
    ...(spec?.initContainers ?? []).flatMap((container, index) =>
      isNativeSidecar(container) ? of('initContainers', container, index) : [],
    ),
  ];
}
