import { isSha512 } from './integrity.ts';
import { JsonCursor, OPEN_LIST, OPEN_OBJECT, QUOTE } from './json-cursor.ts';
import { MODULES } from './node.ts';
import { ASK } from './asks.ts';
import { LockEntry, LockTable } from './table.ts';
import { isPublic } from '../registries.ts';
import { ReleaseReader } from '../satisfies.ts';

const [LOCKFILE_VERSION, PACKAGES] = [Buffer.from('lockfileVersion'), Buffer.from('packages')];
const [IN_MODULES, TRUE] = [Buffer.from(MODULES), Buffer.from('true')];
const [SLASH, POINT] = [0x2f, 0x2e] as const;
const OPTIONAL = /^\{\s*"optional"\s*:\s*(true|false)\s*\}$/;
/** npm nests far less; what is looked up must not cost more than the file's size. */
const DEEPEST_TREE = 50;

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

const isName = (json: JsonCursor, name: Buffer): boolean =>
  json.nameTo - json.nameFrom === name.length && json.matches(json.nameFrom, name);

/** Fields that a judgement reads. The others are passed over. */
const FIELDS = (
  [
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
  ] as const
).map((name, index) => ({ name, bytes: Buffer.from(name), bit: 1 << index }));
type Field = (typeof FIELDS)[number];
/** No two of them are alike in length and first letter. */
const signOf = (length: number, first: number): number => 256 * length + first;
const FIELD_BY_SIGN: (Field | undefined)[] = Array.from({ length: signOf(32, 0) });
for (const field of FIELDS) FIELD_BY_SIGN[signOf(field.bytes.length, field.bytes[0] ?? 0)] = field;

/**
 * Reads `packages`, one entry after another. Its methods take nothing apart through lists (`const [a, b] = [x, y]`): that was
 * 1.9 MB of garbage for 8,000 entries.
 */
class PackagesReader {
  readonly #table: LockTable;
  readonly #json: JsonCursor;
  readonly #version = new ReleaseReader();
  /** Numbers of the names that the entry brings in its own archive. */
  #bundled: number[] = [];

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
      else if (json.matches(nameFrom, IN_MODULES) && nameTo - nameFrom > IN_MODULES.length)
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
    const table = this.#table;
    const json = this.#json;
    const nameFrom = this.#nameFrom(from, to);
    const parent =
      nameFrom === from + IN_MODULES.length ? undefined : this.#entryAt(from, nameFrom - IN_MODULES.length, 0);
    const name = table.names.numberOf(nameFrom, to);
    if (parent === null || name === -1 || table.childOf(parent, name) !== undefined) {
      json.fail();
      return;
    }
    const entry = new LockEntry(from, to, json.at, parent);
    for (let at = nameFrom; at < to - 1; at += 1)
      if (json.byte(at) === POINT && json.byte(at + 1) === POINT) entry.isPlain = false;
    table.add(name, entry);
    this.#readEntry(entry);
    entry.to = json.at;
  }

  /** Where the last folder of a location begins that is in a node_modules. */
  #nameFrom(from: number, to: number): number {
    const json = this.#json;
    let at = to;
    while (json.byte(at - 1) !== SLASH || !json.matches(at - IN_MODULES.length, IN_MODULES)) at -= 1;
    return at;
  }

  /** The package before whose node_modules a location goes on; null where there is none yet. */
  #entryAt(from: number, slash: number, depth: number): LockEntry | null {
    const to = slash - 1;
    if (depth === DEEPEST_TREE || this.#json.byte(to) !== SLASH || to - from <= IN_MODULES.length) return null;
    const nameFrom = this.#nameFrom(from, to);
    const parent =
      nameFrom === from + IN_MODULES.length ? undefined : this.#entryAt(from, nameFrom - IN_MODULES.length, depth + 1);
    if (parent === null) return null;
    return this.#table.childOf(parent, this.#table.names.numberOf(nameFrom, to)) ?? null;
  }

  #readEntry(entry: LockEntry): void {
    const json = this.#json;
    const { asks } = this.#table;
    entry.asksFrom = asks.length;
    let seen = 0;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const field = this.#field();
      if (field === undefined) {
        // It may be one of them that is written with escapes.
        if (json.nameTo === -1) entry.isPlain = false;
        json.passValue();
        continue;
      }
      // Of what stands twice the last would count.
      if ((seen & field.bit) !== 0) entry.isPlain = false;
      seen |= field.bit;
      this.#readField(entry, field.name);
    }
    entry.asksTo = asks.length;
    if (entry.bundlesOthers) this.#leaveOutBundled(entry);
  }

  #field(): Field | undefined {
    const json = this.#json;
    const field = FIELD_BY_SIGN[signOf(json.nameTo - json.nameFrom, json.byte(json.nameFrom))];
    return field !== undefined && json.matches(json.nameFrom, field.bytes) ? field : undefined;
  }

  #readField(entry: LockEntry, name: Field['name']): void {
    const json = this.#json;
    switch (name) {
      case 'version':
        this.#readText(entry);
        if (entry.isPlain) this.#readVersion(entry, json.textFrom, json.textTo);
        break;
      case 'resolved':
        this.#readText(entry);
        if (!isPublic(json.bytes, json.textFrom, json.textTo)) entry.isElsewhere = true;
        break;
      case 'integrity':
        this.#readText(entry);
        if (isSha512(json.bytes, json.textFrom, json.textTo)) entry.hasSha512 = true;
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
        if (json.matches(json.at, TRUE)) entry.inBundle = true;
        else entry.isPlain = false;
        json.passValue();
        break;
      case 'link':
      case 'hasShrinkwrap':
        entry.isPlain = false;
        json.passValue();
    }
  }

  #readText(entry: LockEntry): void {
    const json = this.#json;
    const isText = json.byte() === QUOTE;
    json.passValue();
    if (!isText || json.textTo === -1) entry.isPlain = false;
  }

  /** Whether a value is of the kind that begins so; one of another kind is passed over. */
  #opens(entry: LockEntry, bracket: number): boolean {
    const json = this.#json;
    if (json.byte() === bracket) return true;
    entry.isPlain = false;
    json.passValue();
    return false;
  }

  #readVersion(entry: LockEntry, from: number, to: number): void {
    const version = this.#version;
    if (!version.read(this.#json.bytes, from, to)) return;
    entry.major = version.major;
    entry.minor = version.minor;
    entry.patch = version.patch;
  }

  #readGroup(entry: LockEntry, type: number): void {
    const json = this.#json;
    const { names, asks } = this.#table;
    if (!this.#opens(entry, OPEN_OBJECT)) return;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const name = json.nameTo === -1 ? -1 : names.numberOf(json.nameFrom, json.nameTo);
      const before = name === -1 ? -1 : asks.find(name, entry.asksFrom);
      this.#readText(entry);
      if (name === -1) entry.isPlain = false;
      else if (before === -1) asks.add(name, json.textFrom, json.textTo, type);
      // Of what stands twice in a group the last would count, and npm does not write the groups in another order.
      else if (asks.typeOf(before) >= type) entry.isPlain = false;
      // What is asked for anyway is no peer.
      else if (type === ASK.optional) {
        asks.setType(before, ASK.leftOut);
        asks.add(name, json.textFrom, json.textTo, type);
      }
    }
  }

  /** Reads which peers are optional; npm writes it behind the peers, as `{ "NAME": { "optional": true } }`. */
  #readPeersMeta(entry: LockEntry): void {
    const json = this.#json;
    const { names, asks } = this.#table;
    if (!this.#opens(entry, OPEN_OBJECT)) return;
    for (let more = json.firstMember(); more; more = json.nextMember()) {
      const name = json.nameTo === -1 ? -1 : names.numberOf(json.nameFrom, json.nameTo);
      const ask = name === -1 ? -1 : asks.find(name, entry.asksFrom);
      const from = json.at;
      json.passValue();
      const optional = OPTIONAL.exec(this.#table.text(from, json.at))?.[1];
      if (name === -1 || optional === undefined) entry.isPlain = false;
      else if (optional === 'true' && ask !== -1 && asks.typeOf(ask) === ASK.peer) asks.setType(ask, ASK.peerOptional);
    }
  }

  #readBundled(entry: LockEntry): void {
    const json = this.#json;
    this.#bundled = [];
    if (!this.#opens(entry, OPEN_LIST)) return;
    for (let more = json.firstElement(); more; more = json.nextElement()) {
      this.#readText(entry);
      const name = entry.isPlain ? this.#table.names.numberOf(json.textFrom, json.textTo) : -1;
      if (name === -1) entry.isPlain = false;
      this.#bundled.push(name);
      entry.bundlesOthers = true;
    }
  }

  #leaveOutBundled(entry: LockEntry): void {
    const { asks } = this.#table;
    for (const name of this.#bundled) {
      const ask = asks.find(name, entry.asksFrom);
      if (ask !== -1) asks.setType(ask, ASK.leftOut);
    }
  }
}
