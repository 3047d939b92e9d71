/** What the environment says about the Function, read once. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { APIS, DEFAULT_API, type Api } from '../../../function/api.ts';
import type { SourceView } from '../../../function/handler.ts';
import { API_VARIABLE, DEFAULT_EXPORT, DEFAULT_HANDLER_FILE, PATHS } from '../../../function/keys.ts';
import { handlerOfPackageJson } from '../../../function/languages/nodejs.ts';

export interface Settings {
  readonly api: Api;
  /** Where the Function's code is. */
  readonly folder: string;
  /** Path of the handler's file in that folder, without its extension. */
  readonly module: string;
  /** Name of the handler among the exports of that file. */
  readonly export: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Where `/healthz` is answered however busy the handler is; undefined for nowhere. */
  readonly healthPort: number | undefined;
  /** Seconds that a call may take. */
  readonly timeout: number;
  /** Megabytes that a request's body may have. */
  readonly bodyLimit: number;
  /** Value of `Access-Control-Allow-Origin`; empty for no CORS headers. */
  readonly corsOrigin: string;
  /** Where `emitCloudEvent` posts. */
  readonly publisher: string | undefined;
  /** Whether a client may see the trace of an error: on a developer's machine only. */
  readonly exposeErrors: boolean;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  readonly runtime: string | undefined;
}

/** Why a Function cannot be served. */
export interface Problem {
  /** What, where and how to fix it: for the log and for the Pod's termination message. */
  readonly problem: string;
  /** What only the log shows, such as a trace. */
  readonly detail?: string;
}

/** `setTimeout` takes no more milliseconds than an int32 has. */
const LONGEST_TIMEOUT = 2_147_483;
const MEGABYTE = 1024 * 1024;

export const bytesOf = (megabytes: number): number => Math.floor(megabytes * MEGABYTE);

/** Settings from the environment, or the variable that has no meaning. */
export function readSettings(env: NodeJS.ProcessEnv): Settings | Problem {
  const port = readPort(env, 'FUNC_PORT', 8080);
  if (typeof port === 'object') return port;
  const healthPort = readPort(env, 'BUILDLESS_HEALTH_PORT', undefined);
  if (typeof healthPort === 'object') return healthPort;
  const timeout = readNumber(env, 'FUNC_TIMEOUT', 180, 0.001, LONGEST_TIMEOUT);
  if (typeof timeout !== 'number') return timeout;
  const api = given(env[API_VARIABLE]) ?? DEFAULT_API;
  if (!isApi(api)) return { problem: `${API_VARIABLE} is "${api}": use event or http.` };
  const bodyLimit = readNumber(env, bodyLimitVariable(env, api), 1, 0, 1024);
  if (typeof bodyLimit !== 'number') return bodyLimit;
  const folder = given(env.HANDLER_PATH) ?? PATHS.function;
  const module = given(env.MOD_NAME)
    ?.replace(/^(\.?\/)+/, '')
    .replace(/\.[cm]?[jt]s$/, '');
  return {
    api,
    folder,
    module: module ?? handlerOfPackageJson(viewFolder(folder))?.file ?? DEFAULT_HANDLER_FILE,
    export: given(env.FUNC_HANDLER) ?? DEFAULT_EXPORT,
    port,
    healthPort,
    timeout,
    bodyLimit,
    corsOrigin: (env.BUILDLESS_CORS_ORIGIN ?? '*').trim(),
    publisher: given(env.PUBLISHER_PROXY_ADDRESS),
    exposeErrors: env.BUILDLESS_EXPOSE_ERRORS === '1',
    name: env.FUNC_NAME,
    namespace: env.SERVICE_NAMESPACE,
    runtime: env.FUNC_RUNTIME,
  };
}

const isApi = (text: string): text is Api => APIS.some((api) => api === text);

/** Kyma renamed it for the API of `main(req, res)`; both names work there, the new one first. */
const bodyLimitVariable = (env: NodeJS.ProcessEnv, api: Api): string =>
  api === 'http' && given(env.FUNC_BODY_MB_LIMIT) !== undefined ? 'FUNC_BODY_MB_LIMIT' : 'REQ_MB_LIMIT';

function viewFolder(folder: string): SourceView {
  const has = (file: string): boolean => existsSync(path.join(folder, file));
  return { has, read: (file) => (has(file) ? readFileSync(path.join(folder, file), 'utf8') : undefined) };
}

/** A variable that is set and empty counts as not set. */
const given = (text: string | undefined): string | undefined => (text === '' ? undefined : text);

function readPort<Default>(env: NodeJS.ProcessEnv, name: string, byDefault: Default): number | Default | Problem {
  if (given(env[name]?.trim()) === undefined) return byDefault;
  const port = readNumber(env, name, 0, 0, 65_535);
  if (typeof port === 'number' && !Number.isInteger(port)) {
    return { problem: `${name} is "${port}": give a whole number from 0 to 65535.` };
  }
  return port;
}

function readNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  byDefault: number,
  least: number,
  most: number,
): number | Problem {
  const text = given(env[name]?.trim());
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  return { problem: `${name} is "${text}": give a number from ${least} to ${most}.` };
}
