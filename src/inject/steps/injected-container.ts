import type { V1Container, V1EnvVar, V1SecurityContext, V1VolumeMount } from '@kubernetes/client-node';
import { PATHS, VOLUMES } from '../../function/keys.ts';
import type { InjectionContext } from '../context.ts';
import type { FunctionDefinition } from '../../function/definition.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { isUnset } from '../../kubernetes/unset.ts';
import { proxyEnv } from './proxy-env.ts';

/** Mounts of both injected init containers. */
export const COMMON_MOUNTS: readonly V1VolumeMount[] = [
  { name: VOLUMES.app, mountPath: PATHS.root },
  { name: VOLUMES.tmp, mountPath: PATHS.tmp },
  // The ServiceAccount admission plugin mounts the API token unless something is mounted there already: an empty folder.
  { name: VOLUMES.tmp, mountPath: PATHS.serviceAccountToken, subPath: 'no-service-account-token', readOnly: true },
];

/** HOME where an arbitrary uid can write, and the administrator's proxies. An author's have no say in what is installed. */
export const injectedEnv = ({ configuration }: InjectionContext): V1EnvVar[] => [
  { name: 'HOME', value: PATHS.tmp },
  ...proxyEnv(configuration.proxy),
];

/**
 * Security context of an injected container: all that `restricted` asks for, and the user of the Function, so that both
 * can be told apart from other containers' files.
 */
export function injectedSecurity(pod: PodLike, { configuration, definition }: InjectionContext): V1SecurityContext {
  const podSecurity = pod.spec?.securityContext;
  const own = pod.spec?.containers[definition.containerIndex]?.securityContext;
  const user = own?.runAsUser ?? (isUnset(podSecurity?.runAsUser) ? configuration.security.runAsUser : undefined);
  const group = own?.runAsGroup;
  return {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
    runAsNonRoot: true,
    ...(!isUnset(user) && { runAsUser: user }),
    ...(!isUnset(group) && { runAsGroup: group }),
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

/** The Pod with an init container behind the author's own. */
export function appendInitContainer(pod: PodLike, container: V1Container): PodLike {
  return pod.spec === undefined
    ? pod
    : { ...pod, spec: { ...pod.spec, initContainers: [...(pod.spec.initContainers ?? []), container] } };
}

/** What whoever installs mounts beside: the registry's Secret and the cache. */
export const installMounts = (definition: FunctionDefinition): readonly V1VolumeMount[] => [
  ...(definition.registry === undefined ? [] : [{ name: VOLUMES.registry, mountPath: PATHS.registry, readOnly: true }]),
  ...(definition.cache === undefined ? [] : [{ name: VOLUMES.cache, mountPath: PATHS.cache }]),
];

/** What whoever installs is told. */
export function sharedInstallArguments({ definition, configuration }: InjectionContext): readonly string[] {
  const { registryFile } = LANGUAGES.of(definition.runtime.language);
  return [
    `--timeout=${configuration.install.timeoutSeconds}`,
    ...(definition.registry === undefined ? [] : [`--registry=${PATHS.registry}/${registryFile}`]),
    ...(definition.cache === undefined ? [] : [`--cache=${PATHS.cache}`]),
  ];
}
