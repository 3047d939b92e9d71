import { isJsonObject, type JsonObject } from './json-file.ts';
import { parseRelease, type Release } from './satisfies.ts';

/** What a lock says of a package, as far as most packages go. */
export interface PlainEntry {
  readonly version: string;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  /** Names of `dependencies`, each followed by its spec. */
  readonly requires: readonly string[];
}

/** Where an entry stands in a lock file, from its brace to behind the closing one. */
export class EntryPlace {
  readonly file: Buffer;
  readonly from: number;
  readonly to: number;

  constructor(file: Buffer, from: number, to: number) {
    this.file = file;
    this.from = from;
    this.to = to;
  }

  read(): JsonObject {
    const value: unknown = JSON.parse(this.file.toString('utf8', this.from, this.to));
    return isJsonObject(value) ? value : {};
  }
}

/** A package of a lock at its place in the tree of node_modules. */
export class LockNode {
  /** Inside the source, `''` for its root. */
  readonly location: string;
  /** Name of its folder: what others ask for it by. */
  readonly name: string;
  readonly version: string;
  /** `version`, where it is a plain one. */
  readonly release: Release | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  /** What it asks for; undefined where only `entry` tells it all. */
  readonly requires: readonly string[] | undefined;
  /** Made when the first one comes: most packages have none. */
  children: Map<string, LockNode> | undefined;
  parent: LockNode | undefined;
  readonly #place: EntryPlace | undefined;
  #entry: JsonObject | undefined;

  /**
   * @param entry what the lock has there, or where to read it
   * @param plain all of the entry that a judgement needs, where it has nothing but that
   */
  constructor(location: string, entry: JsonObject | EntryPlace, plain?: PlainEntry) {
    this.location = location;
    const at = location.lastIndexOf(MODULES);
    this.name = at === -1 ? location : location.slice(at + MODULES.length);
    const isPlace = entry instanceof EntryPlace;
    this.#place = isPlace ? entry : undefined;
    this.#entry = isPlace ? undefined : entry;
    const { version, resolved, integrity, requires } = plain ?? plainPart(this.entry);
    this.version = version;
    this.release = parseRelease(version);
    this.resolved = resolved;
    this.integrity = integrity;
    this.requires = requires;
    this.children = undefined;
    this.parent = undefined;
  }

  get entry(): JsonObject {
    this.#entry ??= this.#place?.read() ?? {};
    return this.#entry;
  }

  get isLink(): boolean {
    return this.requires === undefined && this.entry.link === true;
  }

  /** Says that it comes inside of another package's archive. */
  get inBundle(): boolean {
    return this.requires === undefined && this.entry.inBundle === true;
  }

  get hasShrinkwrap(): boolean {
    return this.requires === undefined && this.entry.hasShrinkwrap === true;
  }

  get bundlesOthers(): boolean {
    if (this.requires !== undefined) return false;
    const { bundleDependencies } = this.entry;
    return Array.isArray(bundleDependencies) && bundleDependencies.length > 0;
  }
}

export const MODULES = 'node_modules/';

/** The nodes of a lock's `packages`; what is no object is no package. */
export const nodesOf = (packages: JsonObject): readonly LockNode[] =>
  Object.entries(packages).flatMap(([location, entry]) => (isJsonObject(entry) ? [new LockNode(location, entry)] : []));

function plainPart({ version, resolved, integrity }: JsonObject): Omit<PlainEntry, 'requires'> & { requires: undefined } {
  return {
    version: typeof version === 'string' ? version : '',
    resolved: typeof resolved === 'string' ? resolved : undefined,
    integrity: typeof integrity === 'string' ? integrity : undefined,
    requires: undefined,
  };
}
