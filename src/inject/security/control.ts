import type { V1Container, V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { FieldPath } from '../../outcome/place.ts';
import type { PodLike } from '../../kubernetes/pod.ts';

/** A container with what of its Pod counts for it. */
export interface ContainerSubject {
  readonly container: V1Container;
  readonly podSecurity: V1PodSecurityContext | undefined;
  /** Whether the Pod has a user namespace of its own: its users, root among them, are nobody on the node. */
  readonly userNamespace: boolean;
  /** Of the standards, as a minor release of Kubernetes 1. */
  readonly version: number;
}

/**
 * One control of the Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/), as
 * k8s.io/pod-security-admission has it in `policy/`: one file each, named after its field. A control finds what the
 * author explicitly set against it, and says what to set if nothing was.
 */
export interface Control {
  /** The first version of the standards that has it: a minor release of Kubernetes 1. */
  readonly since?: number;
  /** Contradictions in the fields of the Pod as a whole. */
  readonly pod?: (pod: PodLike, version: number) => readonly Finding[];
  /** Contradictions in a container's fields, with their paths in the container. */
  readonly container?: (subject: ContainerSubject) => readonly Finding[];
  /** What an unset field is to become; empty if nothing is missing. */
  readonly fill?: (subject: ContainerSubject) => Partial<V1SecurityContext>;
}

/** A finding that an explicit value is forbidden. */
export function contradiction(field: FieldPath, value: unknown, fix: string): Finding {
  return {
    code: 'security-contradiction',
    field,
    problem: `${JSON.stringify(value)} is not allowed by Pod Security "restricted"`,
    fix,
  };
}

/** The finding where `bad` holds, as a list. */
export function refuseIf(bad: boolean, field: FieldPath, value: unknown, fix: string): readonly Finding[] {
  return bad ? [contradiction(field, value, fix)] : [];
}

/**
 * From this version on a Pod with a user namespace may run as root.
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/#integration-with-pod-security-admission-checks
 */
const USER_NAMESPACES = 35;

/** Whether root inside of the Pod is allowed. */
export const mayBeRoot = (userNamespace: boolean, version: number): boolean =>
  userNamespace && version >= USER_NAMESPACES;

export const hasUserNamespace = ({ spec }: PodLike): boolean => spec?.hostUsers === false;
