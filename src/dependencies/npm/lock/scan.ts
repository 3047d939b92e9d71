import { SHA512_LENGTH } from './integrity.ts';
import { JsonCursor, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { type Text, textOf } from './bytes.ts';
import { MODULES } from './node.ts';
import { ASK } from './asks.ts';
import { BUNDLES_OTHERS, HAS_CHILDREN, HAS_SHA512, IN_BUNDLE, IS_ELSEWHERE, IS_ODD, NO_ENTRY } from './marks.ts';
import { LockTable } from './table.ts';
import { PUBLIC_REGISTRY } from '../registries.ts';
import { ReleaseReader } from '../satisfies.ts';

// Numbers first: the bundler puts those into the code that stand before all else in a file.
const SLASH = 0x2f;
const POINT = 0x2e;
/** npm nests far less; what is looked up must not cost more than the file's size. */
const DEEPEST_TREE = 50;
const LOCKFILE_VERSION = textOf('lockfileVersion');
const PACKAGES = textOf('packages');
const IN_MODULES = textOf(MODULES);
const TRUE = textOf('true');
const PUBLIC = textOf(PUBLIC_REGISTRY);
const SHA512 = textOf('sha512-');
const PADDING = textOf('==');
const OPTIONAL = /^\{\s*"optional"\s*:\s*(true|false)\s*\}$/;

/**
 * Reads a lock in one pass over its bytes. JSON.parse makes some 100,000 strings of a lock with 8,000 packages before the
 * first of them is looked at; here only places are noted.
 *
 * @returns undefined where the lock is no JSON, or not as npm writes one: that is for JSON.parse
 */
export function scanLock(content: Uint8Array): LockTable | undefined {
  const table = new LockTable(Buffer.from(content.buffer, content.byteOffset, content.byteLength));
  const json = new JsonCursor(table.bytes);
  let hasPackages = false;
  json.passSpace();
  for (let more = json.firstMember(); more; more = json.nextMember()) {
    if (json.nameTo === -1) {
      json.fail();
    } else if (isName(json, PACKAGES)) {
      if (hasPackages) json.fail();
      hasPackages = true;
      new PackagesReader(table, json).read();
    } else {
      const isVersion = isName(json, LOCKFILE_VERSION);
      const from = json.at;
      json.passValue();
      if (isVersion && !json.failed) table.lockfileVersion = JSON.parse(table.bytes.toString('utf8', from, json.at));
    }
  }
  json.passSpace();
  return hasPackages && !json.failed && json.at === content.length ? table : undefined;
}

const isName = (json: JsonCursor, name: Text): boolean =>
  json.nameTo - json.nameFrom === name.bytes.length && json.matches(json.nameFrom, name);

/** Whether the text that was passed last is an `integrity` as nearly all are; false does not say that it is none. */
const isSha512 = (json: JsonCursor): boolean =>
  json.textTo - json.textFrom === SHA512_LENGTH &&
  json.matches(json.textFrom, SHA512) &&
  json.matches(json.textTo - 2, PADDING);

interface Field {
  readonly name: (typeof FIELD_NAMES)[number];
  readonly text: Text;
  readonly bit: number;
}

/** Fields that a judgement reads. The others are passed over. */
const FIELD_NAMES = [
  'version',
  'resolved',
  'integrity',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'bundleDependencies',
  'inBundle',
  'link',
  'hasShrinkwrap',
] as const;
const fieldOf = (name: Field['name']): Field => ({ name, text: textOf(name), bit: 1 << FIELD_NAMES.indexOf(name) });
const VERSION = fieldOf('version');
const RESOLVED = fieldOf('resolved');
const INTEGRITY = fieldOf('integrity');
const FIELDS = [VERSION, RESOLVED, INTEGRITY, ...FIELD_NAMES.slice(3).map(fieldOf)];
const THEN_RESOLVED = textOf(',\n      "resolved": ');
const THEN_INTEGRITY = textOf(',\n      "integrity": ');
/** No two of them are alike in length and first letter. */
const signOf = (length: number, first: number): number => 256 * length + first;
const FIELD_BY_SIGN: (Field | undefined)[] = Array.from({ length: signOf(32, 0) });
for (const field of FIELDS) FIELD_BY_SIGN[signOf(field.text.bytes.length, field.text.bytes[0] ?? 0)] = field;

/**
 * Reads `packages`, one entry after another. Its methods take nothing apart through lists (`const [a, b] = [x, y]`): that was
 * 1.9 MB of garbage for 8,000 entries.
 */
class PackagesReader {
  /**
   * V8 throws away the code that it optimized for a class when the last object of it is collected; locks come seldom enough
   * for that. This one is never collected, nor is what it holds.
   */
  static readonly kept = new PackagesReader(new LockTable(Buffer.alloc(0)), new JsonCursor(Buffer.alloc(0)));

  readonly #table: LockTable;
  readonly #json: JsonCursor;
  readonly #version = new ReleaseReader();
  /** Numbers of the names that the entry brings in its own archive. */
  #bundled: number[] = [];
  /** Where begins what the entry asks for. */
  #asksFrom = 0;

  constructor(table: LockTable, json: JsonCursor) {
    this.#table = table;
    this.#json = json;
  }

  read(): void {
    const json = this.#json;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const { nameFrom, nameTo } = json;
      // What is no object is no package.
      if (nameTo === -1 || json.byte() !== OPEN_OBJECT) json.fail();
      else if (json.matches(nameFrom, IN_MODULES) && nameTo - nameFrom > MODULES.length)
        this.#readPackage(nameFrom, nameTo);
      // The root, or a folder that only a link leads to; what is not quite in the root's node_modules is for others to judge.
      else if (json.matches(nameFrom + 1, IN_MODULES)) json.fail();
      else {
        const from = json.at;
        json.passValue();
        if (nameFrom === nameTo) this.#table.root = { from, to: json.at };
      }
    }
  }

  #readPackage(from: number, to: number): void {
    const { names, children, entries } = this.#table;
    const json = this.#json;
    const nameFrom = this.#nameFrom(from, to);
    const isAtTop = nameFrom === from + MODULES.length;
    const parent = isAtTop ? NO_ENTRY : this.#entryAt(from, nameFrom - MODULES.length, 0);
    const name = names.numberOf(nameFrom, to);
    if ((!isAtTop && parent === NO_ENTRY) || name === -1 || children.find(parent, name) !== NO_ENTRY) {
      json.fail();
      return;
    }
    const entry = entries.add(from, to, json.at, parent);
    if (!children.put(parent, name, entry)) json.fail();
    if (!isAtTop) entries.mark(parent, HAS_CHILDREN);
    for (let at = nameFrom + 1; at < to; at += 2) {
      if (json.byte(at) === POINT && (json.byte(at - 1) === POINT || json.byte(at + 1) === POINT)) this.#isOdd(entry);
    }
    this.#readEntry(entry);
    entries.setTo(entry, json.at);
  }

  /** Where the last folder of a location begins that is in a node_modules. */
  #nameFrom(from: number, to: number): number {
    const json = this.#json;
    let at = to;
    while (json.byte(at - 1) !== SLASH || !json.matches(at - MODULES.length, IN_MODULES)) at -= 1;
    return at;
  }

  /** The package before whose node_modules a location goes on; NO_ENTRY where there is none yet. */
  #entryAt(from: number, slash: number, depth: number): number {
    const to = slash - 1;
    if (depth === DEEPEST_TREE || this.#json.byte(to) !== SLASH || to - from <= MODULES.length) return NO_ENTRY;
    const nameFrom = this.#nameFrom(from, to);
    const isAtTop = nameFrom === from + MODULES.length;
    const parent = isAtTop ? NO_ENTRY : this.#entryAt(from, nameFrom - MODULES.length, depth + 1);
    if (!isAtTop && parent === NO_ENTRY) return NO_ENTRY;
    const name = this.#table.names.numberOf(nameFrom, to);
    return name === -1 ? NO_ENTRY : this.#table.children.find(parent, name);
  }

  #isOdd(entry: number): void {
    this.#table.entries.mark(entry, IS_ODD);
  }

  #readEntry(entry: number): void {
    const json = this.#json;
    const { asks, entries } = this.#table;
    this.#asksFrom = asks.length;
    let seen = 0;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const field = this.#field();
      if (field === undefined) {
        // It may be one of them that is written with escapes.
        if (json.nameTo === -1) this.#isOdd(entry);
        json.passValue();
        continue;
      }
      const read = field === VERSION ? this.#readPin(entry) : field.bit;
      // Of what stands twice the last would count.
      if ((seen & read) !== 0) this.#isOdd(entry);
      seen |= read;
      if (field !== VERSION) this.#readField(entry, field.name);
    }
    entries.setAsks(entry, this.#asksFrom, asks.length);
    if (entries.has(entry, BUNDLES_OTHERS)) this.#leaveOutBundled();
  }

  /**
   * Reads a version, and the address and the digest where they follow as npm writes them, which is quicker than to look what
   * follows.
   *
   * @returns the bits of what was read
   */
  #readPin(entry: number): number {
    const json = this.#json;
    this.#readVersion(entry);
    if (!json.passText(THEN_RESOLVED)) return VERSION.bit;
    this.#readResolved(entry);
    if (!json.passText(THEN_INTEGRITY)) return VERSION.bit | RESOLVED.bit;
    this.#readIntegrity(entry);
    return VERSION.bit | RESOLVED.bit | INTEGRITY.bit;
  }

  #field(): Field | undefined {
    const json = this.#json;
    const field = FIELD_BY_SIGN[signOf(json.nameTo - json.nameFrom, json.byte(json.nameFrom))];
    return field !== undefined && json.matches(json.nameFrom, field.text) ? field : undefined;
  }

  #readField(entry: number, name: Field['name']): void {
    const json = this.#json;
    const { entries } = this.#table;
    switch (name) {
      case 'version':
        this.#readVersion(entry);
        break;
      case 'resolved':
        this.#readResolved(entry);
        break;
      case 'integrity':
        this.#readIntegrity(entry);
        break;
      case 'dependencies':
        this.#readGroup(entry, ASK.prod);
        break;
      case 'optionalDependencies':
        this.#readGroup(entry, ASK.optional);
        break;
      case 'peerDependencies':
        this.#readGroup(entry, ASK.peer);
        break;
      case 'peerDependenciesMeta':
        this.#readPeersMeta(entry);
        break;
      case 'bundleDependencies':
        this.#readBundled(entry);
        break;
      case 'inBundle':
        if (json.matches(json.at, TRUE)) entries.mark(entry, IN_BUNDLE);
        else this.#isOdd(entry);
        json.passValue();
        break;
      case 'link':
      case 'hasShrinkwrap':
        this.#isOdd(entry);
        json.passValue();
    }
  }

  /** @returns whether a value is plain text; what is not makes an entry an odd one */
  #readText(entry: number): boolean {
    const json = this.#json;
    const isText = json.byte() === QUOTE;
    if (isText) json.passString();
    else json.passValue();
    if (isText && json.textTo !== -1) return true;
    this.#isOdd(entry);
    return false;
  }

  /** Whether a value is of the kind that begins so; one of another kind is passed over. */
  #opens(entry: number, bracket: number): boolean {
    const json = this.#json;
    if (json.byte() === bracket) return true;
    this.#isOdd(entry);
    json.passValue();
    return false;
  }

  #readVersion(entry: number): void {
    const json = this.#json;
    const version = this.#version;
    if (this.#readText(entry) && version.read(json.bytes, json.textFrom, json.textTo)) {
      this.#table.entries.setRelease(entry, version);
    }
  }

  #readResolved(entry: number): void {
    const json = this.#json;
    if (this.#readText(entry) && !json.matches(json.textFrom, PUBLIC)) this.#table.entries.mark(entry, IS_ELSEWHERE);
  }

  #readIntegrity(entry: number): void {
    if (this.#readText(entry) && isSha512(this.#json)) this.#table.entries.mark(entry, HAS_SHA512);
  }

  #readGroup(entry: number, type: number): void {
    const json = this.#json;
    const { names, asks } = this.#table;
    if (!this.#opens(entry, OPEN_OBJECT)) return;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const name = json.nameTo === -1 ? -1 : names.numberOf(json.nameFrom, json.nameTo);
      const before = name === -1 ? -1 : asks.find(name, this.#asksFrom);
      this.#readText(entry);
      if (name === -1) this.#isOdd(entry);
      else if (before === -1) asks.add(name, json.textFrom, json.textTo, type);
      // Of what stands twice in a group the last would count, and npm does not write the groups in another order.
      else if (asks.typeOf(before) >= type) this.#isOdd(entry);
      // What is asked for anyway is no peer.
      else if (type === ASK.optional) {
        asks.setType(before, ASK.leftOut);
        asks.add(name, json.textFrom, json.textTo, type);
      }
    }
  }

  /** Reads which peers are optional; npm writes it behind the peers, as `{ "NAME": { "optional": true } }`. */
  #readPeersMeta(entry: number): void {
    const json = this.#json;
    const { names, asks } = this.#table;
    if (!this.#opens(entry, OPEN_OBJECT)) return;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const name = json.nameTo === -1 ? -1 : names.numberOf(json.nameFrom, json.nameTo);
      const ask = name === -1 ? -1 : asks.find(name, this.#asksFrom);
      const from = json.at;
      json.passValue();
      const optional = OPTIONAL.exec(this.#table.text(from, json.at))?.[1];
      if (name === -1 || optional === undefined) this.#isOdd(entry);
      else if (optional === 'true' && ask !== -1 && asks.typeOf(ask) === ASK.peer) asks.setType(ask, ASK.peerOptional);
    }
  }

  #readBundled(entry: number): void {
    const json = this.#json;
    this.#bundled = [];
    if (!this.#opens(entry, OPEN_LIST)) return;
    for (let more = json.firstElement(); more; more = json.nextElement()) {
      const name = this.#readText(entry) ? this.#table.names.numberOf(json.textFrom, json.textTo) : -1;
      if (name === -1) this.#isOdd(entry);
      this.#bundled.push(name);
      this.#table.entries.mark(entry, BUNDLES_OTHERS);
    }
  }

  #leaveOutBundled(): void {
    const { asks } = this.#table;
    for (const name of this.#bundled) {
      const ask = asks.find(name, this.#asksFrom);
      if (ask !== -1) asks.setType(ask, ASK.leftOut);
    }
  }
}
