import type { V1Container, V1SecurityContext } from '@kubernetes/client-node';
import type { Finding } from '../../outcome/finding.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { allowPrivilegeEscalation } from './allow-privilege-escalation.ts';
import { appArmor } from './app-armor.ts';
import { capabilities } from './capabilities.ts';
import type { ContainerSubject, Control } from './control.ts';
import { hostNamespaces } from './host-namespaces.ts';
import { hostPorts } from './host-ports.ts';
import { hostProbes } from './host-probes.ts';
import { privileged } from './privileged.ts';
import { procMount } from './proc-mount.ts';
import { runAsNonRoot } from './run-as-non-root.ts';
import { runAsUser } from './run-as-user.ts';
import { seLinux } from './se-linux.ts';
import { seccomp } from './seccomp.ts';
import { sysctls } from './sysctls.ts';
import { volumeTypes } from './volume-types.ts';
import { windowsHostProcess } from './windows-host-process.ts';

/** Every control of Pod Security "restricted", in the order of its documentation. */
const CONTROLS: readonly Control[] = [
  windowsHostProcess,
  hostNamespaces,
  privileged,
  volumeTypes,
  hostPorts,
  hostProbes,
  appArmor,
  seLinux,
  procMount,
  sysctls,
  allowPrivilegeEscalation,
  runAsNonRoot,
  runAsUser,
  seccomp,
  capabilities,
];

const POD_CHECKS = CONTROLS.flatMap(({ pod, since = 0 }) => (pod === undefined ? [] : { check: pod, since }));
const CONTAINER_CHECKS = CONTROLS.flatMap(({ container, since = 0 }) =>
  container === undefined ? [] : { check: container, since },
);
const FILLS = CONTROLS.flatMap(({ fill }) => fill ?? []);

/**
 * All that contradicts `restricted` in the Pod's own fields.
 *
 * @param version of the standards
 */
export const podContradictions = (pod: PodLike, version: number): readonly Finding[] =>
  POD_CHECKS.flatMap(({ check, since }) => (since > version ? [] : check(pod, version)));

/** All that contradicts `restricted` in a container. */
export const containerContradictions = (subject: ContainerSubject): readonly Finding[] =>
  CONTAINER_CHECKS.flatMap(({ check, since }) => (since > subject.version ? [] : check(subject)));

/**
 * Sets what `restricted` demands and the author left unset.
 *
 * @param more set beside, where unset too
 * @returns the same container where nothing was missing
 */
export function secured(subject: ContainerSubject, more: Partial<V1SecurityContext> = {}): V1Container {
  const { container } = subject;
  const missing = FILLS.reduce<Partial<V1SecurityContext>>((sum, fill) => Object.assign(sum, fill(subject)), {
    ...more,
  });
  return Object.keys(missing).length === 0
    ? container
    : { ...container, securityContext: { ...container.securityContext, ...missing } };
}
