import type { JsonObject } from '../json-file.ts';
import { LockAsks } from './asks.ts';
import { LockNames } from './names.ts';
import { type LockNode, parsedNode } from './node.ts';
import type { Release } from '../satisfies.ts';

/** A package of a lock, of which little is kept but where it stands: places in the lock's bytes, -1 for what is not there. */
export class LockEntry implements Release {
  /** Of the location, without its quotes, and of the value. */
  readonly locationFrom: number;
  readonly locationTo: number;
  readonly from: number;
  to = -1;
  /** In whose node_modules it is; undefined at the top. */
  readonly parent: LockEntry | undefined;
  /** By the number of their name; most have none. */
  children: Map<number, LockEntry> | undefined = undefined;
  /** It is no link, has no shrinkwrap of its own, and all that a judgement reads is plain text. What follows is of such a one. */
  isPlain = true;
  /** Its version where that is a release, else -1. */
  major = -1;
  minor = -1;
  patch = -1;
  /** Its address is none of the public registry's. */
  isElsewhere = false;
  hasSha512 = false;
  inBundle = false;
  bundlesOthers = false;
  /** Of what it asks for, in LockTable. */
  asksFrom = 0;
  asksTo = 0;
  /** Set by who follows what is asked for. */
  isReached = false;

  constructor(locationFrom: number, locationTo: number, from: number, parent: LockEntry | undefined) {
    this.locationFrom = locationFrom;
    this.locationTo = locationTo;
    this.from = from;
    this.parent = parent;
  }
}

/** The packages of a lock at their places in the tree of node_modules. What is outside of it, only links lead to. */
export class LockTable {
  readonly bytes: Buffer;
  readonly names: LockNames;
  readonly asks: LockAsks;
  lockfileVersion: unknown;
  /** The package at the source's root, where there is one. */
  root: Pick<LockEntry, 'from' | 'to'> = { from: -1, to: -1 };
  /** At the top, by the number of their name. */
  readonly #top: (LockEntry | undefined)[] = [];

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.names = new LockNames(bytes);
    this.asks = new LockAsks();
  }

  /** What Node.js finds for a name from a package, or from the top: the nearest node_modules upwards. */
  lookUp(from: LockEntry | undefined, name: number): LockEntry | undefined {
    for (let entry = from; entry !== undefined; entry = entry.parent) {
      const found = entry.children?.get(name);
      if (found !== undefined) return found;
    }
    return this.#top[name];
  }

  childOf(parent: LockEntry | undefined, name: number): LockEntry | undefined {
    return parent === undefined ? this.#top[name] : parent.children?.get(name);
  }

  add(name: number, entry: LockEntry): void {
    if (entry.parent !== undefined) (entry.parent.children ??= new Map()).set(name, entry);
    else {
      while (this.#top.length <= name) this.#top.push(undefined);
      this.#top[name] = entry;
    }
  }

  nameOf(name: number): string {
    return this.text(this.names.from(name), this.names.to(name));
  }

  text(from: number, to: number): string {
    return this.bytes.toString('latin1', from, to);
  }

  objectOf({ from, to }: Pick<LockEntry, 'from' | 'to'>): JsonObject {
    return from === -1 ? {} : (JSON.parse(this.bytes.toString('utf8', from, to)) as JsonObject);
  }

  nodeOf(entry: LockEntry): LockNode {
    return parsedNode(this.text(entry.locationFrom, entry.locationTo), this.objectOf(entry));
  }
}
