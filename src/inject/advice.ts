import { ANNOTATIONS, FUNCTION_LABEL, PORT_NAME, REVISION_ANNOTATION } from '../function/keys.ts';
import { LANGUAGES } from '../function/languages.ts';
import { formatSource } from '../function/source.ts';
import type { Warning } from '../outcome/finding.ts';
import { annotationField } from '../outcome/place.ts';
import { UNKNOWN_PORT, type InjectionContext } from './context.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { isSet } from './resources/profile.ts';

type Advice = (pod: PodLike, context: InjectionContext) => readonly Warning[];

const deprecatedRuntime: Advice = (_pod, { definition }) => {
  const { deprecated } = definition.runtime;
  if (deprecated === undefined) return [];
  const field = annotationField(ANNOTATIONS.runtime);
  return [
    {
      code: 'runtime-deprecated',
      field,
      problem: `the runtime ${definition.runtimeName} is deprecated`,
      fix: deprecated,
    },
  ];
};

const unlabelledSource: Advice = (_pod, { definition, source }) => {
  if (source.type !== 'files' || source.labelled) return [];
  return [
    {
      code: 'source-unlabelled',
      field: annotationField(ANNOTATIONS.source),
      problem: `${formatSource(definition.source)} has no label ${FUNCTION_LABEL}, so nothing stops a bad edit of it`,
      fix: `label it ${FUNCTION_LABEL}=${definition.name}`,
    },
  ];
};

const ignoredRevision: Advice = (pod, { definition }) => {
  if (pod.metadata?.annotations?.[REVISION_ANNOTATION] === undefined || definition.stamp !== undefined) return [];
  return [
    {
      code: 'revision-ignored',
      field: annotationField(REVISION_ANNOTATION),
      problem: `the revision is not one of ${formatSource(definition.source)}, so each Pod runs the source as it is when it starts`,
      fix: 'remove the annotation; Buildless writes it',
    },
  ];
};

const ignoredHandler: Advice = (_pod, { definition }) => {
  if (definition.server || !definition.handlerGiven) return [];
  return [
    {
      code: 'handler-ignored',
      field: annotationField(ANNOTATIONS.handler),
      problem: `the container "${definition.containerName}" has its own command or args, so no handler is loaded`,
      fix: 'remove the annotation, or the command',
    },
  ];
};

const serverInJob: Advice = (pod, { definition }) => {
  const policy = pod.spec?.restartPolicy;
  if (!definition.server || (policy !== 'Never' && policy !== 'OnFailure')) return [];
  return [
    {
      code: 'server-in-job',
      field: ['spec', 'restartPolicy'],
      problem: `the Pod is meant to end (${policy}), and the HTTP server does not`,
      fix: `give the container "${definition.containerName}" a command`,
    },
  ];
};

const sharedPort: Advice = (_pod, { definition, port, ports }) => {
  if (!definition.server) return [];
  return ports
    .filter(({ own, number, protocol }) => !own && number === port && protocol === 'TCP')
    .map(({ field, containerName }) => ({
      code: 'port-shared' as const,
      field,
      problem: `the container "${containerName}" declares port ${port}, where the Function's server listens`,
      fix: "move one of the two; the Function's is the port named http in its container",
    }));
};

const takenPortName: Advice = (_pod, { definition, port, ports }) => {
  if (!definition.server || port === UNKNOWN_PORT) return [];
  const first = ports.find(({ name }) => name === PORT_NAME);
  if (first === undefined || (first.own && first.number === port && first.protocol === 'TCP')) return [];
  return [
    {
      code: 'port-name-taken',
      field: first.field,
      problem: `the port named "${PORT_NAME}" is port ${first.number}/${first.protocol} of the container "${first.containerName}", and the Function listens on ${port}`,
      fix: `no action needed if Services are meant to reach "${first.containerName}"; else use targetPort: ${port}`,
    },
  ];
};

const UNPRIVILEGED_PORTS = 'net.ipv4.ip_unprivileged_port_start';
const FIRST_UNPRIVILEGED_PORT = 1024;

const privilegedPort: Advice = ({ spec }, { definition, port }) => {
  if (!definition.server || port === UNKNOWN_PORT || port >= FIRST_UNPRIVILEGED_PORT) return [];
  const sysctl = spec?.securityContext?.sysctls?.find(({ name }) => name === UNPRIVILEGED_PORTS);
  if (sysctl !== undefined && Number(sysctl.value) <= port) return [];
  return [
    {
      code: 'port-privileged',
      field: ['spec', 'containers', definition.containerIndex],
      problem: `the Function listens on port ${port}; on some nodes a user other than root cannot listen below ${FIRST_UNPRIVILEGED_PORT}`,
      fix: `use a port from ${FIRST_UNPRIVILEGED_PORT} on, or set the sysctl ${UNPRIVILEGED_PORTS} in spec.securityContext.sysctls`,
    },
  ];
};

const keptSearchPath: Advice = (pod, { definition, installPlan }) => {
  const { searchPath } = LANGUAGES.of(definition.runtime.language);
  const container = pod.spec?.containers[definition.containerIndex];
  const index = container?.env?.findIndex(({ name }) => name === searchPath?.name) ?? -1;
  // Our own server looks in both folders anyway.
  if (searchPath === undefined || index < 0 || definition.server || installPlan.kind === 'none') return [];
  return [
    {
      code: 'search-path-kept',
      field: ['spec', 'containers', definition.containerIndex, 'env', index],
      problem: `the container sets ${searchPath.name} itself, so the installed dependencies may not be found`,
      fix: `add ${searchPath.value} to it`,
    },
  ];
};

const narrowedProfile: Advice = (pod, { definition, resources }) => {
  const container = pod.spec?.containers[definition.containerIndex];
  if (container === undefined) return [];
  return resources.narrowed.map(({ resource, kind, wanted, used }) => ({
    code: 'profile-narrowed' as const,
    field: annotationField(ANNOTATIONS.profile),
    problem: `the profile ${definition.profile} has the ${resource} ${kind} ${wanted}, and a LimitRange of the namespace makes it ${used}`,
    fix: `choose a profile that fits, or set resources of the container "${container.name}"`,
  }));
};

/** A quota counts what each container sets; a Pod with one that sets nothing is refused by the API server. */
const unmetQuota: Advice = (pod, context) => {
  const { containerIndex } = context.definition;
  const { quotas, container: ranges } = context.namespace.limits;
  const counted = Object.entries(quotas);
  if (counted.length === 0 || isSet(pod.spec?.resources)) return [];
  const containers = (pod.spec?.containers ?? []).map((container, index) =>
    index === containerIndex
      ? { ...container, resources: context.resources.changed ?? container.resources }
      : container,
  );
  return containers.flatMap(({ name, resources = {} }, index) =>
    counted.flatMap(([key, quota]) => {
      const [kind, resource] = key.startsWith('limits.')
        ? (['limits', key.slice('limits.'.length)] as const)
        : (['requests', key.slice('requests.'.length)] as const);
      // A request may come from the limit, and both from LimitRanger.
      const given = kind === 'limits' ? resources.limits : { ...resources.limits, ...resources.requests };
      if (!COMPUTE_RESOURCES.includes(resource) || given?.[resource] !== undefined) return [];
      if (ranges[resource]?.defaultLimit !== undefined) return [];
      return [
        {
          code: 'quota-unmet' as const,
          field: ['spec', 'containers', index, 'resources', kind, resource],
          problem: `the ResourceQuota "${quota}" counts ${key}, and the container "${name}" sets none, so the API server refuses the Pod`,
          fix:
            index === containerIndex ? `set it, or choose a profile that has it with ${ANNOTATIONS.profile}` : 'set it',
        },
      ];
    }),
  );
};

const COMPUTE_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];

/** What an author should know and is free to ignore. */
const ADVICE: readonly Advice[] = [
  deprecatedRuntime,
  unlabelledSource,
  ignoredRevision,
  ignoredHandler,
  serverInJob,
  sharedPort,
  takenPortName,
  privilegedPort,
  keptSearchPath,
  narrowedProfile,
  unmetQuota,
];

/** Every piece of advice for a Pod, as its author wrote it. */
export const adviceFor: Advice = (pod, context) => ADVICE.flatMap((advice) => advice(pod, context));
