import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { INIT_CONTAINERS, PATHS } from '../function/keys.ts';
import type { Runtime } from '../function/runtimes.ts';
import type { Resources } from '../manifests/resources.ts';
import { NETWORK_VARIABLES, pickEnvironment } from '../pod/program/run-program.ts';
import { commandOf } from './command.ts';
import type { ContainerProgram } from './container-process.ts';
import { environmentOf } from './environment.ts';
import type { RunFailure } from './failure.ts';
import type { Interpreter } from './languages/row.ts';
import { PathMap } from './path-map.ts';
import { mountsOf, type LocalVolumes } from './volumes.ts';

/** What every container of a Pod is turned into a program with. */
export interface PodContext {
  readonly pod: V1Pod;
  readonly runtime: Runtime;
  readonly interpreter: Interpreter;
  /** What containers call it. */
  readonly names: ReadonlySet<string>;
  readonly resources: Resources;
  readonly volumes: LocalVolumes;
  /** Folder with `pod/`: what the toolkit image has. */
  readonly toolkit: string;
  /** Of this process. */
  readonly environment: NodeJS.ProcessEnv;
  /** Folder of this run; `bin`, `home`, `root` and `termination` are below it. */
  readonly folder: string;
}

/**
 * What passes from this machine to a container's program: where programs are, the language of messages, and the way to the
 * network. Nothing else, as a Pod would not have it either.
 */
const PASSED_ON = [
  ...['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE'],
  ...NETWORK_VARIABLES,
];
/** And to the two injected init containers: where packages and repositories come from on this machine. */
const INSTALLERS_TOO = [
  ...['npm_config_registry', 'NPM_CONFIG_REGISTRY', 'npm_config_cafile', 'NPM_CONFIG_CAFILE'],
  ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_CERT', 'GIT_SSL_CAINFO', 'GIT_SSL_CAPATH'],
];
const INJECTED: readonly string[] = Object.values(INIT_CONTAINERS);

/** Whether a container is one of ours, and not the author's. */
export const isInjected = ({ name }: Pick<V1Container, 'name'>): boolean => INJECTED.includes(name);

/** Turns a container into a program of this machine: paths of its mounts rewritten, its own variables over those of this machine. */
export async function programOf(container: V1Container, context: PodContext): Promise<ContainerProgram | RunFailure> {
  const { pod, resources, volumes, folder, toolkit } = context;
  const injected = isInjected(container);
  const { values, unknown } = environmentOf(container, pod, resources);
  const mounts = await mountsOf(container, volumes, values);
  const paths = new PathMap([...mounts, ...(injected ? [{ podPath: PATHS.toolkit, localPath: toolkit }] : [])]);
  const command = commandOf(container, values, paths, context);
  if (command === undefined) return unknownCommand(container);

  const own = Object.fromEntries([...values].map(([name, value]) => [name, paths.rewrite(value)]));
  const passedOn = pickEnvironment(context.environment, [...PASSED_ON, ...(injected ? INSTALLERS_TOO : [])]);
  const temporary = paths.locate(PATHS.tmp);
  const terminationLog = path.join(folder, 'termination', container.name);
  const searchPath = [own.PATH, path.join(folder, 'bin'), passedOn.PATH].filter((entry) => entry !== undefined);
  return {
    name: container.name,
    terminationLog,
    unknownVariables: unknown.map((reason) => `${reason} (container ${container.name})`),
    program: {
      ...command,
      directory: await workingDirectory(container, paths, folder),
      env: {
        ...passedOn,
        HOME: path.join(folder, 'home'),
        ...(temporary !== undefined && { TMPDIR: temporary }),
        ...own,
        PATH: searchPath.join(path.delimiter),
        BUILDLESS_TERMINATION_LOG: terminationLog,
      },
    },
  };
}

/** A folder below a mount, or one of an empty root file system: the image's own are not here. */
async function workingDirectory({ workingDir }: V1Container, paths: PathMap, folder: string): Promise<string> {
  const directory =
    workingDir === undefined
      ? path.join(folder, 'root')
      : (paths.locate(workingDir) ?? path.join(folder, 'root', workingDir));
  // The Function's own folder comes into being later, by a rename.
  if (paths.locate(workingDir ?? '/') === undefined) await mkdir(directory, { recursive: true });
  return directory;
}

function unknownCommand({ name, image = '' }: V1Container): RunFailure {
  return {
    kind: 'wrong-input',
    problem: `the container ${name} has args and no command, and the entry point of its image ${image} is not known here`,
    fix: 'write the whole command into "command"',
  };
}
