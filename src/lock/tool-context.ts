/** Where a lock is made: what its tools see of the machine, and how long they may take. */
import { tmpdir } from 'node:os';

export interface ToolContext {
  /** All variables of npm, uv and pip: registries, proxies, home and cache folders. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder for temporary files. */
  readonly scratch: string;
  readonly stop: AbortSignal;
  /** For one run of a tool. */
  readonly timeoutSeconds: number;
  /** Characters of what a tool prints; one that prints more is ended. */
  readonly mostOutput?: number;
  /** Values that must not be printed. */
  readonly secrets: readonly string[];
  /** Called while a tool takes long. */
  readonly progress: (line: string) => void;
  /** Whether pip may resolve if uv is missing; pip can lock only for the machine that it runs on. */
  readonly pip: boolean;
}

const TIMEOUT_SECONDS = 300;

/**
 * The machine of the person who calls: their registries and credentials count.
 *
 * @param progress called while a tool takes long
 */
export function callersContext(progress: (line: string) => void): ToolContext {
  const environment = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {
    environment,
    scratch: tmpdir(),
    stop: new AbortController().signal,
    timeoutSeconds: TIMEOUT_SECONDS,
    secrets: Object.entries(environment).flatMap(([name, value]) =>
      /TOKEN|PASSWORD|SECRET|AUTH/i.test(name) ? [value] : [],
    ),
    progress,
    pip: true,
  };
}
