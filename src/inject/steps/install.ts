/**
 * Adds the init container that installs the dependencies, in the runtime's own image so that native packages fit; none
 * where admission sees that there is nothing to install.
 *
 * Fields: spec.initContainers
 */
import { INIT_CONTAINERS, PATHS, VOLUMES } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { InjectionContext, Step } from '../context.ts';
import { appendInitContainer, COMMON_MOUNTS, HOME, injectedSecurity } from './injected-container.ts';

export const install: Step = (pod, context) => {
  if (!context.install) return pod;
  const { definition, configuration } = context;
  const { runtime } = definition;
  return appendInitContainer(pod, {
    name: INIT_CONTAINERS.install,
    image: runtime.image,
    command: [runtime.interpreter, LANGUAGES[runtime.language].installer],
    args: installArguments(context),
    env: [HOME],
    resources: configuration.install.resources,
    securityContext: injectedSecurity(pod, context),
    volumeMounts: [
      ...COMMON_MOUNTS,
      ...(definition.registry === undefined
        ? []
        : [{ name: VOLUMES.registry, mountPath: PATHS.registry, readOnly: true }]),
      ...(definition.cache === undefined ? [] : [{ name: VOLUMES.cache, mountPath: PATHS.cache }]),
    ],
  });
};

function installArguments({ definition, configuration }: InjectionContext): string[] {
  const { registryFile } = LANGUAGES[definition.runtime.language];
  return [
    `--root=${PATHS.root}`,
    `--timeout=${configuration.install.timeoutSeconds}`,
    ...(definition.registry === undefined ? [] : [`--registry=${PATHS.registry}/${registryFile}`]),
    ...(definition.installScripts ? ['--allow-scripts'] : []),
    ...(definition.cache === undefined ? [] : [`--cache=${PATHS.cache}`]),
  ];
}
