import { objectAt, isJsonObject, type JsonObject } from './json.ts';

/** A package of package-lock.json (docs.npmjs.com/cli/configuring-npm/package-lock-json), as far as it is read here. */
export interface LockedPackage {
  /** Name in the registry; differs from the folder's where the dependency is an alias. */
  readonly name: string;
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev: boolean;
  readonly optional: boolean;
  readonly link: boolean;
  readonly inBundle: boolean;
  readonly os: readonly string[];
  readonly cpu: readonly string[];
  readonly libc: readonly string[];
  /** Names that are looked for at run time: dependencies, optional and peer ones. */
  readonly dependencies: readonly string[];
}

/** By folder, e.g. `node_modules/a/node_modules/b`; the root's is the empty text. */
export type LockedPackages = ReadonlyMap<string, LockedPackage>;

/** @param lock of version 2 or 3 */
export function lockedPackages(lock: JsonObject): LockedPackages {
  const packages = new Map<string, LockedPackage>();
  for (const [folder, entry] of Object.entries(objectAt(lock, 'packages'))) {
    if (isJsonObject(entry)) packages.set(folder, lockedPackage(folder, entry));
  }
  return packages;
}

const GROUPS = ['dependencies', 'optionalDependencies', 'peerDependencies'] as const;

function lockedPackage(folder: string, entry: JsonObject): LockedPackage {
  const text = (key: string): string | undefined => {
    const value = entry[key];
    return typeof value === 'string' ? value : undefined;
  };
  const texts = (key: string): readonly string[] => {
    const value = entry[key];
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  };
  const resolved = text('resolved');
  const integrity = text('integrity');
  return {
    name: text('name') ?? folder.split('node_modules/').at(-1) ?? '',
    version: text('version') ?? '',
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    // `devOptional`: a production install needs it where an optional package does.
    dev: entry.dev === true,
    optional: entry.optional === true || entry.devOptional === true,
    link: entry.link === true,
    inBundle: entry.inBundle === true,
    os: texts('os'),
    cpu: texts('cpu'),
    libc: texts('libc'),
    dependencies: [...new Set(GROUPS.flatMap((group) => Object.keys(objectAt(entry, group))))],
  };
}

/** Where code runs, in the words of package.json. */
export interface Platform {
  readonly os: string;
  readonly cpu: string;
  readonly libc: string;
}

/** Whether npm installs a package on a platform: a list allows what it names, or forbids what it names with `!`. */
export const fits = ({ os, cpu, libc }: Pick<LockedPackage, 'os' | 'cpu' | 'libc'>, platform: Platform): boolean =>
  allows(os, platform.os) && allows(cpu, platform.cpu) && allows(libc, platform.libc);

function allows(list: readonly string[], value: string): boolean {
  if (list.length === 0 || list.includes('any')) return true;
  if (list.includes(`!${value}`)) return false;
  return list.includes(value) || list.every((item) => item.startsWith('!'));
}
