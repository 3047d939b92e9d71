/** Integers beside one another, however many: objects that hold them would be work for the garbage collector. */
export class IntList {
  length = 0;
  #integers: Int32Array;

  constructor(capacity: number) {
    this.#integers = new Int32Array(Math.max(capacity, 16));
  }

  at(index: number): number {
    return this.#integers[index] ?? 0;
  }

  set(index: number, integer: number): void {
    this.#integers[index] = integer;
  }

  push(integer: number): void {
    this.set(this.append(1), integer);
  }

  /** Adds as many zeros; returns where the first is. */
  append(count: number): number {
    const from = this.length;
    this.length += count;
    if (this.length > this.#integers.length) {
      const longer = new Int32Array(2 * this.length);
      longer.set(this.#integers);
      this.#integers = longer;
    }
    return from;
  }
}
