import { normalizeName } from '../dependencies/python/format/names.ts';
import { compareVersions } from '../dependencies/python/format/versions.ts';
import type { InstalledDistribution } from './python-outcome.ts';

/** A line of a RECORD (packaging.python.org, "Recording installed projects"). */
export interface RecordedFile {
  readonly size: number | undefined;
  readonly hashed: boolean;
}

/** A distribution with what it says about its files. */
export interface RecordedDistribution extends InstalledDistribution {
  /** Its `NAME-VERSION.dist-info`. */
  readonly folder: string;
  /** Who installed it, by its own word. */
  readonly installer: string;
  /** By path below the target; a wheel may bring a file that the installer writes again. */
  readonly record: ReadonlyMap<string, readonly RecordedFile[]>;
}

/**
 * How the files of a folder that uv has installed into differ from what its distributions say; undefined if they do not.
 * buildless_install/installed.py does the same for pip. uv writes RECORD itself, of what it unpacked: a file that the wheel's own
 * list does not name gets no hash.
 *
 * @param files sizes by path below the target
 */
export function differenceFromRecords(
  distributions: readonly RecordedDistribution[],
  files: ReadonlyMap<string, number>,
): string | undefined {
  const sizes = new Map<string, Set<number | undefined>>();
  for (const distribution of distributions) {
    const wrong = problemOf(distribution);
    if (wrong !== undefined) return wrong;
    for (const [file, lines] of distribution.record) {
      const known = sizes.get(file) ?? new Set();
      for (const { size } of lines) known.add(size);
      sizes.set(file, known);
    }
  }
  for (const [file, size] of files) {
    const known = sizes.get(file);
    if (known === undefined) return `${file} belongs to no installed package`;
    if (!known.has(size) && !known.has(undefined))
      return `${file} has ${size} bytes, and its package says ${[...known].join(' or ')}`;
  }
  const missing = [...sizes.keys()].find((file) => !files.has(file));
  return missing === undefined ? undefined : `${missing} is missing`;
}

function problemOf({ folder, name, version, installer, record }: RecordedDistribution): string | undefined {
  const title = folder.slice(0, -'.dist-info'.length);
  const dash = title.lastIndexOf('-');
  const named = { name: title.slice(0, Math.max(0, dash)), version: title.slice(dash + 1).replaceAll('_', '-') };
  const isSame = named.version === version || compareVersions(named.version, version) === 0;
  if (normalizeName(named.name) !== normalizeName(name) || !isSame)
    return `${folder} says that it is ${name} ${version}`;
  if (installer !== 'uv') return `${folder} was not installed by uv`;
  if (record.size === 0) return `${folder} has no list of its files`;
  for (const [file, lines] of record) {
    if (lines.some(({ hashed }) => hashed) || isWithoutHash(file, folder)) continue;
    return `${file} is not in the list of files of ${name}`;
  }
  return undefined;
}

/** The list itself and its signatures have none (packaging.python.org, "Binary distribution format"). */
const isWithoutHash = (file: string, folder: string): boolean =>
  ['RECORD', 'RECORD.jws', 'RECORD.p7s'].some((name) => file === `${folder}/${name}`);
