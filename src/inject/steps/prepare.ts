/**
 * Adds the init container that brings the source, the server and the installer into the Pod, and the dependencies too
 * where a fast installer may.
 *
 * Fields: spec.initContainers
 */
import type { V1VolumeMount } from '@kubernetes/client-node';
import { settingsOf } from '../../dependencies/settings.ts';
import { exceptionsOfPod } from '../../exceptions/of-pod.ts';
import { DEFAULT_API } from '../../function/api.ts';
import { otherChoices } from '../../function/installers.ts';
import { HANDLER_OF_SOURCE, INIT_CONTAINERS, PATHS, VOLUMES } from '../../function/keys.ts';
import { formatSource } from '../../function/source.ts';
import { formatStamp } from '../../function/stamp.ts';
import { PREPARE_COMMAND } from '../../function/toolkit.ts';
import type { InjectionContext, Step } from '../context.ts';
import { literal } from '../literal.ts';
import { initResources } from '../resources/init-resources.ts';
import {
  appendInitContainer,
  COMMON_MOUNTS,
  injectedEnv,
  injectedSecurity,
  installMounts,
  sharedInstallArguments,
} from './injected-container.ts';

export const prepare: Step = (pod, context) => {
  const { toolkit, install } = context.configuration;
  const installs = context.installPlan.kind === 'fast' || context.installPlan.kind === 'either';
  return appendInitContainer(pod, {
    name: INIT_CONTAINERS.prepare,
    image: toolkit.image,
    ...(toolkit.imagePullPolicy !== undefined && { imagePullPolicy: toolkit.imagePullPolicy }),
    command: [...PREPARE_COMMAND],
    args: prepareArguments(context).map(literal),
    env: injectedEnv(context),
    resources: initResources(installs ? install.resources : toolkit.resources, context),
    securityContext: injectedSecurity(pod, context),
    volumeMounts: [...COMMON_MOUNTS, ...sourceMounts(context), ...(installs ? installMounts(context.definition) : [])],
  });
};

function prepareArguments(context: InjectionContext): readonly string[] {
  const { configuration, definition, handler, source, namespace, installPlan, pinned, exceptions = [] } = context;
  return [
    `--source=${formatSource(pinned?.source ?? definition.source)}`,
    `--language=${definition.runtime.language}`,
    ...(definition.server && definition.api !== DEFAULT_API ? [`--api=${definition.api}`] : []),
    `--root=${PATHS.root}`,
    ...(definition.source.type === 'git' ? [] : [`--from=${PATHS.source}`]),
    ...(definition.sourceAuth === undefined ? [] : [`--auth=${PATHS.sourceAuth}`]),
    ...(definition.server
      ? [`--handler=${handler === undefined ? HANDLER_OF_SOURCE : `${handler.file}.${handler.export}`}`]
      : []),
    ...(source.type === 'files' ? [`--digest=${source.digest}`] : []),
    ...(pinned === undefined ? [] : [`--revision=${formatStamp(pinned.stamp)}`]),
    ...(pinned?.lock === undefined ? [] : [`--lock=${PATHS.lock}`]),
    `--level=${namespace.levels.enforce}`,
    ...settingsOf(configuration.dependencies, definition.runtime.language).registries.map(
      (registry) => `--allowed-registry=${registry}`,
    ),
    ...exceptionsOfPod(exceptions).map((exception) => `--exception=${exception}`),
    ...(definition.installScripts ? ['--allow-scripts'] : []),
    ...(installPlan.kind === 'own' || installPlan.kind === 'either' ? ['--install'] : []),
    ...(installPlan.kind === 'own' ? [`--reason=${installPlan.installer}: ${installPlan.reason}`] : []),
    ...(installPlan.kind === 'fast' || installPlan.kind === 'either'
      ? [
          `--fast=${installPlan.installer}`,
          `--version=${definition.runtime.version}`,
          ...(definition.runtime.libc === undefined ? [] : [`--libc=${definition.runtime.libc}`]),
          ...(installPlan.kind === 'fast' && installPlan.asked ? ['--asked', ...otherwise(context)] : []),
          ...sharedInstallArguments(context),
        ]
      : []),
  ];
}

/** What the Pod advises where the installer cannot install what only the Pod sees. */
function otherwise({ configuration, definition }: InjectionContext): readonly string[] {
  const choices = otherChoices(definition.runtime, configuration.install.installers, definition.installer);
  return choices.slice(0, 1).map((choice) => `--otherwise=${choice}`);
}

function sourceMounts({ definition, pinned }: InjectionContext): readonly V1VolumeMount[] {
  return [
    ...(definition.source.type === 'git' ? [] : [{ name: VOLUMES.source, mountPath: PATHS.source, readOnly: true }]),
    ...(definition.sourceAuth === undefined
      ? []
      : [{ name: VOLUMES.sourceAuth, mountPath: PATHS.sourceAuth, readOnly: true }]),
    ...(pinned?.lock === undefined ? [] : [{ name: VOLUMES.lock, mountPath: PATHS.lock, readOnly: true }]),
  ];
}
