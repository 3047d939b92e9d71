import { isJsonObject, type JsonObject } from '../json-file.ts';
import { parseRelease, type Release } from '../satisfies.ts';

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
  /** Made when the first one comes: most packages have none. */
  children: Map<string, LockNode> | undefined;
  parent: LockNode | undefined;
}

export const MODULES = 'node_modules/';

const nameOf = (location: string): string => {
  const at = location.lastIndexOf(MODULES);
  return at === -1 ? location : location.slice(at + MODULES.length);
};

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
    children: undefined,
    parent: undefined,
  };
}

/** The nodes of a lock's `packages`; what is no object is no package. */
export const parsedNodes = (packages: JsonObject): readonly LockNode[] =>
  Object.entries(packages).flatMap(([location, entry]) => (isJsonObject(entry) ? [parsedNode(location, entry)] : []));
