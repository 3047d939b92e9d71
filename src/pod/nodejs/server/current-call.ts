import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from './call.ts';

/** The call that the running code belongs to, also in its timers and promises. */
export const currentCall = new AsyncLocalStorage<Call | undefined>();

/**
 * Runs what belongs to no call. Node.js keeps the call that a timer was set in, and sets one for each idle connection: the
 * call, with the body of its request, would stay in memory until the next request. `exit` costs more before Node.js 24.
 */
export function outsideCalls(what: () => void): void {
  currentCall.run(undefined, what);
}
