/**
 * Reads the nodes of a lock in one pass over its bytes. JSON.parse makes some 100,000 strings of a lock with 8,000 packages
 * before the first of them is looked at; here nothing is made but what a judgement needs, and an entry that has more than most
 * is read by JSON.parse alone.
 */
import {
  afterSpace,
  afterString,
  afterValue,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isDigit,
  matches,
  OPEN_OBJECT,
  plainStringEnd,
  QUOTE,
} from './json-bytes.ts';
import { EntryPlace, LockNode } from './lock-node.ts';

export interface ScannedLock {
  readonly lockfileVersion: unknown;
  /** In the lock's order; where a location stands twice, the last counts. */
  readonly nodes: readonly LockNode[];
}

/** @returns undefined where the lock is no JSON, or of a form that npm does not write: that is for JSON.parse */
export function scanLock(content: Uint8Array): ScannedLock | undefined {
  const scanner = new LockScanner(content);
  return scanner.file() ? { lockfileVersion: scanner.lockfileVersion, nodes: scanner.nodes } : undefined;
}

type Field = 'version' | 'resolved' | 'integrity' | 'dependencies' | 'other';

const named = (name: string, field: Field): { readonly bytes: Uint8Array; readonly field: Field } => ({
  bytes: Buffer.from(name),
  field,
});
/** Fields of an entry that a judgement reads; with one of the others an entry is not plain. */
const FIELDS = [
  named('version', 'version'),
  named('resolved', 'resolved'),
  named('integrity', 'integrity'),
  named('dependencies', 'dependencies'),
  ...[
    'optionalDependencies',
    'peerDependencies',
    'peerDependenciesMeta',
    'devDependencies',
    'bundleDependencies',
    'link',
    'inBundle',
    'hasShrinkwrap',
  ].map((name) => named(name, 'other')),
];
const BY_LENGTH = Array.from({ length: 21 }, (_, length) => FIELDS.filter(({ bytes }) => bytes.length === length));

const [LOCKFILE_VERSION, PACKAGES] = [Buffer.from('lockfileVersion'), Buffer.from('packages')];
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
/** Up to here comparing each with each takes less time than a Set. */
const FEW_NAMES = 8;

/** Each method reads on from `at`, and answers false where the scan is to be given up. */
class LockScanner {
  lockfileVersion: unknown;
  nodes: LockNode[] = [];
  readonly #buffer: Buffer;
  /** A character for each byte, so that a place is the same in both. */
  readonly #text: string;
  #at = 0;
  #hasPackages = false;
  // Of the entry that is being read.
  #plain = true;
  #version = '';
  #resolved: string | undefined;
  #integrity: string | undefined;
  #requires: string[] = [];

  constructor(content: Uint8Array) {
    this.#buffer = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.#text = this.#buffer.toString('latin1');
  }

  file(): boolean {
    const start = matches(this.#buffer, 0, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
    this.#at = afterSpace(this.#buffer, start);
    if (this.#buffer[this.#at] !== OPEN_OBJECT) return false;
    if (!this.#members((from, to) => this.#rootMember(from, to))) return false;
    return this.#hasPackages && afterSpace(this.#buffer, this.#at) === this.#buffer.length;
  }

  #rootMember(from: number, to: number): boolean {
    if (to === -1) return false;
    const length = to - from;
    if (length === PACKAGES.length && matches(this.#buffer, from, PACKAGES)) {
      if (this.#buffer[this.#at] !== OPEN_OBJECT) return false;
      this.#hasPackages = true;
      this.nodes = [];
      return this.#members((first, last) => this.#package(first, last));
    }
    const start = this.#at;
    if (!this.#skip()) return false;
    if (length === LOCKFILE_VERSION.length && matches(this.#buffer, from, LOCKFILE_VERSION)) {
      this.lockfileVersion = JSON.parse(this.#decode(start, this.#at));
    }
    return true;
  }

  #package(from: number, to: number): boolean {
    const location = this.#nameAt(from, to);
    // Objects have names that are numbers before all others, and what is no object is no package.
    if (startsWithDigit(location) || this.#buffer[this.#at] !== OPEN_OBJECT) return false;
    const start = this.#at;
    this.#plain = true;
    this.#version = '';
    this.#resolved = undefined;
    this.#integrity = undefined;
    this.#requires = [];
    if (!this.#members(this.#entryMember)) return false;
    const place = new EntryPlace(this.#buffer, start, this.#at);
    this.nodes.push(
      this.#plain
        ? new LockNode(location, place, {
            version: this.#version,
            resolved: this.#resolved,
            integrity: this.#integrity,
            requires: this.#requires,
          })
        : new LockNode(location, place),
    );
    return true;
  }

  readonly #entryMember = (from: number, to: number): boolean => {
    const field = to === -1 ? 'other' : this.#fieldAt(from, to);
    if (field === undefined) return this.#skip();
    if (field === 'other') {
      this.#plain = false;
      return this.#skip();
    }
    if (field === 'dependencies') return this.#dependencies();
    const text = this.#plainText();
    if (text === undefined) {
      this.#plain = false;
      return this.#skip();
    }
    if (field === 'version') this.#version = text;
    else if (field === 'resolved') this.#resolved = text;
    else this.#integrity = text;
    return true;
  };

  #fieldAt(from: number, to: number): Field | undefined {
    const candidates = BY_LENGTH[to - from];
    if (candidates === undefined) return undefined;
    for (const { bytes, field } of candidates) if (matches(this.#buffer, from, bytes)) return field;
    return undefined;
  }

  #dependencies(): boolean {
    const start = this.#at;
    this.#requires = [];
    const isPlain = this.#buffer[start] === OPEN_OBJECT && this.#members(this.#dependency);
    if (isPlain && areUnique(this.#requires)) return true;
    this.#plain = false;
    this.#at = start;
    return this.#skip();
  }

  readonly #dependency = (from: number, to: number): boolean => {
    if (to === -1 || isDigit(this.#buffer[from] ?? 0)) return false;
    const spec = this.#plainText();
    if (spec === undefined) return false;
    this.#requires.push(this.#text.slice(from, to), spec);
    return true;
  };

  /** A string of ASCII without escapes; undefined, and nothing read, for anything else. */
  #plainText(): string | undefined {
    const from = this.#at + 1;
    const to = this.#buffer[this.#at] === QUOTE ? plainStringEnd(this.#buffer, from) : -1;
    if (to === -1) return undefined;
    this.#at = to + 1;
    return this.#text.slice(from, to);
  }

  /** @param member reads a value; it is given the place of its name, whose end is -1 where the name is not plain */
  #members(member: (from: number, to: number) => boolean): boolean {
    const bytes = this.#buffer;
    let at = afterSpace(bytes, this.#at + 1);
    if (bytes[at] === CLOSE_OBJECT) {
      this.#at = at + 1;
      return true;
    }
    for (;;) {
      if (bytes[at] !== QUOTE) return false;
      const from = at + 1;
      const to = plainStringEnd(bytes, from);
      at = to === -1 ? afterString(bytes, from) : to + 1;
      if (at === -1) return false;
      at = afterSpace(bytes, at);
      if (bytes[at] !== COLON) return false;
      this.#at = afterSpace(bytes, at + 1);
      if (!member(from, to)) return false;
      at = afterSpace(bytes, this.#at);
      const next = bytes[at];
      if (next === CLOSE_OBJECT) {
        this.#at = at + 1;
        return true;
      }
      if (next !== COMMA) return false;
      at = afterSpace(bytes, at + 1);
    }
  }

  #skip(): boolean {
    const end = afterValue(this.#buffer, this.#at);
    if (end === -1) return false;
    this.#at = end;
    return true;
  }

  #nameAt(from: number, to: number): string {
    if (to !== -1) return this.#text.slice(from, to);
    return String(JSON.parse(this.#decode(from - 1, afterString(this.#buffer, from))));
  }

  #decode(from: number, to: number): string {
    return this.#buffer.toString('utf8', from, to);
  }
}

const startsWithDigit = (text: string): boolean => isDigit(text.charCodeAt(0));

/** @param pairs names, each followed by its spec */
function areUnique(pairs: readonly string[]): boolean {
  if (pairs.length > 2 * FEW_NAMES) {
    return new Set(pairs.filter((_, index) => index % 2 === 0)).size === pairs.length / 2;
  }
  for (let one = 2; one < pairs.length; one += 2) {
    for (let other = 0; other < one; other += 2) if (pairs[one] === pairs[other]) return false;
  }
  return true;
}
