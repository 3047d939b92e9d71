import type { Level } from '../../dependencies/policy.ts';
import type { SourceFiles } from '../../function/files.ts';
import type { ProgramContext } from '../program/context.ts';
import type { ProgramEnd } from '../program/run-program.ts';
import type { Redactor } from '../program/redaction.ts';
import { type Refusal, refuse } from '../program/refusal.ts';

/** What a fast installer is told. */
export interface FastInstallOptions {
  /** Name of the program, and of its folder in a cache. */
  readonly installer: string;
  /** Folder where it puts the packages, below that of the source. */
  readonly packages: string;
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

export interface ToolkitContext extends ProgramContext {
  /** Folder with the fast installers, `bun` and `uv`. */
  readonly tools: string;
}

/** A call of the tool, with what all calls share. */
export interface Tool {
  readonly options: FastInstallOptions;
  readonly context: ToolkitContext;
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

/** Looks at a source, which a lock makes long, once for whether and how it is installed; or says why another is to do it. */
export type ToolkitInstaller = (
  files: SourceFiles,
  options: Pick<FastInstallOptions, 'asked' | 'version'>,
) => Install | { readonly declined: string };

/** What the tool's end means; undefined if it is success. Where another may succeed it is not the last word. */
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
