import type { JsonObject } from '../json-file.ts';
import { LockAsks } from './asks.ts';
import { LockChildren } from './children.ts';
import { LockEntries } from './entries.ts';
import { HAS_CHILDREN, NO_ENTRY } from './marks.ts';
import { LockNames } from './names.ts';
import { type LockNode, parsedNode } from './node.ts';

/** Bytes that a package takes in a lock as npm writes it, at the least. */
const ENTRY_BYTES = 250;

/** The packages of a lock at their places in the tree of node_modules. What is outside of it, only links lead to. */
export class LockTable {
  readonly bytes: Buffer;
  readonly names: LockNames;
  readonly entries: LockEntries;
  readonly asks = new LockAsks();
  readonly children = new LockChildren();
  lockfileVersion: unknown;
  /** Where the package at the source's root stands, where there is one. */
  root = { from: -1, to: -1 };

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.names = new LockNames(bytes);
    this.entries = new LockEntries(bytes.length / ENTRY_BYTES);
  }

  /** What Node.js finds for a name from a package, or from the top: the nearest node_modules upwards. */
  lookUp(from: number, name: number): number {
    for (let entry = from; entry !== NO_ENTRY; entry = this.entries.parent(entry)) {
      if (!this.entries.has(entry, HAS_CHILDREN)) continue;
      const found = this.children.find(entry, name);
      if (found !== NO_ENTRY) return found;
    }
    return this.children.find(NO_ENTRY, name);
  }

  nameOf(name: number): string {
    return this.text(this.names.from(name), this.names.to(name));
  }

  text(from: number, to: number): string {
    return this.bytes.toString('latin1', from, to);
  }

  /** All that the lock has of a package; of the root for NO_ENTRY. */
  objectOf(entry: number): JsonObject {
    const { entries, root } = this;
    const from = entry === NO_ENTRY ? root.from : entries.from(entry);
    const to = entry === NO_ENTRY ? root.to : entries.to(entry);
    return from === -1 ? {} : (JSON.parse(this.bytes.toString('utf8', from, to)) as JsonObject);
  }

  nodeOf(entry: number): LockNode {
    const { entries } = this;
    return parsedNode(this.text(entries.locationFrom(entry), entries.locationTo(entry)), this.objectOf(entry));
  }
}
