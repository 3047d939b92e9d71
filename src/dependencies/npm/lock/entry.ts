import { isJsonObject, type JsonObject } from '../../../json/object.ts';

/** A package of a lock at its place in the tree of node_modules. */
export interface LockEntry {
  /** As the lock writes it, `''` for the source itself. */
  readonly location: string;
  /** Name of its folder in node_modules: other packages ask for it by this name. The location of a folder outside of it. */
  readonly name: string;
  /** Name of the package in it, which differs from `name` for an alias. */
  readonly packageName: string;
  /** `''` if the lock has none. */
  readonly version: string;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  readonly link: boolean;
  /** Location that a link leads to. */
  readonly target: string | undefined;
  // What the lock says about it. The judgement of the lock compares it with the graph.
  readonly dev: boolean;
  readonly optional: boolean;
  readonly devOptional: boolean;
  readonly peer: boolean;
  readonly inBundle: boolean;
  readonly extraneous: boolean;
  /** The package brings an npm-shrinkwrap.json, which decides what is installed below it. */
  readonly hasShrinkwrap: boolean;
  readonly dependencies: JsonObject;
  readonly optionalDependencies: JsonObject;
  readonly peerDependencies: JsonObject;
  readonly peerDependenciesMeta: JsonObject;
  readonly acceptDependencies: JsonObject;
  /** Only the source and its folders have some that npm reads. */
  readonly devDependencies: JsonObject;
  /** Names of packages that come in its own archive. */
  readonly bundleDependencies: readonly string[];
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  readonly engines: JsonObject;
  /** By command; the file is inside the package. */
  readonly bin: JsonObject;
  /** All that the lock has there. */
  readonly json: JsonObject;
  /** Package in whose node_modules it is; of a folder the package around it. Undefined for the source, and if it is not in the lock. */
  parent: LockEntry | undefined;
  /** What is in its own node_modules, by `foldName`. Created with the first one: most packages have none. */
  children: Map<string, LockEntry> | undefined;
}

export const MODULES = 'node_modules/';

/** npm compares names of one folder as a file system would that ignores case (arborist's case-insensitive-map.js). */
export const foldName = (name: string): string => (PLAIN.test(name) ? name : name.normalize('NFKD').toLowerCase());
const PLAIN = /^[a-z0-9@/._-]*$/;

/** Reads one entry of `packages`. A field of a wrong type is left out here; `shapeFaults` reports it. */
export function entryOf(location: string, json: JsonObject): LockEntry {
  const name = folderName(location);
  const link = json.link === true;
  const resolved = textOf(json.resolved);
  return {
    location,
    name,
    packageName: textOf(json.name) ?? name,
    version: textOf(json.version) ?? '',
    resolved,
    integrity: textOf(json.integrity),
    link,
    target: link ? resolved : undefined,
    dev: json.dev === true,
    optional: json.optional === true,
    devOptional: json.devOptional === true,
    peer: json.peer === true,
    inBundle: json.inBundle === true,
    extraneous: json.extraneous === true,
    hasShrinkwrap: json.hasShrinkwrap === true,
    dependencies: objectOf(json.dependencies),
    optionalDependencies: objectOf(json.optionalDependencies),
    peerDependencies: objectOf(json.peerDependencies),
    peerDependenciesMeta: objectOf(json.peerDependenciesMeta),
    acceptDependencies: objectOf(json.acceptDependencies),
    devDependencies: objectOf(json.devDependencies),
    bundleDependencies: textsOf(json.bundleDependencies),
    os: textsOf(json.os),
    cpu: textsOf(json.cpu),
    libc: textsOf(json.libc),
    engines: objectOf(json.engines),
    bin: objectOf(json.bin),
    json,
    parent: undefined,
    children: undefined,
  };
}

function folderName(location: string): string {
  const at = location.lastIndexOf(MODULES);
  return at === -1 ? location : location.slice(at + MODULES.length);
}

const NOTHING: JsonObject = {};
const NONE: readonly string[] = [];
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : NOTHING);

/** package.json may have one word in place of a list. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : NONE;
}
