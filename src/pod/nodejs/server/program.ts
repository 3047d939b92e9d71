/** From start to stop: load the handler, listen, serve, and on SIGTERM finish what runs. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeTerminationMessage } from '../../program/termination.ts';
import type { Served } from './served.ts';
import { currentCall } from './current-call.ts';
import { startHealthThread } from './health/start.ts';
import { note } from './journal.ts';
import { loadHandler } from './load.ts';
import { Metrics } from './metrics.ts';
import { endProcess, writeToLog } from './originals.ts';
import { keepListening } from './process-events.ts';
import type { FunctionServer } from './front.ts';
import { createFunctionServer } from './server.ts';
import type { Api } from '../../../function/api.ts';
import { readSettings, type Problem, type Settings } from './settings.ts';
import { stopOnSignals } from './stop.ts';
import { readTraceExport } from './tracing/endpoint.ts';
import type { Tracing } from './tracing/tracing.ts';

/** Serves the Function that the environment describes; ends the process where it cannot. */
export async function run(env: NodeJS.ProcessEnv): Promise<void> {
  const settings = readSettings(env);
  if ('problem' in settings) return giveUp(settings, env);
  keepAlive();
  const tracing = await traceWhereAsked(settings, env);
  const serve = await SERVERS[settings.api](settings, tracing);
  const loading = watchLoading(settings.module, env);
  const loaded = await loadHandler(settings);
  loading.end();
  if ('problem' in loaded) return giveUp(loaded, env);

  const server = serve({ handler: loaded.handler, settings, metrics: new Metrics(), tracing });
  const port = await listen(server, settings.port);
  if (typeof port !== 'number') return giveUp(port, env);
  const healthPort = await startHealthThread(settings);
  if (typeof healthPort === 'object') return giveUp(healthPort, env);
  const isStopping = stopOnSignals(server, tracing);
  keepListening('exit', (code: number) => {
    if (!isStopping()) report(endedBy(settings, code), env, 'the Function ended');
  });
  const health = healthPort === undefined ? '' : `, health on ${healthPort}`;
  note('info', `${settings.module}.${settings.export} listens on port ${port}${health}`);
}

type Serve = (served: Served) => FunctionServer;

/** By API; a server prepares what the handler may ask for while it is loaded. */
const SERVERS: Readonly<Record<Api, (settings: Settings, tracing: Tracing | undefined) => Promise<Serve>>> = {
  event: () => Promise.resolve(createFunctionServer),
  http: async (settings, tracing) => {
    const { createHttpServer, provideSdk } = await import('../http-api/server.ts');
    provideSdk(settings, tracing);
    return createHttpServer;
  },
};

/** Before the handler is loaded, so that it finds the global tracer, and `http` as it will be. */
async function traceWhereAsked(settings: Settings, env: NodeJS.ProcessEnv): Promise<Tracing | undefined> {
  const exported = readTraceExport(env);
  if (exported.warning !== undefined) note('warn', exported.warning);
  if (exported.to === 'nowhere') return undefined;
  const { startTracing } = await import('./tracing/sdk.ts');
  return startTracing(settings, exported.url, env);
}

/** An error that no call awaits ends neither the process nor, where it can be told whose it is, in silence. */
function keepAlive(): void {
  keepListening('uncaughtException', (error: unknown) => {
    const call = currentCall();
    if (call === undefined) note('error', 'uncaught exception', { error });
    else call.goAstray(error, 'uncaught exception in main');
  });
  keepListening('unhandledRejection', (error: unknown) => {
    const call = currentCall();
    if (call === undefined) note('error', 'unhandled rejection', { error });
    else call.goAstray(error, 'unhandled rejection in main');
  });
}

/** What may end the process while the handler is loaded: a signal, the handler itself, or that nothing is left to do. */
function watchLoading(module: string, env: NodeJS.ProcessEnv): { end(): void } {
  const stop = (): void => endProcess(0);
  const ended = (given: number): void => {
    // Node writes down that a top-level await never settled after it has decided what to tell its listeners.
    const code = Number(process.exitCode ?? given);
    if (code === 0 && stopped) return;
    const problem =
      code === UNSETTLED
        ? `${module}: its top-level await waits for something that never comes.`
        : `${module}: it ended the process, with exit status ${code}, while it was loaded.`;
    report({ problem }, env);
    process.exitCode = 1;
  };
  let stopped = false;
  const stopEarly = (): void => {
    stopped = true;
    stop();
  };
  process.on('exit', ended);
  // As PID 1 a process has no default action for a signal.
  process.on('SIGTERM', stopEarly);
  process.on('SIGINT', stopEarly);
  return {
    end: () => {
      process.off('exit', ended);
      process.off('SIGTERM', stopEarly);
      process.off('SIGINT', stopEarly);
    },
  };
}

/** What users see of a handler that calls `process.exit`: without it a restart for no reason at all. */
const endedBy = ({ module }: Settings, code: number): Problem => ({
  problem: `${module}: it ended the process by process.exit(${code}), and with it every call that ran; return or throw instead.`,
});

/** Node's exit status for a top-level await that never settled (nodejs.org/api/process.html#exit-codes). */
const UNSETTLED = 13;

async function listen({ http }: FunctionServer, port: number): Promise<number | Problem> {
  http.listen(port);
  try {
    await once(http, 'listening');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Bun's message leaves the code out.
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = message.includes(code) ? message : `${message} ${code}`;
    return { problem: `Port ${port} (FUNC_PORT) cannot be listened on: ${reason}` };
  }
  http.on('error', (error) => {
    note('error', 'the server failed', { error });
  });
  const address: AddressInfo | string | null = http.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function giveUp(problem: Problem, env: NodeJS.ProcessEnv): never {
  report(problem, env);
  endProcess(1);
}

function report(
  { problem, detail }: Problem,
  env: NodeJS.ProcessEnv,
  headline = 'the Function cannot be started',
): void {
  if (detail !== undefined) writeToLog(`${detail}\n`);
  note('error', `${headline}\n${problem}`);
  writeTerminationMessage(problem, env);
}
