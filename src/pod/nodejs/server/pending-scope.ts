/**
 * What a call waits for, on an engine that does not report what a call starts (Bun has no hooks of node:async_hooks): each
 * timer, promise and request keeps the scope of its call until it has ended. Once nothing can reach the scope, nothing is pending.
 * Unlike `PendingResources` this includes intervals and idle connections.
 */
import { currentScope, type CallScope } from './current-call.ts';
import { isBun } from './engine.ts';
import { PendingResources, type Pending } from './pending.ts';
import { whenUnreachable } from './reachable.ts';

class PendingScope implements Pending {
  readonly #scope: WeakRef<CallScope>;
  #end: (() => void) | undefined;

  constructor(scope: WeakRef<CallScope>) {
    this.#scope = scope;
  }

  whenNone(_hasBegun: () => boolean, done: () => void): void {
    this.#end?.();
    this.#end = whenUnreachable(this.#scope, done);
  }

  close(): void {
    this.#end?.();
    this.#end = undefined;
  }

  /** Nobody calls these two: the engine reports nothing. */
  add(): boolean {
    return false;
  }

  remove(): void {
    // Nothing was added.
  }
}

/** Where a call runs, if that is what shows whether something is pending. */
export const scopeToWatch = (): WeakRef<CallScope> | undefined => (isBun ? currentScope() : undefined);

export const watchCall = (scope: WeakRef<CallScope> | undefined): Pending =>
  scope === undefined ? new PendingResources() : new PendingScope(scope);
