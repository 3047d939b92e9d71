import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { INIT_CONTAINERS, STATUS_ANNOTATION, VOLUMES } from '../function/keys.ts';
import { LANGUAGES } from '../function/languages.ts';
import type { Runtime } from '../function/runtimes.ts';
import { parseStatus, type FunctionStatus } from '../inject/status.ts';
import type { Resources } from '../manifests/resources.ts';
import { interpreterNames, makeInterpreterFolder } from './command.ts';
import type { ContainerProgram } from './container-process.ts';
import { isInjected, programOf } from './container-program.ts';
import { planContainers } from './containers.ts';
import { differencesOf, type Difference } from './differences.ts';
import type { EventSink } from './event-sink.ts';
import { isFailure, type RunFailure } from './failure.ts';
import { RUNNING } from './languages.ts';
import type { Machine } from './machine.ts';
import { startProbeOf, type StartProbe } from './readiness.ts';
import { serverEnvironment } from './server-environment.ts';
import { findToolkit } from './toolkit.ts';
import { OLDEST_NODE } from '../standalone/node-program.ts';
import { makeVolumes, type LocalVolumes } from './volumes.ts';

export interface LocalPodInput {
  /** Injected, with the name and namespace that the API server would have given it. */
  readonly pod: V1Pod;
  /** ConfigMaps and Secrets that it refers to. */
  readonly resources: Resources;
  readonly runtimes: Readonly<Record<string, Runtime>>;
  /** Whether a debugger is to find it. */
  readonly inspect: boolean;
  /** Where this version's program is to wait for it. */
  readonly debugPort: number;
  /** Where the server is to listen; not used where the container has a command of its own. */
  readonly port: number | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly machine: Machine;
  /** Receives what the Function emits if there is nobody else to. */
  readonly events: EventSink;
  /** A folder for this Pod alone. */
  readonly folder: string;
  /** A folder for the volumes that outlive it. */
  readonly claims: string;
}

/** An injected Pod laid out on this machine; nothing of it runs yet. */
export interface LocalPod {
  readonly pod: V1Pod;
  readonly status: FunctionStatus;
  readonly runtime: Runtime;
  readonly init: readonly ContainerProgram[];
  readonly function: ContainerProgram;
  /** How its server is asked; undefined if it has a command of its own. */
  readonly probe: StartProbe | undefined;
  /** What `/buildless` is. */
  readonly appFolder: string;
  readonly differences: readonly Difference[];
}

/** Lays a Pod out: chooses its containers, fills its volumes, and finds the program of each container. */
export async function layOut(input: LocalPodInput): Promise<LocalPod | RunFailure> {
  const { pod, folder, machine } = input;
  const status = parseStatus(pod.metadata?.annotations?.[STATUS_ANNOTATION]);
  const runtime = status === undefined ? undefined : input.runtimes[status.runtime];
  const plan = status === undefined || runtime === undefined ? undefined : planContainers(pod, status, runtime);
  if (status === undefined || runtime === undefined || plan === undefined) {
    return wrongInput('the Pod is not injected as its annotation says', 'inject it again with this version');
  }
  const image = status.source.type === 'image' ? status.source.reference : undefined;
  if (image !== undefined) {
    return wrongInput(
      `the source ${image} is an image, and this machine does not pull images`,
      'run it in a cluster, or put its files into a ConfigMap for a try here',
    );
  }
  const row = RUNNING.of(runtime.language);
  if (row.isNode !== true && (await machine.node()) === undefined) {
    return wrongInput(
      `Node.js ${OLDEST_NODE.join('.')} or newer was not found on this machine; it prepares Functions in every language`,
      'install Node.js, and put it on the PATH',
    );
  }
  const interpreter = await machine.interpreter(runtime);
  if (interpreter === undefined) {
    const { title } = LANGUAGES.of(runtime.language);
    return wrongInput(
      `${title} ${runtime.version} is needed, and ${row.needs} was not found on this machine`,
      `install ${row.needs}, and put it on the PATH`,
    );
  }
  for (const name of ['bin', 'home', 'root', 'termination']) await mkdir(path.join(folder, name), { recursive: true });
  // Node.js has the debuggers that editors speak to.
  const engine = input.inspect ? undefined : await machine.engine(runtime);
  const names = interpreterNames(runtime, engine);
  await makeInterpreterFolder(path.join(folder, 'bin'), names, engine ?? interpreter);
  const volumes = await makeVolumes(pod, input.resources, {
    folder: path.join(folder, 'volumes'),
    claims: input.claims,
  });
  const lacking = lackingSecret(volumes);
  if (lacking !== undefined) return lacking;

  const context = { ...input, runtime, interpreter, names, volumes, toolkit: await findToolkit() };
  const own = { ...context, interpreter: engine ?? interpreter };
  const init: ContainerProgram[] = [];
  for (const container of plan.init) {
    const program = await programOf(container, isInjected(container) ? context : own);
    if (isFailure(program)) return program;
    init.push(program);
  }
  const asItIs = await programOf(plan.function, own);
  if (isFailure(asItIs)) return asItIs;
  const { env, differences } = status.server
    ? await serverEnvironment(asItIs.program.env, input)
    : { env: asItIs.program.env, differences: [] };
  const adapted = { ...asItIs, program: { ...asItIs.program, env } };
  const opened = input.inspect ? await row.openToDebugger(adapted, interpreter.command, input.debugPort) : adapted;
  if (isFailure(opened)) return opened;
  return {
    pod,
    status,
    runtime,
    init,
    function: opened,
    probe: status.server ? startProbeOf(plan.function) : undefined,
    appFolder: volumes.folders.get(VOLUMES.app) ?? folder,
    differences: [
      ...differencesOf({
        pod,
        plan,
        runtime,
        interpreter,
        engine,
        volumes,
        server: status.server,
        unknownVariables: [...init, opened].flatMap(({ unknownVariables }) => unknownVariables),
      }),
      ...differences,
    ],
  };
}

const wrongInput = (problem: string, fix: string): RunFailure => ({ kind: 'wrong-input', problem, fix });

/** An installation from another registry, or a clone without credentials, would be another one than the cluster's. */
function lackingSecret({ missing }: LocalVolumes): RunFailure | undefined {
  const secrets: readonly string[] = [VOLUMES.registry, VOLUMES.sourceAuth];
  const found = missing.find(({ volume }) => secrets.includes(volume));
  return found === undefined
    ? undefined
    : wrongInput(found.reason, 'add it to the input; a second -f may name a file that you keep elsewhere');
}

/** What a container's program left as its termination message. */
export async function terminationMessage({ terminationLog }: ContainerProgram): Promise<string> {
  return (await readFile(terminationLog, 'utf8').catch(() => '')).trim();
}

export const isInstaller = ({ name }: ContainerProgram): boolean => name === INIT_CONTAINERS.install;
export const isPrepare = ({ name }: ContainerProgram): boolean => name === INIT_CONTAINERS.prepare;
