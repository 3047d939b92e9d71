import type { V1Container, V1PodSpec } from '@kubernetes/client-node';

/**
 * Pod Security "restricted", written down a second time from its documentation
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), so that the tests do not trust the code they test.
 *
 * @returns every rule that is broken
 */
export function brokenRules(spec: V1PodSpec): string[] {
  const pod = spec.securityContext;
  const broken: string[] = [];
  const must = (holds: boolean, rule: string): void => {
    if (!holds) broken.push(rule);
  };
  must(spec.hostNetwork !== true && spec.hostPID !== true && spec.hostIPC !== true, 'host namespaces');
  must(pod?.runAsNonRoot !== false, 'pod runAsNonRoot');
  must(pod?.runAsUser !== 0, 'pod runAsUser');
  must([undefined, 'RuntimeDefault', 'Localhost'].includes(pod?.seccompProfile?.type), 'pod seccomp');
  const volumeTypes = [
    'configMap',
    'csi',
    'downwardAPI',
    'emptyDir',
    'ephemeral',
    'image',
    'persistentVolumeClaim',
    'projected',
    'secret',
  ];
  for (const volume of spec.volumes ?? []) {
    must(
      Object.keys(volume).every((key) => key === 'name' || volumeTypes.includes(key)),
      `volume ${volume.name}`,
    );
  }
  const all = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  for (const container of all) broken.push(...brokenContainerRules(container, spec));
  return broken;
}

/** The rules for one container, with what it inherits from its Pod. */
export function brokenContainerRules(container: V1Container, spec: V1PodSpec): string[] {
  const context = container.securityContext;
  const pod = spec.securityContext;
  const rules: [string, boolean][] = [
    ['privileged', context?.privileged !== true],
    ['allowPrivilegeEscalation', context?.allowPrivilegeEscalation === false],
    ['capabilities.drop', context?.capabilities?.drop?.includes('ALL') === true],
    ['capabilities.add', (context?.capabilities?.add ?? []).every((name) => name === 'NET_BIND_SERVICE')],
    ['runAsNonRoot', (context?.runAsNonRoot ?? pod?.runAsNonRoot) === true],
    ['runAsUser', context?.runAsUser !== 0],
    [
      'seccompProfile',
      ['RuntimeDefault', 'Localhost'].includes((context?.seccompProfile ?? pod?.seccompProfile)?.type ?? ''),
    ],
    ['procMount', [undefined, 'Default'].includes(context?.procMount)],
    ['hostPort', (container.ports ?? []).every(({ hostPort }) => (hostPort ?? 0) === 0)],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => `${container.name} ${rule}`);
}
