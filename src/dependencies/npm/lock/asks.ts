import { IntList } from './int-list.ts';

/** How a package asks; a number, as thousands of them are kept. */
export const ASK = { prod: 0, optional: 1, peer: 2, peerOptional: 3, leftOut: 4 } as const;

/** Integers of what is asked for: name, from where to where its spec stands, type. */
const ROW = 4;

/** What packages ask for, one package's after another's. */
export class LockAsks {
  readonly #columns = new IntList(1024 * ROW);
  /** By the number of a name, where it was asked for last. */
  readonly #last = new IntList(1024);

  get length(): number {
    return this.#columns.length;
  }

  add(name: number, specFrom: number, specTo: number, type: number): void {
    while (this.#last.length <= name) this.#last.push(-1);
    const columns = this.#columns;
    const ask = columns.append(ROW);
    this.#last.set(name, ask);
    columns.set(ask, name);
    columns.set(ask + 1, specFrom);
    columns.set(ask + 2, specTo);
    columns.set(ask + 3, type);
  }

  next(ask: number): number {
    return ask + ROW;
  }

  nameOf(ask: number): number {
    return this.#columns.at(ask);
  }

  specFrom(ask: number): number {
    return this.#columns.at(ask + 1);
  }

  specTo(ask: number): number {
    return this.#columns.at(ask + 2);
  }

  typeOf(ask: number): number {
    return this.#columns.at(ask + 3);
  }

  setType(ask: number, type: number): void {
    this.#columns.set(ask + 3, type);
  }

  /** Where a name is asked for from a place on; -1 for nowhere. */
  find(name: number, from: number): number {
    const last = name < this.#last.length ? this.#last.at(name) : -1;
    return last >= from ? last : -1;
  }
}
