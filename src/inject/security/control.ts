import type { V1Container, V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { PodLike } from '../injection.ts';

/** A container with what of its Pod counts for it. */
export interface ContainerSubject {
  readonly container: V1Container;
  /** E.g. `spec.initContainers[0]`. */
  readonly field: string;
  readonly podSecurity: V1PodSecurityContext | undefined;
}

/**
 * One control of the Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/), as
 * k8s.io/pod-security-admission has it in `policy/`: one file each, named after its field. A control finds what the
 * author explicitly set against it, and says what to set where nothing was.
 */
export interface Control {
  /** Contradictions in the fields of the Pod as a whole. */
  readonly pod?: (pod: PodLike) => readonly Finding[];
  /** Contradictions in a container's fields. */
  readonly container?: (subject: ContainerSubject) => readonly Finding[];
  /** What an unset field is to become; empty where nothing is missing. */
  readonly fill?: (subject: ContainerSubject) => Partial<V1SecurityContext>;
}

/** A finding that an explicit value is forbidden. */
export function contradiction(field: string, value: unknown, fix: string): Finding {
  return {
    code: 'security-contradiction',
    field,
    problem: `${JSON.stringify(value)} is not allowed by Pod Security "restricted"`,
    fix,
  };
}

/** The finding where `bad` holds, as a list. */
export function refuseIf(bad: boolean, field: string, value: unknown, fix: string): readonly Finding[] {
  return bad ? [contradiction(field, value, fix)] : [];
}
