import { IntList } from './int-list.ts';
import type { ReleaseReader } from '../satisfies.ts';

/** The largest that a row takes. */
const MOST = 0x7fffffff;

/** In place of a version's first number. */
const NO_RELEASE = -1;

/** Integers of a package. */
const ROW = 11;
const COLUMN = {
  locationFrom: 0,
  locationTo: 1,
  from: 2,
  to: 3,
  parent: 4,
  marks: 5,
  asksFrom: 6,
  asksTo: 7,
  major: 8,
  minor: 9,
  patch: 10,
} as const;

/**
 * The packages of a lock, of which little is kept but where they stand: an entry is the number of its row. As 8,000 objects
 * they were the garbage collector's work, a third of a judgement's time.
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
    rows.set(entry + COLUMN.locationFrom, locationFrom);
    rows.set(entry + COLUMN.locationTo, locationTo);
    rows.set(entry + COLUMN.from, from);
    rows.set(entry + COLUMN.parent, parent);
    rows.set(entry + COLUMN.major, NO_RELEASE);
    return entry;
  }

  locationFrom(entry: number): number {
    return this.#rows.at(entry + COLUMN.locationFrom);
  }

  locationTo(entry: number): number {
    return this.#rows.at(entry + COLUMN.locationTo);
  }

  from(entry: number): number {
    return this.#rows.at(entry + COLUMN.from);
  }

  to(entry: number): number {
    return this.#rows.at(entry + COLUMN.to);
  }

  setTo(entry: number, to: number): void {
    this.#rows.set(entry + COLUMN.to, to);
  }

  parent(entry: number): number {
    return this.#rows.at(entry + COLUMN.parent);
  }

  has(entry: number, mark: number): boolean {
    return (this.#rows.at(entry + COLUMN.marks) & mark) !== 0;
  }

  mark(entry: number, mark: number): void {
    this.#rows.set(entry + COLUMN.marks, this.#rows.at(entry + COLUMN.marks) | mark);
  }

  /** Where in LockAsks stands what it asks for. */
  asksFrom(entry: number): number {
    return this.#rows.at(entry + COLUMN.asksFrom);
  }

  asksTo(entry: number): number {
    return this.#rows.at(entry + COLUMN.asksTo);
  }

  setAsks(entry: number, from: number, to: number): void {
    this.#rows.set(entry + COLUMN.asksFrom, from);
    this.#rows.set(entry + COLUMN.asksTo, to);
  }

  /** Numbers that are too large for a row are kept as none. */
  setRelease(entry: number, { major, minor, patch }: ReleaseReader): void {
    if (major > MOST || minor > MOST || patch > MOST) return;
    this.#rows.set(entry + COLUMN.major, major);
    this.#rows.set(entry + COLUMN.minor, minor);
    this.#rows.set(entry + COLUMN.patch, patch);
  }

  /** @returns whether its version is a release, which is then in `release` */
  readRelease(entry: number, release: ReleaseReader): boolean {
    const major = this.#rows.at(entry + COLUMN.major);
    if (major === NO_RELEASE) return false;
    release.major = major;
    release.minor = this.#rows.at(entry + COLUMN.minor);
    release.patch = this.#rows.at(entry + COLUMN.patch);
    return true;
  }
}
