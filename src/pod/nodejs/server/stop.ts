/** An orderly end: not ready, finish what runs, close. */
import { Server } from 'node:net';
import { note } from './journal.ts';
import { apply, endProcess, later, now, soon } from './originals.ts';
import { keepListening } from './process-events.ts';
import type { FunctionServer } from './front.ts';
import type { Tracing } from './tracing/tracing.ts';

// Called with its server by `apply`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { close: closeListener } = Server.prototype;

const RECENT_MILLISECONDS = 10_000;
/**
 * A server that had requests recently goes on accepting until for so long none has come: so that whoever holds a connection
 * hears `Connection: close` instead of finding it closed, and proxies hear that the Pod is going.
 */
const QUIET_MILLISECONDS = 800;
/** At the latest: kube-proxy may be a second late by itself (its `minSyncPeriod`), after the API server's own delay. */
const LONGEST_MILLISECONDS = 3000;
/** For the request of a connection that was opened at the last moment. */
const LAST_MILLISECONDS = 500;

/** Stops at the first SIGTERM or SIGINT; a second one does not wait. @returns whether it was asked to stop */
export function stopOnSignals(server: FunctionServer, tracing: Tracing | undefined): () => boolean {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    keepListening(signal, () => {
      if (stopping) endProcess(signal === 'SIGTERM' ? 143 : 130);
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
    endProcess(0);
  };
  const noMoreRequests = (): void => {
    closed = true;
    endIfIdle();
  };
  server.beginToStop(endIfIdle);
  whenQuiet(server, () => {
    // Node.js 26 takes a connection that no request came on yet for idle, and close() closes those that are.
    if (server.hasFreshConnections()) apply(closeListener, server.http, [noMoreRequests]);
    else server.http.close(noMoreRequests);
    later(noMoreRequests, LAST_MILLISECONDS);
  });
}

/** Calls back as soon as nobody seems to be left who has not heard that the Pod is going. */
function whenQuiet(server: FunctionServer, done: () => void): void {
  const asked = now();
  const look = (): void => {
    const quiet = Math.max(asked, server.lastRequest()) + QUIET_MILLISECONDS;
    const wait = Math.min(quiet, asked + LONGEST_MILLISECONDS) - now();
    if (wait > 0) later(look, wait);
    else whenNothingWaits(server, done);
  };
  if (asked - server.lastRequest() < RECENT_MILLISECONDS) look();
  else done();
}

/**
 * Calls back where no connection waits at the socket, as to close it resets those. The event loop accepts one in each turn
 * (libuv since 1.45), so there is none in a turn in which nothing happens. A turn with an answer is long enough for its client
 * to come again.
 */
function whenNothingWaits(server: FunctionServer, done: () => void): void {
  const latest = now() + LAST_MILLISECONDS;
  let connections = 0;
  const onConnection = (): void => {
    connections += 1;
  };
  const state = (): string => `${connections} ${server.lastRequest()} ${server.running()}`;
  let before = '';
  const turn = (): void => {
    const current = state();
    if (current !== before && now() < latest) {
      before = current;
      soon(turn);
      return;
    }
    server.http.off('connection', onConnection);
    done();
  };
  server.http.on('connection', onConnection);
  turn();
}
