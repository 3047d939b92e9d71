import { IntList } from './int-list.ts';
import type { ReleaseReader } from '../satisfies.ts';

/** The largest that a row takes. */
const MOST = 0x7fffffff;

/** In place of a version's first number. */
const NO_RELEASE = -1;

// Where in a row an integer is; plain numbers, which the bundler puts where their names are.
const LOCATION_FROM = 0;
const LOCATION_TO = 1;
const FROM = 2;
const TO = 3;
const PARENT = 4;
const MARKS = 5;
const ASKS_FROM = 6;
const ASKS_TO = 7;
const MAJOR = 8;
const MINOR = 9;
const PATCH = 10;
/** Integers of a row. */
const ROW = 11;

/**
 * The packages of a lock, of which little is kept but where they stand: an entry is the number of its row. As 8,000 objects
 * they outlived the collections of a judgement, which took a tenth of its time.
 */
export class LockEntries {
  readonly #rows: IntList;

  constructor(expected: number) {
    this.#rows = new IntList(expected * ROW);
  }

  /**
   * @param locationFrom where its location begins, without the quotes
   * @param from where its value begins
   * @param parent in whose node_modules it is
   */
  add(locationFrom: number, locationTo: number, from: number, parent: number): number {
    const rows = this.#rows;
    const entry = rows.append(ROW);
    rows.set(entry + LOCATION_FROM, locationFrom);
    rows.set(entry + LOCATION_TO, locationTo);
    rows.set(entry + FROM, from);
    rows.set(entry + PARENT, parent);
    rows.set(entry + MAJOR, NO_RELEASE);
    return entry;
  }

  locationFrom(entry: number): number {
    return this.#rows.at(entry + LOCATION_FROM);
  }

  locationTo(entry: number): number {
    return this.#rows.at(entry + LOCATION_TO);
  }

  from(entry: number): number {
    return this.#rows.at(entry + FROM);
  }

  to(entry: number): number {
    return this.#rows.at(entry + TO);
  }

  setTo(entry: number, to: number): void {
    this.#rows.set(entry + TO, to);
  }

  parent(entry: number): number {
    return this.#rows.at(entry + PARENT);
  }

  has(entry: number, mark: number): boolean {
    return (this.#rows.at(entry + MARKS) & mark) !== 0;
  }

  mark(entry: number, mark: number): void {
    this.#rows.set(entry + MARKS, this.#rows.at(entry + MARKS) | mark);
  }

  /** Where in LockAsks stands what it asks for. */
  asksFrom(entry: number): number {
    return this.#rows.at(entry + ASKS_FROM);
  }

  asksTo(entry: number): number {
    return this.#rows.at(entry + ASKS_TO);
  }

  setAsks(entry: number, from: number, to: number): void {
    this.#rows.set(entry + ASKS_FROM, from);
    this.#rows.set(entry + ASKS_TO, to);
  }

  /** Numbers that are too large for a row are kept as none. */
  setRelease(entry: number, { major, minor, patch }: ReleaseReader): void {
    if (major > MOST || minor > MOST || patch > MOST) return;
    this.#rows.set(entry + MAJOR, major);
    this.#rows.set(entry + MINOR, minor);
    this.#rows.set(entry + PATCH, patch);
  }

  /** @returns whether its version is a release, which is then in `release` */
  readRelease(entry: number, release: ReleaseReader): boolean {
    const major = this.#rows.at(entry + MAJOR);
    if (major === NO_RELEASE) return false;
    release.major = major;
    release.minor = this.#rows.at(entry + MINOR);
    release.patch = this.#rows.at(entry + PATCH);
    return true;
  }
}
