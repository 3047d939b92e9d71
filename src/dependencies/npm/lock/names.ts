import { viewOf } from './bytes.ts';
import { MOST_STEPS, mixed } from './hash.ts';
import { IntList } from './int-list.ts';

const ROW = 3;

/**
 * Numbers the names of a lock's packages, each of which stands there several times, from 0 on. No string is made of them: a
 * Map of strings takes longer, and leaves a string for each place to the collector.
 */
export class LockNames {
  readonly #view: DataView;
  /** Of each its hash, and where it stands first: beside one another, as most of the time is waiting for memory. */
  readonly #rows = new IntList(1024 * ROW);
  /** Numbers at the place of their hash, or at the next free ones; -1 for none. Its length is a power of two. */
  #slots = new Int32Array(4096).fill(-1);

  constructor(bytes: Uint8Array) {
    this.#view = viewOf(bytes);
  }

  get count(): number {
    return this.#rows.length / ROW;
  }

  from(number: number): number {
    return this.#rows.at(ROW * number + 1);
  }

  to(number: number): number {
    return this.#rows.at(ROW * number + 2);
  }

  /** @returns the number of the name between two places; -1 where too many collide with it */
  numberOf(from: number, to: number): number {
    const hash = hashOf(this.#view, from, to);
    const slot = this.#slotOf(hash, this.#view, from, to);
    if (slot === -1) return -1;
    const found = this.#slots[slot] ?? -1;
    return found === -1 ? this.#add(slot, hash, from, to) : found;
  }

  /** @returns the number of a name; -1 where the lock does not have it */
  find(name: string): number {
    const view = viewOf(Buffer.from(name));
    const slot = this.#slotOf(hashOf(view, 0, view.byteLength), view, 0, view.byteLength);
    return slot === -1 ? -1 : (this.#slots[slot] ?? -1);
  }

  /** Where a name's number stands, or would stand. */
  #slotOf(hash: number, view: DataView, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const number = this.#slots[slot] ?? -1;
      if (number === -1) return slot;
      if (this.#rows.at(ROW * number) === hash && this.#isName(number, view, from, to)) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  #isName(number: number, view: DataView, from: number, to: number): boolean {
    const place = this.from(number);
    if (this.to(number) - place !== to - from) return false;
    const own = this.#view;
    const ahead = place - from;
    let at = from;
    for (const last = to - 4; at <= last; at += 4) {
      if (view.getInt32(at, true) !== own.getInt32(at + ahead, true)) return false;
    }
    for (; at < to; at += 1) if (view.getUint8(at) !== own.getUint8(at + ahead)) return false;
    return true;
  }

  #add(slot: number, hash: number, from: number, to: number): number {
    const rows = this.#rows;
    const row = rows.append(ROW);
    const number = row / ROW;
    rows.set(row, hash);
    rows.set(row + 1, from);
    rows.set(row + 2, to);
    this.#slots[slot] = number;
    if (2 * this.count > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    const slots = new Int32Array(4 * this.#slots.length).fill(-1);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number += 1) {
      let slot = this.#rows.at(ROW * number) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = number;
    }
    this.#slots = slots;
  }
}

/** Exported for the test that makes names collide. */
export function hashOf(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (const last = to - 4; at <= last; at += 4) hash = mixed(hash, view.getInt32(at, true));
  let rest = 0;
  for (; at < to; at += 1) rest = (rest << 8) | view.getUint8(at);
  hash = mixed(hash, rest);
  return hash ^ (hash >>> 15);
}
