/**
 * Adds the init container that installs the dependencies, in the runtime's own image so that native packages fit; none
 * if there is nothing to install, or buildless-prepare does it.
 *
 * Fields: spec.initContainers
 */
import { INIT_CONTAINERS, PATHS } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { InjectionContext, Step } from '../context.ts';
import { initResources } from '../resources/init-resources.ts';
import {
  appendInitContainer,
  COMMON_MOUNTS,
  injectedEnv,
  injectedSecurity,
  installMounts,
  sharedInstallArguments,
} from './injected-container.ts';

export const install: Step = (pod, context) => {
  if (context.installPlan.kind === 'none' || context.installPlan.kind === 'fast') return pod;
  const { definition, configuration } = context;
  const { runtime } = definition;
  return appendInitContainer(pod, {
    name: INIT_CONTAINERS.install,
    image: runtime.image,
    command: [runtime.interpreter, LANGUAGES.of(runtime.language).installer],
    args: installArguments(context),
    env: injectedEnv(context),
    resources: initResources(configuration.install.resources, context),
    securityContext: injectedSecurity(pod, context),
    volumeMounts: [...COMMON_MOUNTS, ...installMounts(definition)],
  });
};

function installArguments(context: InjectionContext): string[] {
  return [
    `--root=${PATHS.root}`,
    ...sharedInstallArguments(context),
    ...(LANGUAGES.of(context.definition.runtime.language).installerTakesLevel === true
      ? [`--level=${context.namespace.levels.enforce}`]
      : []),
    ...(context.definition.installScripts ? ['--allow-scripts'] : []),
  ];
}
