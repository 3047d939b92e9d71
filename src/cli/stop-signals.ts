import { constants } from 'node:os';

/** The signals that ask a command to end, as long as it runs. */
export interface StopSignals {
  /** Aborted by the first one. */
  readonly asked: AbortSignal;
  /** 128 and the number of the first one, as a shell has it; undefined while none came. */
  readonly status: () => number | undefined;
  /** Gives the signals their default action back. */
  readonly forget: () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Listens for signals; also for the end of whoever reads the output, as nobody is there then.
 *
 * @param onFirst called once, when the command begins to end
 * @param onSecond called when somebody does not want to wait for that
 */
export function listenForStop(onFirst: () => void, onSecond: () => void): StopSignals {
  const asked = new AbortController();
  let status: number | undefined;
  const stop = (signal: (typeof SIGNALS)[number] | 'SIGPIPE'): void => {
    if (status !== undefined) {
      onSecond();
      return;
    }
    status = 128 + constants.signals[signal];
    if (signal !== 'SIGPIPE') onFirst();
    asked.abort();
  };
  const outputEnded = (): void => {
    stop('SIGPIPE');
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  process.stdout.on('error', outputEnded);
  return {
    asked: asked.signal,
    status: () => status,
    forget: () => {
      for (const signal of SIGNALS) process.off(signal, stop);
    },
  };
}
