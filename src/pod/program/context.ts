/** What a program of a Pod takes from its own process. */
export interface ProgramContext {
  readonly environment: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
  /** Aborted when the Pod is asked to stop. */
  readonly stop: AbortSignal;
}
