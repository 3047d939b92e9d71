/**
 * Sets the variables that the server and the language need, where the author has not set them.
 *
 * Fields: spec.containers[FUNCTION].env
 */
import type { V1EnvVar } from '@kubernetes/client-node';
import { PATHS } from '../../function/keys.ts';
import { LANGUAGES } from '../../function/languages.ts';
import { changeFunction, type InjectionContext, type Step } from '../context.ts';
import { literal } from '../literal.ts';

export const env: Step = (pod, context) =>
  changeFunction(pod, context, (container) => {
    const given = container.env ?? [];
    const taken = new Set(given.map(({ name }) => name));
    const added = wanted(context).filter(({ name }) => !taken.has(name));
    return added.length === 0 ? container : { ...container, env: [...given, ...added] };
  });

function wanted(context: InjectionContext): readonly V1EnvVar[] {
  const { searchPath, env: languageEnv } = LANGUAGES[context.definition.runtime.language];
  return [
    ...(context.definition.server ? serverVariables(context) : []),
    ...variables(languageEnv),
    ...(searchPath === undefined || context.definition.server ? [] : [searchPath]),
  ];
}

function serverVariables({ configuration, definition, port }: InjectionContext): readonly V1EnvVar[] {
  const { server } = configuration;
  const own = [
    variable('FUNC_NAME', definition.name),
    variable('FUNC_RUNTIME', definition.runtimeName),
    variable('FUNC_HANDLER', definition.handler.export),
    variable('MOD_NAME', definition.handler.file),
    variable('HANDLER_PATH', PATHS.function),
    ...variables(LANGUAGES[definition.runtime.language].serverEnv),
    variable('FUNC_PORT', String(port)),
    variable('FUNC_TIMEOUT', String(server.timeoutSeconds)),
    variable('REQ_MB_LIMIT', String(server.bodyLimitMegabytes)),
    variable('OTEL_SERVICE_NAME', definition.name),
  ];
  const configured = variables(server.env);
  const overridden = new Set(configured.map(({ name }) => name));
  return [
    ...own.filter(({ name }) => !overridden.has(name)),
    // The namespace of a template is not known before its Pod exists.
    { name: 'SERVICE_NAMESPACE', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } } },
    ...configured,
  ];
}

const variable = (name: string, value: string): V1EnvVar => ({ name, value: literal(value) });

const variables = (values: Readonly<Record<string, string>>): V1EnvVar[] =>
  Object.entries(values).map(([name, value]) => variable(name, value));
