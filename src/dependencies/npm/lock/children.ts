import { MOST_STEPS, mixed } from './hash.ts';
import { IntList } from './int-list.ts';
import { NO_ENTRY } from './marks.ts';

/** Integers of a slot: in whose node_modules, under the number of which name, the package; the last is NO_ENTRY in a free one. */
const ROW = 3;

/** Which package is in whose node_modules, under the number of its name. */
export class LockChildren {
  readonly #top = new IntList(1024);
  /** Those of packages; its number of rows is a power of two. */
  #slots = freeSlots(1024);
  #mask = 1023;
  #nested = 0;

  /** @returns NO_ENTRY where there is none */
  find(parent: number, name: number): number {
    if (parent === NO_ENTRY) return name < this.#top.length ? this.#top.at(name) : NO_ENTRY;
    if (this.#nested === 0) return NO_ENTRY;
    const slot = this.#slotOf(parent, name);
    return slot === -1 ? NO_ENTRY : (this.#slots[slot + 2] ?? NO_ENTRY);
  }

  /** @returns false where too many collide with it */
  put(parent: number, name: number, entry: number): boolean {
    if (parent === NO_ENTRY) {
      while (this.#top.length <= name) this.#top.push(NO_ENTRY);
      this.#top.set(name, entry);
      return true;
    }
    const slot = this.#slotOf(parent, name);
    if (slot === -1) return false;
    this.#slots[slot] = parent;
    this.#slots[slot + 1] = name;
    this.#slots[slot + 2] = entry;
    this.#nested += 1;
    return 2 * this.#nested <= this.#mask || this.#grow();
  }

  /** Where a package stands, or would stand; -1 where too many others stand in the way. */
  #slotOf(parent: number, name: number): number {
    const slots = this.#slots;
    let slot = hashOf(parent, name) & this.#mask;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      const at = slot * ROW;
      if (slots[at + 2] === NO_ENTRY || (slots[at] === parent && slots[at + 1] === name)) return at;
      slot = (slot + 1) & this.#mask;
    }
    return -1;
  }

  #grow(): boolean {
    const old = this.#slots;
    this.#mask = 4 * this.#mask + 3;
    this.#slots = freeSlots(this.#mask + 1);
    for (let at = 0; at < old.length; at += ROW) {
      const [parent = 0, name = 0, entry = NO_ENTRY] = old.subarray(at, at + ROW);
      if (entry === NO_ENTRY) continue;
      const slot = this.#slotOf(parent, name);
      if (slot === -1) return false;
      this.#slots.set([parent, name, entry], slot);
    }
    return true;
  }
}

const freeSlots = (count: number): Int32Array => new Int32Array(count * ROW).fill(NO_ENTRY);

const hashOf = (parent: number, name: number): number => {
  const hash = mixed(parent, name);
  return hash ^ (hash >>> 15);
};
