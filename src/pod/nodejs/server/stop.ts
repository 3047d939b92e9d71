/** An orderly end: not ready, finish what runs, close. */
import { note } from './journal.ts';
import type { FunctionServer } from './server.ts';
import type { Tracing } from './tracing/tracing.ts';

const RECENT_MILLISECONDS = 10_000;
/**
 * How long a server that had requests recently still accepts them: so that whoever holds a connection hears `Connection:
 * close` instead of finding it closed, and proxies hear that the Pod is going.
 */
const LINGER_MILLISECONDS = 1000;

/** Stops at the first SIGTERM or SIGINT; a second one does not wait. @returns whether it was asked to stop */
export function stopOnSignals(server: FunctionServer, tracing: Tracing | undefined): () => boolean {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(signal === 'SIGTERM' ? 143 : 130);
      stopping = true;
      stop(server, tracing);
    });
  }
  return () => stopping;
}

function stop(server: FunctionServer, tracing: Tracing | undefined): void {
  note('info', 'asked to stop: finishing what runs');
  let closed = false;
  let ended = false;
  const endIfIdle = (): void => {
    if (!closed || ended || server.running() > 0) return;
    ended = true;
    void end();
  };
  const end = async (): Promise<void> => {
    await tracing?.shutdown();
    note('info', 'stopped');
    // Timers and connections of the handler's own do not keep the Pod.
    process.exit(0);
  };
  server.beginToStop(endIfIdle);
  const linger = performance.now() - server.lastRequest() < RECENT_MILLISECONDS ? LINGER_MILLISECONDS : 0;
  setTimeout(() => {
    closed = true;
    server.http.close();
    server.http.closeIdleConnections();
    endIfIdle();
  }, linger);
}
