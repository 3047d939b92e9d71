/**
 * Reads the nodes of a lock in one pass over its bytes. JSON.parse makes some 100,000 strings of a lock with 8,000 packages
 * before the first of them is looked at; here only places are noted, and an entry that has more than most is read by
 * JSON.parse alone.
 */
import {
  afterObject,
  afterSpace,
  afterString,
  afterValue,
  isDigit,
  matches,
  OPEN_OBJECT,
  plainStringEnd,
  QUOTE,
} from './json-bytes.ts';
import { type EntryPlaces, type LockNode, parsedNode, PlainNode } from './lock-node.ts';
import { LockText } from './lock-text.ts';

export interface ScannedLock {
  readonly lockfileVersion: unknown;
  /** In the lock's order; where a location stands twice, the last counts. */
  readonly nodes: readonly LockNode[];
}

const [LOCKFILE_VERSION, PACKAGES] = [Buffer.from('lockfileVersion'), Buffer.from('packages')];
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/** @returns undefined where the lock is no JSON, or of a form that npm does not write: that is for JSON.parse */
export function scanLock(content: Uint8Array): ScannedLock | undefined {
  const lock = new LockText(content);
  const { bytes } = lock;
  let lockfileVersion: unknown;
  let nodes: LockNode[] | undefined;
  const start = afterSpace(bytes, matches(bytes, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0);
  if (bytes[start] !== OPEN_OBJECT) return undefined;
  const end = afterObject(bytes, start, (name, nameEnd, value) => {
    const length = nameEnd - name;
    if (length === PACKAGES.length && matches(bytes, name, PACKAGES)) {
      nodes = [];
      return afterPackages(lock, value, nodes);
    }
    const last = nameEnd === -1 ? -1 : afterValue(bytes, value);
    if (last !== -1 && length === LOCKFILE_VERSION.length && matches(bytes, name, LOCKFILE_VERSION)) {
      lockfileVersion = lock.parse(value, last);
    }
    return last;
  });
  const isWhole = end !== -1 && afterSpace(bytes, end) === bytes.length;
  return isWhole && nodes !== undefined ? { lockfileVersion, nodes } : undefined;
}

function afterPackages(lock: LockText, from: number, nodes: LockNode[]): number {
  const { bytes } = lock;
  if (bytes[from] !== OPEN_OBJECT) return -1;
  const entry = new EntryReader(bytes);
  return afterObject(bytes, from, (name, nameEnd, value) => {
    const location =
      nameEnd === -1 ? String(lock.parse(name - 1, afterString(bytes, name))) : lock.slice(name, nameEnd);
    // Objects have names that are numbers before all others, and what is no object is no package.
    if (isDigit(location.charCodeAt(0)) || bytes[value] !== OPEN_OBJECT) return -1;
    const end = entry.read(value);
    if (end === -1) return -1;
    nodes.push(
      entry.isPlain ? new PlainNode(location, lock, entry.places) : parsedNode(location, lock.object(value, end)),
    );
    return end;
  });
}

/** Fields that a judgement reads. With one that is no place, an entry is not plain. */
const FIELDS = (
  [
    ['version', 'version'],
    ['resolved', 'resolved'],
    ['integrity', 'integrity'],
    ['dependencies', 'dependencies'],
    ['optionalDependencies'],
    ['peerDependencies'],
    ['peerDependenciesMeta'],
    ['devDependencies'],
    ['bundleDependencies'],
    ['link'],
    ['inBundle'],
    ['hasShrinkwrap'],
  ] as const
).map(([name, place]) => ({ bytes: Buffer.from(name), place }));
const LONGEST_FIELD = Math.max(...FIELDS.map(({ bytes }) => bytes.length));
const BY_LENGTH = Array.from({ length: LONGEST_FIELD + 1 }, (_, length) =>
  FIELDS.filter(({ bytes }) => bytes.length === length),
);

/** Reads one entry after another. */
class EntryReader {
  /** Of the last one. */
  readonly places: EntryPlaces = { from: 0, to: 0, version: -1, resolved: -1, integrity: -1, dependencies: -1 };
  isPlain = true;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(from: number): number {
    const { places } = this;
    this.isPlain = true;
    places.from = from;
    places.version = -1;
    places.resolved = -1;
    places.integrity = -1;
    places.dependencies = -1;
    places.to = afterObject(this.#bytes, from, this.#member);
    return places.to;
  }

  readonly #member = (name: number, nameEnd: number, value: number): number => {
    const bytes = this.#bytes;
    const field = nameEnd === -1 ? undefined : fieldAt(bytes, name, nameEnd);
    if (field?.place === 'dependencies') {
      this.places.dependencies = value;
      return afterValue(bytes, value);
    }
    const end = field?.place === undefined || bytes[value] !== QUOTE ? -1 : plainStringEnd(bytes, value + 1);
    if (field?.place === undefined || end === -1) {
      // Only a field that no judgement reads leaves an entry plain.
      if (field !== undefined || nameEnd === -1) this.isPlain = false;
      return afterValue(bytes, value);
    }
    this.places[field.place] = value + 1;
    return end + 1;
  };
}

function fieldAt(bytes: Uint8Array, from: number, to: number): (typeof FIELDS)[number] | undefined {
  const candidates = BY_LENGTH[to - from];
  if (candidates === undefined) return undefined;
  for (const candidate of candidates) if (matches(bytes, from, candidate.bytes)) return candidate;
  return undefined;
}
