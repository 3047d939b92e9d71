import type { SourceFiles } from '../../function/files.ts';
import { INSTALLED_GROUPS, type InstalledGroup } from './groups.ts';
import { isJsonObject, type JsonObject } from '../../json/object.ts';
import { type JsonFile, type JsonProblem, readJsonFile } from './json-file.ts';

/** One package that a package.json asks for. */
export interface Asked {
  readonly name: string;
  readonly spec: string;
  /** Names of the JSON properties that lead to the spec. */
  readonly path: readonly string[];
  readonly packageJson: PackageJson;
}

/** A package.json: the source's own, or that of a folder which `file:` makes a package. */
export interface PackageJson {
  readonly file: string;
  /** Inside the source; `''` for its root. */
  readonly folder: string;
  readonly json: JsonFile;
  /** Packages that an installation takes from it. */
  readonly installed: ReadonlyMap<string, Asked & { readonly group: InstalledGroup; readonly optionalPeer: boolean }>;
  /** Packages that only a development installation takes. npm checks them against the lock all the same. */
  readonly development: ReadonlyMap<string, string>;
  /** Specs by which npm accepts a locked version besides. */
  readonly accepted: JsonObject;
}

/** Names of overrides inside overrides that are followed; npm itself recurses. */
export const DEEPEST_OVERRIDE = 50;

export const packageJsonFile = (folder: string): string => (folder === '' ? 'package.json' : `${folder}/package.json`);

/** Reads the package.json of a folder of the source; undefined if there is none. */
export function readPackageJson(files: SourceFiles, folder: string): PackageJson | JsonProblem | undefined {
  const file = packageJsonFile(folder);
  const content = files.get(file);
  if (content === undefined) return undefined;
  const json = readJsonFile(file, content, DEEPEST_OVERRIDE + 2);
  return 'problem' in json ? json : packageJsonOf(json, folder);
}

function packageJsonOf(json: JsonFile, folder: string): PackageJson {
  const { value } = json;
  const installed = new Map<string, Asked & { group: InstalledGroup; optionalPeer: boolean }>();
  const development = new Map(textsOf(value.devDependencies));
  const packageJson: PackageJson = {
    file: json.file,
    folder,
    json,
    installed,
    development,
    accepted: isJsonObject(value.acceptDependencies) ? value.acceptDependencies : {},
  };
  for (const group of INSTALLED_GROUPS) {
    for (const [name, spec] of textsOf(value[group])) {
      // npm reads devDependencies last, and a package has one entry only: it is left out of the installation.
      if (development.has(name)) continue;
      const optionalPeer = group === 'peerDependencies' && isOptionalPeer(value.peerDependenciesMeta, name);
      installed.set(name, { name, spec, group, optionalPeer, path: [group, name], packageJson });
    }
  }
  return packageJson;
}

export function isOptionalPeer(meta: unknown, name: string): boolean {
  if (!isJsonObject(meta) || !Object.hasOwn(meta, name)) return false;
  const entry = meta[name];
  return isJsonObject(entry) && Boolean(entry.optional);
}

/** Anything but a string is reported by the rule on shapes. */
function* textsOf(group: unknown): Generator<[string, string]> {
  if (!isJsonObject(group)) return;
  for (const [name, spec] of Object.entries(group)) if (typeof spec === 'string') yield [name, spec];
}
