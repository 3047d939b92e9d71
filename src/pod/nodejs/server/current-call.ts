import { AsyncLocalStorage } from 'node:async_hooks';

/** What a call has started, by Node.js' async ids. */
export interface StartedResources {
  /** @returns whether the call waits for such a resource; only then it has to be told that it ended */
  add(id: number, type: string, resource: object): boolean;
  remove(id: number): void;
}

/** A call of a handler, of whichever API. */
export interface OngoingCall {
  /** What it has started; undefined if nobody wants to know. */
  readonly pending?: StartedResources | undefined;
  /** An exception or a rejection that nobody caught, in code that this call has started. */
  goAstray(error: unknown, where: string): void;
}

/** The call that the running code belongs to, also in its timers and promises. */
export const currentCall = new AsyncLocalStorage<OngoingCall | undefined>();

/**
 * Runs what belongs to no call. Node.js keeps the call that a timer was set in, and sets one for each idle connection: the
 * call, with the body of its request, would stay in memory until the next request. `exit` costs more before Node.js 24.
 */
export function outsideCalls(what: () => void): void {
  currentCall.run(undefined, what);
}
