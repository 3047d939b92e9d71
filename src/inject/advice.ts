import { ANNOTATIONS, FUNCTION_LABEL } from '../function/keys.ts';
import { LANGUAGES } from '../function/languages.ts';
import { formatSource } from '../function/source.ts';
import type { Warning } from '../outcome/finding.ts';
import type { InjectionContext } from './context.ts';
import type { PodLike } from './injection.ts';

type Advice = (pod: PodLike, context: InjectionContext) => readonly Warning[];

const deprecatedRuntime: Advice = (_pod, { definition }) => {
  const { deprecated } = definition.runtime;
  if (deprecated === undefined) return [];
  const field = `metadata.annotations[${ANNOTATIONS.runtime}]`;
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
      field: `metadata.annotations[${ANNOTATIONS.source}]`,
      problem: `${formatSource(definition.source)} has no label ${FUNCTION_LABEL}, so a bad edit of it is not stopped when it is made`,
      fix: `label it ${FUNCTION_LABEL}=${definition.name}`,
    },
  ];
};

const ignoredHandler: Advice = (_pod, { definition }) => {
  if (definition.server || !definition.handlerGiven) return [];
  return [
    {
      code: 'handler-ignored',
      field: `metadata.annotations[${ANNOTATIONS.handler}]`,
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
      field: 'spec.restartPolicy',
      problem: `the Pod is meant to end (${policy}), and the HTTP server does not`,
      fix: `give the container "${definition.containerName}" a command`,
    },
  ];
};

const sharedPort: Advice = (pod, { definition, port }) => {
  if (!definition.server) return [];
  return (pod.spec?.containers ?? []).flatMap((container, index) => {
    const position = container.ports?.findIndex(({ containerPort }) => containerPort === port) ?? -1;
    if (index === definition.containerIndex || position < 0) return [];
    return [
      {
        code: 'port-shared' as const,
        field: `spec.containers[${index}].ports[${position}]`,
        problem: `the container "${container.name}" declares port ${port}, where the Function's server listens`,
        fix: "move one of the two; the Function's is the port named http in its container",
      },
    ];
  });
};

const keptSearchPath: Advice = (pod, { definition, installation }) => {
  const { searchPath } = LANGUAGES[definition.runtime.language];
  const container = pod.spec?.containers[definition.containerIndex];
  const index = container?.env?.findIndex(({ name }) => name === searchPath?.name) ?? -1;
  // Our own server looks in both folders by itself.
  if (searchPath === undefined || index < 0 || definition.server || installation.kind === 'none') return [];
  return [
    {
      code: 'search-path-kept',
      field: `spec.containers[${definition.containerIndex}].env[${index}]`,
      problem: `the container sets ${searchPath.name} itself, so the installed dependencies may not be found`,
      fix: `add ${searchPath.value} to it`,
    },
  ];
};

/** What an author should know and is free to ignore. */
const ADVICE: readonly Advice[] = [
  deprecatedRuntime,
  unlabelledSource,
  ignoredHandler,
  serverInJob,
  sharedPort,
  keptSearchPath,
];

/** Every piece of advice for a Pod, as its author wrote it. */
export const adviceFor: Advice = (pod, context) => ADVICE.flatMap((advice) => advice(pod, context));
