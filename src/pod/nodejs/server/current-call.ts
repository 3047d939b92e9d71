import { AsyncLocalStorage } from 'node:async_hooks';
import { OwnWeakRef } from './originals.ts';

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

/** What the code of a call runs in. Only its timers, promises and requests keep it, each until it has ended. */
export interface CallScope {
  readonly call: OngoingCall;
}

const scopes = new AsyncLocalStorage<CallScope | undefined>();

/** The call that the running code belongs to, also in its timers and promises. */
export const currentCall = (): OngoingCall | undefined => scopes.getStore()?.call;

/** Runs what belongs to a call. */
export function runInCall(call: OngoingCall, what: () => void): void {
  scopes.run({ call }, what);
}

/** Of the running code; not kept from being collected. */
export function currentScope(): WeakRef<CallScope> | undefined {
  const scope = scopes.getStore();
  return scope === undefined ? undefined : new OwnWeakRef(scope);
}

/**
 * Runs what belongs to no call. Node.js keeps the call that a timer was set in, and sets one for each idle connection: the
 * call, with the body of its request, would stay in memory until the next request. `exit` costs more before Node.js 24.
 */
export function outsideCalls(what: () => void): void {
  scopes.run(undefined, what);
}
