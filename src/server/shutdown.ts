import type { Logger } from './logging.ts';
import type { RunningServer } from './serve.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Waits for SIGTERM or SIGINT and stops the server. A second signal ends the wait for the API servers, as a person at a
 * terminal means it; what is in flight is finished even so.
 *
 * @returns when the server has stopped
 */
export function stopOnSignal(server: Pick<RunningServer, 'stop'>, logger: Pick<Logger, 'info'>): Promise<void> {
  const hurry = new AbortController();
  return new Promise((resolve, reject) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      logger.info({ signal }, asked ? 'asked again to stop' : 'asked to stop');
      if (asked) {
        hurry.abort();
        return;
      }
      asked = true;
      server
        .stop(hurry.signal)
        .finally(() => {
          for (const name of SIGNALS) process.off(name, onSignal);
        })
        .then(resolve, reject);
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
}
