import type { LanguageRuntime } from '../../function/languages/traits.ts';
import type { ContainerProgram } from '../container-process.ts';
import type { DebugRelay } from '../debug/debug-relay.ts';
import type { RunFailure } from '../failure.ts';

/** The program of this machine that stands in for a runtime's image. */
export interface Interpreter {
  /** Absolute path. */
  readonly command: string;
  /** Full version, e.g. `3.12.1`. */
  readonly version: string;
  /** Whether it is the version that the Pod would have. */
  readonly same: boolean;
}

/** What running a Function on this machine has to know of a language. */
export interface RunRow {
  /** @param searchPath of the environment */
  readonly findInterpreter: (runtime: LanguageRuntime, searchPath: string) => Promise<Interpreter | undefined>;
  /** What runs its programs in place of the interpreter, by the command of an engine. */
  readonly findEngine?: Readonly<Record<string, (searchPath: string) => Promise<Interpreter | undefined>>>;
  /** Whether its interpreter is Node.js, which prepares Functions in every language. */
  readonly isNode?: true;
  /** What a machine lacks on which no interpreter is found, e.g. `Python 3.11 or newer with pip`. */
  readonly needs: string;
  /** The names by which a runtime's image calls its interpreter, beside the one of the catalogue. */
  readonly interpreterNames: (version: string) => readonly string[];
  /** Whether the entry point of the images gives a first argument to the interpreter. */
  readonly takesArgument?: (argument: string) => boolean;
  /** What installers read of a dependency file: packages are kept if it is the same string after an edit. */
  readonly installs: (file: string, text: string) => string;
  /** Where debuggers look if they are not told. */
  readonly debugPort: number;
  /** @returns undefined if the port is taken */
  readonly openDebugRelay: (port: number) => Promise<DebugRelay | undefined>;
  /** Opens the Function's program to a debugger, at a port of this machine's loopback alone. */
  readonly openToDebugger: (
    own: ContainerProgram,
    command: string,
    port: number,
  ) => Promise<ContainerProgram | RunFailure>;
}

export const isVersion = (full: string, wanted: string): boolean => full === wanted || full.startsWith(`${wanted}.`);
