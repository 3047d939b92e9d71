/**
 * Writes pylock.toml (PEP 751). One lock for all platforms: what is the same everywhere has no marker, what differs has
 * the platform's.
 */
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { parse } from 'smol-toml';
import type { Platform } from './lock.ts';

export interface LockedFile {
  readonly url: string;
  /** Digests by algorithm. */
  readonly hashes: Readonly<Record<string, string>>;
  /** ISO 8601; of what uv has read only, if the index gives times (PEP 700). */
  readonly uploaded?: string;
}

export interface ResolvedPackage {
  readonly name: string;
  readonly version: string;
  readonly wheels: readonly LockedFile[];
  readonly sdist?: LockedFile;
  /** A file that the requirements themselves give the address of. */
  readonly archive?: LockedFile;
  /** A repository or a folder: nothing whose hash could be checked. */
  readonly unhashed?: string;
}

/** File of a lock by PEP 751. */
export const LOCK = 'pylock.toml';

export type Resolution = ReadonlyMap<Platform, readonly ResolvedPackage[]>;

const MACHINES: Readonly<Record<Platform, string>> = { 'linux/amd64': 'x86_64', 'linux/arm64': 'aarch64' };

/** @param version of Python */
export function writePylock(resolution: Resolution, version: string): string {
  const platforms = [...resolution.keys()];
  const byKey = new Map<string, { readonly item: ResolvedPackage; readonly on: Platform[] }>();
  for (const [platform, packages] of resolution) {
    for (const item of packages) {
      const key = `${item.name} ${item.version} ${item.archive?.url ?? ''}`;
      const known = byKey.get(key);
      const merged = known === undefined ? item : { ...known.item, wheels: union(known.item.wheels, item.wheels) };
      byKey.set(key, { item: merged, on: [...(known?.on ?? []), platform] });
    }
  }
  const head = ['lock-version = "1.0"', 'created-by = "buildless"', `requires-python = ">=${version}"`];
  const blocks = [...byKey]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { item, on }]) => blockOf(item, on.length === platforms.length ? undefined : on));
  return [...head, ...blocks.flatMap((block) => ['', ...block]), ''].join('\n');
}

const union = (a: readonly LockedFile[], b: readonly LockedFile[]): readonly LockedFile[] => [
  ...a,
  ...b.filter(({ url }) => !a.some((known) => known.url === url)),
];

function blockOf(
  { name, version, wheels, sdist, archive }: ResolvedPackage,
  on: readonly Platform[] | undefined,
): string[] {
  const marker = on?.map((platform) => `platform_machine == '${MACHINES[platform]}'`).join(' or ');
  return [
    '[[packages]]',
    `name = ${quoted(name)}`,
    ...(version === '' ? [] : [`version = ${quoted(version)}`]),
    ...(marker === undefined ? [] : [`marker = ${quoted(marker)}`]),
    ...(archive === undefined ? [] : [`archive = ${inline(archive)}`]),
    ...(sdist === undefined ? [] : [`sdist = ${inline(sdist)}`]),
    ...(wheels.length === 0 ? [] : ['wheels = [', ...sorted(wheels).map((wheel) => `    ${inline(wheel)},`), ']']),
  ];
}

const sorted = (files: readonly LockedFile[]): readonly LockedFile[] =>
  [...files].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

const nameOf = ({ url }: LockedFile): string => url.slice(url.lastIndexOf('/') + 1);

/** A JSON text is a TOML basic string, but for DEL, which has no place in names and addresses. */
const quoted = (text: string): string => JSON.stringify(text);

function inline({ url, hashes }: LockedFile): string {
  const digests = Object.entries(hashes).map(([algorithm, digest]) => `${algorithm} = ${quoted(digest)}`);
  return `{ url = ${quoted(url)}, hashes = { ${digests.join(', ')} } }`;
}

/** Reads the pylock.toml that uv writes for one platform. */
export function readUvLock(text: string): readonly ResolvedPackage[] {
  const { packages }: KubernetesObject = parse(text);
  return (Array.isArray(packages) ? packages : []).filter(isObject).map((item) => {
    const sdist = fileOf(item.sdist);
    const archive = fileOf(item.archive);
    const unhashed = ['vcs', 'directory'].find((kind) => isObject(item[kind]));
    return {
      name: textOf(item.name),
      version: textOf(item.version),
      wheels: (Array.isArray(item.wheels) ? item.wheels : []).flatMap((wheel: unknown) => fileOf(wheel) ?? []),
      ...(sdist !== undefined && { sdist }),
      ...(archive !== undefined && { archive }),
      ...(unhashed !== undefined && { unhashed }),
    };
  });
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function fileOf(value: unknown): LockedFile | undefined {
  if (!isObject(value)) return undefined;
  const uploaded: unknown = value['upload-time'];
  return {
    url: textOf(value.url),
    hashes: hashesOf(value.hashes),
    ...(uploaded instanceof Date && { uploaded: uploaded.toISOString() }),
  };
}

const hashesOf = (value: KubernetesObject[string]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(isObject(value) ? value : {}).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
