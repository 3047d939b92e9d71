/**
 * Listeners of the process that stay: for signals and for errors that nobody handles. `process.removeAllListeners` of a
 * handler or of a package it uses does not take them away; its own listeners are added and removed as always.
 */

import { apply } from './originals.ts';

type Listener = (...args: never[]) => void;

// Called with their object by `apply`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { listeners, on, removeAllListeners } = process;
const kept = new Map<string | symbol, Listener>();

/** Listens for an event of the process, for good. */
export function keepListening(event: string, listener: Listener): void {
  if (kept.size === 0) guard();
  kept.set(event, listener);
  apply(on, process, [event, listener]);
}

function guard(): void {
  const restore = (event: string | symbol, removed: Listener): void => {
    if (kept.get(event) === removed) apply(on, process, [event, removed]);
  };
  apply(on, process, ['removeListener', restore]);
  // Without a name it would also remove the listeners through which Node itself hears that a signal is listened for.
  process.removeAllListeners = (event?: string | symbol): NodeJS.Process => {
    const events = event === undefined ? process.eventNames() : [event];
    for (const name of events) {
      if (name === 'newListener' || name === 'removeListener') continue;
      apply(removeAllListeners, process, [name]);
      // Bun reports nothing of what this removes.
      const lost = kept.get(name);
      const left: unknown = apply(listeners, process, [name]);
      if (lost !== undefined && Array.isArray(left) && !left.includes(lost)) apply(on, process, [name, lost]);
    }
    return process;
  };
}
