/**
 * What an installation must come to, by the policy's own reading of the source. Whoever installs compares what is on the disk
 * with it: a string that an installer reads otherwise is found there.
 */
import type { SourceFiles } from '../../function/files.ts';
import { withoutFragment, withoutUser } from './format/addresses.ts';
import { normalizeName } from './format/names.ts';
import { treeOf } from './format/paths.ts';
import { showClause } from './format/versions.ts';
import { REQUIREMENTS } from './judge.ts';
import { type LockedPackage, PYLOCK, readLock } from './pylock/read.ts';
import { HASH_DIGITS, hashesOf, type Reading, readRequirements, type Requirement } from './requirements.ts';

/** A package that the source asks for by its name. */
export interface ExpectedPackage {
  /** Normal (PEP 503). */
  readonly name: string;
  /** It may be missing if this does not hold; empty if it always has to be there. */
  readonly marker: string;
  /** Clauses of PEP 440 with commas; empty if any version will do. */
  readonly specifiers: string;
  /** `sha256:DIGEST` of the files of which it may be one; empty if the source names none. */
  readonly hashes: readonly string[];
  /** Where it has to come from, without user and fragment, if the source says so. */
  readonly url?: string;
  readonly commit?: string;
}

export interface ExpectedPackages {
  /** Nothing else may be installed: a lock. */
  readonly complete: boolean;
  readonly packages: readonly ExpectedPackage[];
  /** Clauses of constraints by normal name; whatever has the name must satisfy them. */
  readonly constraints: Readonly<Record<string, string>>;
  /** Where constraints say that a package comes from, without user and fragment. */
  readonly origins: readonly string[];
}

/** @returns undefined if the source cannot be read as a whole, which only the level "off" admits */
export function expectedPackages(files: SourceFiles): ExpectedPackages | undefined {
  const bytes = files.get(PYLOCK);
  if (bytes !== undefined) {
    const lock = readLock(bytes);
    return lock.unreadable.length > 0
      ? undefined
      : { complete: true, packages: lock.packages.map(fromLock), constraints: {}, origins: [] };
  }
  const reading = readRequirements(treeOf(files), REQUIREMENTS);
  const { includes, unreadable, variables } = reading;
  return includes.length + unreadable.length + variables.length > 0 ? undefined : fromRequirements(reading);
}

function fromLock({ name, version, marker, files, archive, repository }: LockedPackage): ExpectedPackage {
  const hashes = files.flatMap((file) =>
    Object.entries(file.hashes).flatMap(([algorithm, digest]) =>
      Object.hasOwn(HASH_DIGITS, algorithm) ? [`${algorithm}:${String(digest).toLowerCase()}`] : [],
    ),
  );
  const url = repository?.url ?? (archive ? files[0]?.url : undefined);
  return {
    name: normalizeName(name),
    marker: marker.replace(/\s+/g, ' '),
    specifiers: version === undefined ? '' : `==${version}`,
    hashes,
    ...(url !== undefined && { url: withoutUser(withoutFragment(url)) }),
    ...(repository !== undefined && { commit: repository.commit.toLowerCase() }),
  };
}

function fromRequirements({ requirements, options }: Reading): ExpectedPackages {
  const asked = requirements.filter(({ constraint }) => !constraint);
  const limits = new Map<string, Set<string>>();
  for (const { target, marker, constraint } of requirements) {
    if (!constraint || target.kind !== 'index' || marker !== '') continue;
    const name = normalizeName(target.name);
    const known = limits.get(name) ?? new Set();
    for (const clause of target.clauses) known.add(showClause(clause));
    limits.set(name, known);
  }
  const isHashed = options.some(({ name }) => name === 'require-hashes') || asked.every((one) => one.hashes.length > 0);
  return {
    // A requirement without a name is a file or a project whose name is known only when it is installed.
    complete: isHashed && asked.every(({ target }) => target.name !== undefined),
    packages: asked.flatMap(fromRequirement),
    origins: requirements.flatMap(({ target, constraint }) =>
      constraint && target.kind === 'address' ? [withoutUser(withoutFragment(target.url))] : [],
    ),
    constraints: Object.fromEntries([...limits].map(([name, clauses]) => [name, [...clauses].join(',')])),
  };
}

function fromRequirement(requirement: Requirement): readonly ExpectedPackage[] {
  const { target, marker } = requirement;
  if (target.name === undefined) return [];
  const name = normalizeName(target.name);
  const clauses = target.kind === 'index' ? target.clauses.map(showClause) : [];
  const { url, commit } = originOf(target);
  return [
    {
      name,
      marker,
      specifiers: [...new Set(clauses)].join(','),
      hashes: hashesOf(requirement).map((hash) => hash.toLowerCase()),
      ...(url !== undefined && { url: withoutUser(withoutFragment(url)) }),
      ...(commit !== undefined && { commit }),
    },
  ];
}

function originOf(target: Requirement['target']): { readonly url?: string; readonly commit?: string } {
  if (target.kind === 'address') return { url: target.url };
  if (target.kind !== 'repository') return {};
  const { revision } = target;
  return revision !== undefined && /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(revision)
    ? { commit: revision.toLowerCase() }
    : {};
}
