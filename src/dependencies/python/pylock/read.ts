import { addressProblem } from '../format/addresses.ts';
import { SyntaxProblem } from '../format/cursor.ts';
import { parseMarker } from '../format/pep508.ts';
import { isTable, parseToml, Places, type Table } from '../format/toml.ts';
import { isVersion } from '../format/versions.ts';
import { LONGEST_REQUIREMENT, MOST_PACKAGES, tooLong, tooMany } from '../limits.ts';
import type { Unreadable } from '../requirements.ts';

export const PYLOCK = 'pylock.toml';

/** A file of a package: a wheel, a source distribution or an archive. */
interface LockedFile {
  /** For messages: the file's name, else the kind. */
  readonly title: string;
  readonly url?: string;
  readonly path?: string;
  readonly hashes: Table;
  /** It is built, which runs its code. */
  readonly sdist: boolean;
}

/** One [[packages]] of a pylock.toml (PEP 751). */
export interface LockedPackage {
  readonly name: string;
  readonly version?: string;
  readonly marker: string;
  readonly line?: number;
  readonly index?: string;
  /** Wheels and source distribution, or the one archive. */
  readonly files: readonly LockedFile[];
  readonly archive: boolean;
  readonly repository?: { readonly url: string; readonly commit: string };
  readonly folder?: string;
}

export interface Lock {
  /** The packages that are installed: without those that an extra or a group must be asked for. */
  readonly packages: readonly LockedPackage[];
  readonly unreadable: readonly Unreadable[];
}

const ANEW = 'write the file again, e.g. with "buildless lock" or "uv export --format pylock.toml"';
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Reads a pylock.toml as the installer does (pylock.py of buildless_install), and checks its shape against PEP 751. */
export function readLock(bytes: Uint8Array): Lock {
  const parsed = parseToml(PYLOCK, bytes);
  if ('problem' in parsed) return { packages: [], unreadable: [parsed] };
  const refuse = (problem: string): Lock => ({ packages: [], unreadable: [{ file: PYLOCK, problem, fix: ANEW }] });
  const version = parsed.table['lock-version'];
  if (typeof version !== 'string' || !/^1\.\d+$/.test(version)) {
    return refuse(
      version === undefined
        ? `${PYLOCK} has no lock-version`
        : `${PYLOCK} has the lock-version ${JSON.stringify(version)}, and 1.0 is what is understood`,
    );
  }
  const items: unknown = parsed.table.packages;
  if (!Array.isArray(items)) return refuse(`${PYLOCK} has no [[packages]]`);
  if (items.length > MOST_PACKAGES) return refuse(tooMany(`packages in ${PYLOCK}`, MOST_PACKAGES));
  const places = new Places(parsed.text);
  const packages: LockedPackage[] = [];
  const unreadable: Unreadable[] = [];
  for (const item of items) {
    const found = places.next('[[packages]]');
    const place = { file: PYLOCK, ...(found !== undefined && { line: found.line }) };
    const read = readPackage(item, found?.line);
    if (typeof read === 'string') unreadable.push({ ...place, problem: read, fix: ANEW });
    // Extras and groups are asked for by name (PEP 751, "Installation"), and a Function has no way to ask.
    else if (!/\b(?:extras|dependency_groups)\b/.test(read.marker)) packages.push(read);
  }
  return { packages, unreadable };
}

function readPackage(item: unknown, line: number | undefined): LockedPackage | string {
  if (!isTable(item)) return 'a package is not a table';
  const { name, version, marker = '', index } = item;
  if (typeof name !== 'string' || !NAME.test(name)) return 'a package has no valid name';
  if (typeof marker !== 'string') return `the marker of ${name} is not a string`;
  if (marker.length > LONGEST_REQUIREMENT)
    return tooLong(`the marker of ${name} has`, marker.length, LONGEST_REQUIREMENT);
  const wrong = marker.trim() === '' ? undefined : parseMarker(marker.replace(/\s+/g, ' '));
  if (wrong instanceof SyntaxProblem) return `the marker of ${name} cannot be read: ${wrong.problem}`;
  if (version !== undefined && (typeof version !== 'string' || !isVersion(version)))
    return `the version of ${name} is none of PEP 440`;
  const files = filesOf(item);
  if (files === undefined) return `the files of ${name} are not written as tables`;
  const { vcs, directory, archive } = item;
  const sources = [vcs, directory, archive, files.length > 0 && archive === undefined ? files : undefined].filter(
    (source) => source !== undefined,
  );
  if (sources.length !== 1) return `${name} must have wheels or an sdist, or else one of archive, vcs and directory`;
  const repository = isTable(vcs)
    ? { url: textOf(vcs.url) ?? textOf(vcs.path) ?? '', commit: textOf(vcs['commit-id']) ?? '' }
    : undefined;
  const folder = isTable(directory) ? textOf(directory.path) : undefined;
  if (vcs !== undefined && repository === undefined) return `vcs of ${name} is not a table`;
  if (directory !== undefined && folder === undefined) return `directory of ${name} has no path`;
  if (repository === undefined && folder === undefined && archive === undefined && version === undefined)
    return `${name} has no version`;
  for (const address of [index, repository?.url, ...files.map(({ url }) => url)]) {
    const odd = typeof address === 'string' ? addressProblem(address) : undefined;
    if (odd !== undefined) return `an address of ${name} cannot be read: ${odd}`;
  }
  return {
    name,
    marker: marker.trim(),
    files,
    archive: archive !== undefined,
    ...(version !== undefined && { version }),
    ...(typeof index === 'string' && { index }),
    ...(line !== undefined && { line }),
    ...(repository !== undefined && { repository }),
    ...(folder !== undefined && { folder }),
  };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Undefined if one of them is not a table. */
function filesOf({ wheels = [], sdist, archive }: Table): readonly LockedFile[] | undefined {
  if (!Array.isArray(wheels)) return undefined;
  const list: readonly unknown[] = wheels;
  const named = [
    ...list.map((file) => ({ kind: 'a wheel', file })),
    ...(sdist === undefined ? [] : [{ kind: 'the sdist', file: sdist }]),
    ...(archive === undefined ? [] : [{ kind: 'the archive', file: archive }]),
  ];
  const files: LockedFile[] = [];
  for (const { kind, file } of named) {
    if (!isTable(file)) return undefined;
    const [url, path] = [textOf(file.url), textOf(file.path)];
    files.push({
      title: textOf(file.name) ?? (url ?? path)?.split(/[?#]/)[0]?.split('/').at(-1) ?? kind,
      hashes: isTable(file.hashes) ? file.hashes : {},
      sdist: kind === 'the sdist',
      ...(url !== undefined && { url }),
      ...(path !== undefined && { path }),
    });
  }
  return files;
}
