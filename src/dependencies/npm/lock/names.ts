import { IntList } from './int-list.ts';

const ROW = 3;
/** Names that are looked at before a name is found. As half of the slots are free, more have been made to collide. */
const MOST_STEPS = 256;

/**
 * Numbers the names of a lock's packages, each of which stands there several times, from 0 on. No string is made of them: a
 * Map of strings takes a fifth longer (2.6 ms for 27,000 places), and leaves a string for each place to the collector.
 */
export class LockNames {
  readonly #bytes: Uint8Array;
  /** Of each its hash, and where it stands first: beside one another, as most of the time is waiting for memory. */
  readonly #rows = new IntList(1024 * ROW);
  /** Numbers at the place of their hash, or at the next free ones; -1 for none. Its length is a power of two. */
  #slots = new Int32Array(4096).fill(-1);

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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
    const hash = hashOf(this.#bytes, from, to);
    const slot = this.#slotOf(hash, this.#bytes, from, to);
    if (slot === -1) return -1;
    const found = this.#slots[slot] ?? -1;
    return found === -1 ? this.#add(slot, hash, from, to) : found;
  }

  /** @returns the number of a name; -1 where the lock does not have it */
  find(name: string): number {
    const bytes = Buffer.from(name);
    const slot = this.#slotOf(hashOf(bytes, 0, bytes.length), bytes, 0, bytes.length);
    return slot === -1 ? -1 : (this.#slots[slot] ?? -1);
  }

  /** Where a name's number stands, or would stand. */
  #slotOf(hash: number, bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const number = this.#slots[slot] ?? -1;
      if (number === -1) return slot;
      if (this.#rows.at(ROW * number) === hash && this.#isName(number, bytes, from, to)) return slot;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  #isName(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const place = this.from(number);
    if (this.to(number) - place !== to - from) return false;
    for (let at = from; at < to; at += 1) if (bytes[at] !== this.#bytes[place + at - from]) return false;
    return true;
  }

  #add(slot: number, hash: number, from: number, to: number): number {
    const number = this.count;
    this.#rows.push(hash);
    this.#rows.push(from);
    this.#rows.push(to);
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

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  // Its low bits, which choose the slot, know little of the characters' high ones.
  return hash ^ (hash >>> 15);
}
