/**
 * What a call has started and what has not ended: timers, requests to the system and to other servers, promises. While
 * something is pending, the handler may still answer.
 *
 * Node.js tells of each by async_hooks. That costs time, most of it for promises, so it listens only while a call may need
 * it: from the moment the handler asks for its response, or has a callback, until main has returned; and beyond for as long as
 * a call waits.
 */
import { createHook } from 'node:async_hooks';
import { currentCall, outsideCalls, type StartedResources } from './current-call.ts';
import { apply, later, OwnMap, propertyOf as get, soon } from './originals.ts';

/**
 * How a kind of resource counts.
 * - `once`: it ends, and then something of the call runs.
 * - `timer`: as `once`, unless it repeats or does not keep the process.
 * - `referenced`: as `once` while it keeps the process.
 * - `packing`: as `once` while zlib works on something.
 * - `lasting`: a socket. It may outlive the call in a pool, so it counts only for an answer that has begun.
 * - `never`: nothing of the call depends on it.
 */
type Kind = 'once' | 'timer' | 'referenced' | 'packing' | 'lasting' | 'never';

const KINDS = new Map<string, Kind>([
  ['Timeout', 'timer'],
  ['Immediate', 'once'],
  ['TickObject', 'once'],
  ['Microtask', 'once'],
  ['QueuedRequest', 'once'],
  ['PIPEWRAP', 'referenced'],
  ['PROCESSWRAP', 'referenced'],
  ['WORKER', 'referenced'],
  ['ZLIB', 'packing'],
  ['TCPWRAP', 'lasting'],
  ['TLSWRAP', 'lasting'],
  ['UDPWRAP', 'lasting'],
  ['HTTP2SESSION', 'lasting'],
  ['MESSAGEPORT', 'lasting'],
  ['TTYWRAP', 'never'],
  ['TCPSERVERWRAP', 'never'],
  ['PIPESERVERWRAP', 'never'],
  ['DNSCHANNEL', 'never'],
  ['FILEHANDLE', 'never'],
  ['DIRHANDLE', 'never'],
  ['FSEVENTWRAP', 'never'],
  ['STATWATCHER', 'never'],
  ['SIGNALWRAP', 'never'],
  ['ELDHISTOGRAM', 'never'],
  ['STREAM_END_OF_STREAM', 'never'],
]);

/** Node's own other kinds are in capitals. An AsyncResource of a package says nothing about its end. */
function kindOf(type: string): Kind {
  let kind = KINDS.get(type);
  if (kind === undefined) {
    kind = /^[\dA-Z]+$/.test(type) ? 'once' : 'never';
    KINDS.set(type, kind);
  }
  return kind;
}

/** Waiting calls are looked at so often: a timer that a handler clears, or a socket it lets go, is not always told at once. */
const FIRST_LOOK_MILLISECONDS = 20;
const LAST_LOOK_MILLISECONDS = 500;

interface Resource {
  readonly kind: Kind;
  /** Only of kinds that have to be asked. */
  readonly object: object | undefined;
}

const owners = new Map<number, StartedResources>();
const waiting = new Set<PendingResources>();
let watched = 0;
let looking = false;
let pause = FIRST_LOOK_MILLISECONDS;
/** Whether what is created belongs to this module, not to the call in whose name it happens to run. */
let own = false;

const hook = createHook({
  init(id, type, _trigger, resource) {
    if (own) return;
    const pending = currentCall()?.pending;
    if (pending === undefined) return;
    if (pending.add(id, type, resource)) owners.set(id, pending);
  },
  destroy: ended,
  promiseResolve: ended,
});

function ended(id: number): void {
  const pending = owners.get(id);
  if (pending === undefined) return;
  owners.delete(id);
  pending.remove(id);
}

/** What one call waits for. Whoever makes one closes it. */
export interface Pending extends StartedResources {
  /**
   * Calls back when nothing is pending any more; not before the code that runs now has ended.
   *
   * @param hasBegun whether the answer of the call has begun
   */
  whenNone(hasBegun: () => boolean, done: () => void): void;
  /** Nobody wants to know any more. */
  close(): void;
}

/** What one call has started since this was made. */
export class PendingResources implements Pending {
  readonly #resources = new OwnMap<number, Resource>();
  #whenNone: (() => void) | undefined;
  #hasBegun: () => boolean = () => false;

  constructor() {
    watched += 1;
    if (watched === 1) hook.enable();
  }

  whenNone(hasBegun: () => boolean, done: () => void): void {
    this.#hasBegun = hasBegun;
    this.#whenNone = done;
    waiting.add(this);
    pause = FIRST_LOOK_MILLISECONDS;
    lookSoon();
  }

  close(): void {
    waiting.delete(this);
    this.#whenNone = undefined;
    for (const id of this.#resources.keys()) owners.delete(id);
    this.#resources.clear();
    watched -= 1;
    if (watched === 0) hook.disable();
  }

  add(id: number, type: string, resource: object): boolean {
    const kind = kindOf(type);
    if (kind === 'never') return false;
    this.#resources.set(id, { kind, object: kind === 'once' ? undefined : resource });
    return true;
  }

  remove(id: number): void {
    this.#resources.delete(id);
    if (this.#resources.size === 0 && this.#whenNone !== undefined) lookSoon();
  }

  look(): void {
    for (const resource of this.#resources.values()) if (isPending(resource, this.#hasBegun())) return;
    const done = this.#whenNone;
    waiting.delete(this);
    this.#whenNone = undefined;
    done?.();
  }
}

function isPending({ kind, object }: Resource, begun: boolean): boolean {
  switch (kind) {
    case 'once':
      return true;
    case 'timer':
      return hasReference(object) && (begun || !repeats(object));
    case 'referenced':
      return hasReference(object);
    case 'packing':
      return typeof propertyOf(object, 'buffer') === 'object' && propertyOf(object, 'buffer') !== null;
    case 'lasting':
      return begun && hasReference(object);
    case 'never':
      return false;
  }
}

const propertyOf = (object: object | undefined, name: string): unknown =>
  object === undefined ? undefined : get(object, name);

const hasReference = (object: object | undefined): boolean =>
  object === undefined ||
  !('hasRef' in object) ||
  typeof object.hasRef !== 'function' ||
  apply(object.hasRef, object, []) !== false;

/** Node keeps the period of an interval there (lib/internal/timers.js). */
const repeats = (timer: object | undefined): boolean => typeof propertyOf(timer, '_repeat') === 'number';

function lookSoon(): void {
  if (looking) return;
  looking = true;
  schedule(() => {
    soon(lookAtAll);
  });
}

function lookAtAll(): void {
  looking = false;
  for (const pending of waiting) pending.look();
  if (waiting.size === 0) return;
  // An immediate by which Node tells what has ended does not keep the event loop from sleeping.
  schedule(() => {
    later(lookSoon, pause).unref();
  });
  pause = Math.min(pause * 2, LAST_LOOK_MILLISECONDS);
}

function schedule(what: () => void): void {
  apart(() => {
    outsideCalls(what);
  });
}

/** Runs what the server does for itself in the course of a call: what that starts is not the call's. */
export function apart<Result>(what: () => Result): Result {
  const before = own;
  own = true;
  try {
    return what();
  } finally {
    own = before;
  }
}
