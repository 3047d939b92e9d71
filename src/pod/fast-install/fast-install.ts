import { existsSync, rmSync } from 'node:fs';
import { access, constants, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Level } from '../../dependencies/policy.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { FastInstaller } from '../../function/installers.ts';
import { PYTHON_PACKAGES } from '../../function/languages/python.ts';
import { readJudgeableSource } from '../../dependencies/npm/source.ts';
import { whyNotBun, whyNotChosenBun } from '../../installers/bun.ts';
import { whyNotUv } from '../../installers/uv.ts';
import { type ProgramEnd, runProgram } from '../prepare/program.ts';
import type { Redactor } from '../prepare/redaction.ts';
import { type Refusal, refuse } from '../prepare/refusal.ts';
import { installWithBun } from './bun.ts';
import { installWithUv } from './uv.ts';

/** What a fast installer is told. */
export interface FastInstallOptions {
  readonly installer: FastInstaller;
  /** Folder with the source, where the packages go too. */
  readonly staging: string;
  /** Empty folder on the same volume, so that files are linked instead of copied. */
  readonly scratch: string;
  readonly timeoutSeconds: number;
  /** The namespace's level: what is installed is compared with what it let pass. */
  readonly level: Level;
  /** File of the registry Secret. */
  readonly registry?: string;
  /** Folder that outlives the Pod. */
  readonly cache?: string;
  /** Version of the language, e.g. `3.12`. */
  readonly version: string;
  /** C library of the runtime's image. */
  readonly libc: 'glibc' | 'musl';
  /** It was chosen: no other takes over. */
  readonly asked: boolean;
}

export interface FastInstallSurroundings {
  /** Folder with `bun` and `uv`. */
  readonly tools: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  readonly stop: AbortSignal;
}

/** A call of the tool, with what all calls share. */
export interface Tool {
  readonly options: FastInstallOptions;
  readonly surroundings: FastInstallSurroundings;
  readonly run: (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    redact: Redactor,
    /** Whether a failure is of no interest: something else is tried then. */
    isTrial?: boolean,
    /** Where it runs and for how long, if not in the folder of the source until the installation's time is over. */
    place?: { readonly directory?: string; readonly timeoutSeconds?: number },
  ) => Promise<ProgramEnd>;
  /** Folder for what is downloaded. */
  readonly cacheFolder: string;
  /** Whether the cache outlives the Pod. */
  readonly cached: boolean;
}

/** Done, declined for a reason (another installer may do it), or failed. */
export type FastInstallOutcome = 'installed' | { readonly declined: string } | Refusal;

type Install = (tool: Tool) => Promise<FastInstallOutcome>;

/** Look at a source, which a lock makes long, once for whether and how it is installed; or say why another is to do it. */
const INSTALL: Readonly<
  Record<FastInstaller, (files: SourceFiles, options: FastInstallOptions) => Install | { readonly declined: string }>
> = {
  bun: (files, { asked, version }) => {
    const source = readJudgeableSource(files);
    const reason = asked ? whyNotChosenBun(files, version, source) : whyNotBun(files, version, source);
    if (source === undefined) return { declined: reason ?? 'package.json cannot be read' };
    return reason === undefined ? (tool) => installWithBun(tool, source) : { declined: reason };
  },
  uv: (files, { asked }) => {
    const reason = asked ? undefined : whyNotUv(files);
    return reason === undefined ? (tool) => installWithUv(tool, files) : { declined: reason };
  },
};

/** Installs into `staging`, or says why another installer is to do it. */
export async function fastInstall(
  files: SourceFiles,
  options: FastInstallOptions,
  surroundings: FastInstallSurroundings,
): Promise<FastInstallOutcome> {
  const { installer, registry, staging } = options;
  const install = INSTALL[installer](files, options);
  if ('declined' in install) return install;
  const command = path.join(surroundings.tools, installer);
  if (!existsSync(command)) return { declined: `there is no ${installer} in ${surroundings.tools}` };
  if (registry !== undefined && !existsSync(registry)) {
    return refuse(`the Secret in buildless.dev/registry has no key "${path.basename(registry)}"; add it`);
  }
  // What a source brings that is not the whole.
  await rm(path.join(staging, FOLDERS[installer]), { recursive: true, force: true });
  await mkdir(options.scratch, { recursive: true });
  try {
    const shared = await sharedCache(options, surroundings.log);
    const start = performance.now();
    const tool: Tool = {
      options,
      surroundings,
      cacheFolder: shared ?? path.join(options.scratch, 'cache'),
      cached: shared !== undefined,
      run: async (args, env, redact, isTrial = false, place = {}) =>
        await runProgram({
          command,
          args,
          directory: place.directory ?? staging,
          env,
          timeoutSeconds: place.timeoutSeconds ?? options.timeoutSeconds,
          stop: surroundings.stop,
          onErrorLine: (line) => {
            if (line.trim() !== '' && !isTrial) surroundings.log(redact(line));
          },
        }),
    };
    const outcome = await install(tool);
    if (outcome === 'installed') {
      surroundings.log(`${installer} installed the packages in ${((performance.now() - start) / 1000).toFixed(2)} s`);
    }
    return surroundings.stop.aborted ? refuse('the Pod was told to stop') : outcome;
  } finally {
    // Not by promises, which take several times as long for the thousands of files of a cache.
    rmSync(options.scratch, { recursive: true, force: true });
  }
}

/** A cache that this user cannot write to costs time, not the installation. */
async function sharedCache(
  { cache, installer }: FastInstallOptions,
  log: (line: string) => void,
): Promise<string | undefined> {
  if (cache === undefined) return undefined;
  const folder = path.join(cache, installer);
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch {
    log(`attention: the cache ${cache} cannot be written by user ${String(process.getuid?.())}; going on without it`);
    return undefined;
  }
}

/** Where each puts the packages, below the Function's folder. */
const FOLDERS: Readonly<Record<FastInstaller, string>> = { bun: 'node_modules', uv: PYTHON_PACKAGES };

/** What the tool's end means; undefined where it is success. Where another may succeed it is not the last word. */
export function endOf(
  end: ProgramEnd,
  { options }: Tool,
  explain: (text: string) => string,
): Exclude<FastInstallOutcome, 'installed'> | undefined {
  const { installer, timeoutSeconds } = options;
  if (end.startError !== undefined) return { declined: `${installer} could not be started (${end.startError})` };
  if (end.timedOut) {
    return refuse(
      `${installer} did not finish within ${timeoutSeconds} s; see that the registry is up and fast, or have the administrator raise install.timeoutSeconds of the configuration`,
    );
  }
  if (end.signal === 'SIGKILL') {
    return refuse(
      `${installer} was killed, most likely as it ran out of memory; have the administrator raise install.resources (limits.memory) of the configuration`,
    );
  }
  return end.code === 0 ? undefined : { declined: explain(end.stderr) };
}
