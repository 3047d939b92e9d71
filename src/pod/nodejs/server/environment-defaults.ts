import { ENV_DEFAULTS_VARIABLE } from '../../../function/keys.ts';

/**
 * Sets the variables that are still unset to the defaults which the injection left in BUILDLESS_ENV_DEFAULTS, and removes
 * that one (src/inject/steps/env.ts). A value that is not a JSON object is not of the injection, and is left alone.
 */
export function applyEnvironmentDefaults(env: NodeJS.ProcessEnv): void {
  const text = env[ENV_DEFAULTS_VARIABLE];
  if (text === undefined) return;
  let defaults: unknown;
  try {
    defaults = JSON.parse(text);
  } catch {
    return;
  }
  if (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults)) return;
  Reflect.deleteProperty(env, ENV_DEFAULTS_VARIABLE);
  const entries: [string, unknown][] = Object.entries(defaults);
  for (const [name, value] of entries) if (typeof value === 'string') env[name] ??= value;
}
