import { isJsonObject, type JsonObject } from './json-file.ts';
import type { LockText } from './lock-text.ts';
import { parseRelease, type Release } from './satisfies.ts';

/** A package of a lock at its place in the tree of node_modules. */
export interface LockNode {
  /** Inside the source, `''` for its root. */
  readonly location: string;
  /** Name of its folder: what others ask for it by. */
  readonly name: string;
  readonly version: string;
  /** `version`, where it is a plain one. */
  readonly release: Release | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly isLink: boolean;
  /** Says that it comes inside of another package's archive. */
  readonly inBundle: boolean;
  readonly hasShrinkwrap: boolean;
  readonly bundlesOthers: boolean;
  /** All that the lock has there. */
  readonly entry: JsonObject;
  /** What it asks for where that is all in `dependencies`: names, each followed by its spec. Else undefined: see `entry`. */
  plainRequires(): readonly string[] | undefined;
  /** Made when the first one comes: most packages have none. */
  children: Map<string, LockNode> | undefined;
  parent: LockNode | undefined;
}

export const MODULES = 'node_modules/';

const nameOf = (location: string): string => {
  const at = location.lastIndexOf(MODULES);
  return at === -1 ? location : location.slice(at + MODULES.length);
};

/** A node with an entry of any kind. */
export function parsedNode(location: string, entry: JsonObject): LockNode {
  const { version, resolved, integrity, bundleDependencies } = entry;
  const text = typeof version === 'string' ? version : '';
  return {
    location,
    name: nameOf(location),
    version: text,
    release: parseRelease(text),
    resolved: typeof resolved === 'string' ? resolved : undefined,
    integrity: typeof integrity === 'string' ? integrity : undefined,
    isLink: entry.link === true,
    inBundle: entry.inBundle === true,
    hasShrinkwrap: entry.hasShrinkwrap === true,
    bundlesOthers: Array.isArray(bundleDependencies) && bundleDependencies.length > 0,
    entry,
    plainRequires: () => undefined,
    children: undefined,
    parent: undefined,
  };
}

/** The nodes of a lock's `packages`; what is no object is no package. */
export const parsedNodes = (packages: JsonObject): readonly LockNode[] =>
  Object.entries(packages).flatMap(([location, entry]) => (isJsonObject(entry) ? [parsedNode(location, entry)] : []));

/** Where an entry stands in a lock, and in it, behind their quotes, the plain strings that it has; -1 for none. */
export interface EntryPlaces {
  from: number;
  to: number;
  version: number;
  resolved: number;
  integrity: number;
  /** Not behind a quote: of the value, which may be anything. */
  dependencies: number;
}

/**
 * A node whose entry is like those of most packages: it has nothing that makes it a link, bundled or a bundler, and asks in
 * `dependencies` only. What is asked of it is read out of the lock then, so that a lock's thousands of nodes are little more
 * than places.
 */
export class PlainNode implements LockNode {
  readonly location: string;
  readonly name: string;
  readonly release: Release | undefined;
  children: Map<string, LockNode> | undefined = undefined;
  parent: LockNode | undefined = undefined;
  readonly isLink = false;
  readonly inBundle = false;
  readonly hasShrinkwrap = false;
  readonly bundlesOthers = false;
  readonly #lock: LockText;
  readonly #from: number;
  readonly #to: number;
  readonly #version: number;
  readonly #resolved: number;
  readonly #integrity: number;
  readonly #dependencies: number;

  constructor(location: string, lock: LockText, places: EntryPlaces) {
    this.location = location;
    this.name = nameOf(location);
    this.#lock = lock;
    this.#from = places.from;
    this.#to = places.to;
    this.#version = places.version;
    this.#resolved = places.resolved;
    this.#integrity = places.integrity;
    this.#dependencies = places.dependencies;
    this.release = parseRelease(this.version);
  }

  get version(): string {
    return this.#version === -1 ? '' : this.#lock.plainString(this.#version);
  }

  get resolved(): string | undefined {
    return this.#resolved === -1 ? undefined : this.#lock.plainString(this.#resolved);
  }

  get integrity(): string | undefined {
    return this.#integrity === -1 ? undefined : this.#lock.plainString(this.#integrity);
  }

  get entry(): JsonObject {
    return this.#lock.object(this.#from, this.#to);
  }

  plainRequires(): readonly string[] | undefined {
    return this.#dependencies === -1 ? [] : this.#lock.plainPairs(this.#dependencies);
  }
}
