/**
 * Sets the variables that the server and the language need, where the author has not set them.
 *
 * In Kubernetes `env` wins over `envFrom`, whose names only the kubelet knows. So in a container with `envFrom` a default
 * travels in one variable of ours, and the server sets what is still unset when it starts.
 *
 * Fields: spec.containers[FUNCTION].env
 */
import type { V1EnvFromSource, V1EnvVar } from '@kubernetes/client-node';
import { DEFAULT_API } from '../../function/api.ts';
import { API_VARIABLE, DEFAULT_EXPORT, ENV_DEFAULTS_VARIABLE, PATHS } from '../../function/keys.ts';
import { engineOf } from '../../function/engine.ts';
import { LANGUAGES } from '../../function/languages.ts';
import type { ContainerStep, InjectionContext } from '../context.ts';
import { HEALTH_PORT_VARIABLE, healthPort } from '../health-port.ts';
import { literal } from '../literal.ts';
import { isUnset } from '../../kubernetes/unset.ts';

export const env: ContainerStep = (container, context) => {
  const aside = healthPort(container, context);
  const health = aside === undefined ? [] : [variable(HEALTH_PORT_VARIABLE, String(aside))];
  const given = container.env ?? [];
  const taken = new Set(given.map(({ name }) => name));
  const unset = [...wanted(context), ...health].filter(({ name }) => !taken.has(name));
  const yielded = isUnset(container.envFrom) ? unset : yielding(unset, container.envFrom, context);
  const added = yielded.filter(({ name }) => !taken.has(name));
  return added.length === 0 ? container : { ...container, env: [...given, ...added] };
};

/** What the Pod's own facts decide; another value would be wrong. */
const FACTS: ReadonlySet<string> = new Set([
  'FUNC_NAME',
  'FUNC_RUNTIME',
  'FUNC_HANDLER',
  'MOD_NAME',
  'HANDLER_PATH',
  'FUNCTION_PATH',
  'FUNC_PORT',
  API_VARIABLE,
  'SERVICE_NAMESPACE',
  HEALTH_PORT_VARIABLE,
]);
/** What an interpreter or its libraries read before any program can set it. */
const READ_AT_START = /^(?:NODE_(?!ENV$)|BUN_|PYTHON|LD_|SSL_CERT_|UV_|MALLOC_|TZ$|LANG$|LC_)/;

/** Defaults in a form that gives way to what `envFrom` brings. */
function yielding(
  unset: readonly V1EnvVar[],
  sources: readonly V1EnvFromSource[],
  { definition }: InjectionContext,
): readonly V1EnvVar[] {
  const mayYield = ({ name, valueFrom }: V1EnvVar): boolean =>
    isUnset(valueFrom) &&
    !FACTS.has(name) &&
    !READ_AT_START.test(name) &&
    sources.some(({ prefix }) => name.startsWith(prefix ?? ''));
  const kept = unset.filter((item) => !mayYield(item));
  const moved = unset.filter(mayYield);
  // A program of the author's reads no defaults of ours: it gets what envFrom has.
  if (moved.length === 0 || !definition.server) return kept;
  const defaults = Object.fromEntries(moved.map(({ name, value = '' }) => [name, value]));
  return [...kept, { name: ENV_DEFAULTS_VARIABLE, value: JSON.stringify(defaults) }];
}

function wanted(context: InjectionContext): readonly V1EnvVar[] {
  const { runtime } = context.definition;
  const { searchPath, env: languageEnv } = LANGUAGES.of(runtime.language);
  return [
    ...(context.definition.server ? serverVariables(context) : []),
    ...variables(languageEnv),
    ...variables(engineOf(runtime)?.env ?? {}),
    ...(searchPath === undefined || context.definition.server ? [] : [searchPath]),
  ];
}

function serverVariables({ configuration, definition, handler, port }: InjectionContext): readonly V1EnvVar[] {
  const { server } = configuration;
  const own = [
    variable('FUNC_NAME', definition.name),
    variable('FUNC_RUNTIME', definition.runtimeName),
    variable('FUNC_HANDLER', handler?.export ?? DEFAULT_EXPORT),
    // Without it the server asks the source.
    ...(handler === undefined ? [] : [variable('MOD_NAME', handler.file)]),
    variable('HANDLER_PATH', PATHS.function),
    ...(definition.api === DEFAULT_API ? [] : [variable(API_VARIABLE, definition.api)]),
    ...variables(LANGUAGES.of(definition.runtime.language).serverEnv),
    variable('FUNC_PORT', String(port)),
    variable('FUNC_TIMEOUT', String(server.timeoutSeconds)),
    variable('REQ_MB_LIMIT', String(server.bodyLimitMegabytes)),
    variable('OTEL_SERVICE_NAME', definition.name),
  ];
  const configured = variables(server.env);
  const overridden = new Set(configured.map(({ name }) => name));
  return [
    ...own.filter(({ name }) => !overridden.has(name)),
    // The namespace of a template is not known before its Pod exists. Knative takes no reference to a field.
    ...(definition.knative === 'template' ? [] : [NAMESPACE]),
    ...configured,
  ];
}

const NAMESPACE: V1EnvVar = {
  name: 'SERVICE_NAMESPACE',
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } },
};

const variable = (name: string, value: string): V1EnvVar => ({ name, value: literal(value) });

const variables = (values: Readonly<Record<string, string>>): V1EnvVar[] =>
  Object.entries(values).map(([name, value]) => variable(name, value));
