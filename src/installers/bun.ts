/**
 * When bun gives what `npm ci` would give. It reads package-lock.json itself and checks each integrity hash; whether
 * the tree is the lock's is checked again afterwards (same-tree.ts).
 *
 * Looks at: package.json, package-lock.json
 */
import semver from 'semver';
import { SHRINKWRAP } from '../dependencies/npm/file-names.ts';
import { FOREIGN_LOCKS } from '../dependencies/npm/lock/read.ts';
import type { LockEntry } from '../dependencies/npm/lock/entry.ts';
import type { LockFault, LockFaultKind } from '../dependencies/npm/lock/fault.ts';
import type { JudgedLock } from '../dependencies/npm/lock/judge.ts';
import { isJsonObject } from '../json/object.ts';
import type { Spec } from '../dependencies/npm/spec.ts';
import type { NpmSource } from '../dependencies/npm/source.ts';
import type { SourceFiles } from '../function/files.ts';

/** Files that bun or npm reads and the other does not. */
const OF_ONE_ONLY = ['bunfig.toml', SHRINKWRAP, ...Object.keys(FOREIGN_LOCKS)];

/** Package.json's fields that change what bun installs and npm does not know, or the reverse. */
const FIELDS = ['workspaces', 'patchedDependencies', 'resolutions', 'catalog', 'catalogs'];

/**
 * @param nodeVersion of the runtime, e.g. `22`
 * @param source what `readJudgeableSource` made of the files
 * @returns the reason why npm is to install instead; undefined if bun may
 */
export function whyNotBun(files: SourceFiles, nodeVersion: string, source: NpmSource | undefined): string | undefined {
  const reason = whyNotPackageJson(files, source);
  if (reason !== undefined || source === undefined) return reason;
  const { lock } = source;
  if (lock === undefined) return 'without package-lock.json, bun could resolve other versions';
  if ('problem' in lock) return `package-lock.json cannot be used: ${lock.problem}`;
  const fault = lock.faults.find(({ kind }) => kind !== 'registry');
  return fault === undefined ? whyNotPackages(lock, nodeVersion) : explainFault(fault);
}

/** Why bun is not to read package.json and the files next to it. */
function whyNotPackageJson(files: SourceFiles, source: NpmSource | undefined): string | undefined {
  const alien = OF_ONE_ONLY.find((name) => files.has(name));
  if (alien !== undefined) return `the source has ${alien}, which npm and bun do not both read`;
  if (source === undefined) return 'package.json cannot be read, or is too much to be judged';
  const { root } = source;
  const field = FIELDS.find((name) => root.json.value[name] !== undefined);
  if (field !== undefined) return `package.json has ${field}`;
  const { peerDependencies } = root.json.value;
  const peers = isJsonObject(peerDependencies) ? Object.keys(peerDependencies) : [];
  const both = peers.find((name) => root.development.has(name));
  return both === undefined ? undefined : `${both} is in peerDependencies and in devDependencies`;
}

/**
 * Why bun cannot install a source for which its author chose it. With a lock the result has to be the lock's. Without one,
 * bun resolves what package.json asks registries for, and nothing else.
 */
export function whyNotChosenBun(
  files: SourceFiles,
  nodeVersion: string,
  source: NpmSource | undefined,
): string | undefined {
  if (source?.lock !== undefined) return whyNotBun(files, nodeVersion, source);
  const reason = whyNotPackageJson(files, source);
  if (reason !== undefined || source === undefined) return reason;
  if (source.root.json.value.overrides !== undefined)
    return 'package.json has overrides, and package-lock.json is missing';
  const other = source.specs.find(({ spec }) => !REGISTRY_KINDS.includes(spec.kind));
  return other === undefined
    ? undefined
    : `${other.asked.name} comes from no registry, and package-lock.json is missing`;
}

const REGISTRY_KINDS: readonly Spec['kind'][] = ['version', 'range', 'tag', 'alias'];

/** The policy refuses addresses that the configuration does not allow; who installs makes no difference to that. */
const FAULTS: Readonly<Record<Exclude<LockFaultKind, 'registry'>, string>> = {
  shape: 'is not written in package-lock.json as npm writes it',
  location: 'is not written in package-lock.json as npm writes it',
  duplicate: 'is in package-lock.json twice',
  legacy: 'is in package-lock.json twice, in different ways',
  yarn: 'is in yarn.lock too',
  missing: 'is not in package-lock.json, or not for all platforms',
  'other-version': 'has another version in package-lock.json than is asked for',
  'other-package': 'is another package in package-lock.json than is asked for',
  'no-target': 'is a link to nothing',
  unreached: 'is in package-lock.json, and nothing asks for it',
  flag: 'is marked in package-lock.json as what it is not',
  shrinkwrap: 'has a lock file of its own',
  version: 'has no version in package-lock.json',
  integrity: 'has no integrity hash in package-lock.json',
  commit: 'comes from Git',
  outside: 'comes from outside of the source',
};

const explainFault = ({ kind, name }: LockFault): string =>
  kind === 'registry' ? `${name} comes from another registry` : `${name} ${FAULTS[kind]}`;

function whyNotPackages({ packages }: JudgedLock, nodeVersion: string): string | undefined {
  for (const entry of packages.values()) {
    const { location, name, resolved } = entry;
    if (location === '' || entry.dev) continue;
    if (entry.link || !location.startsWith('node_modules/')) return `${name} is a folder of the source`;
    if (entry.inBundle) return `${name} comes inside of another package`;
    if (entry.hasShrinkwrap) return `${name} has a lock file of its own`;
    if (resolved !== undefined && !isRegistryTarball(resolved)) return `${name} comes from no registry`;
    if (entry.optional && !fitsEngine(entry, nodeVersion)) {
      return `the optional ${name} is not for this Node.js, which bun does not look at`;
    }
  }
  return undefined;
}

/** Registries serve tarballs as PACKAGE/-/FILE.tgz; a tarball of anywhere else is a dependency by URL. */
function isRegistryTarball(resolved: string): boolean {
  const [path = ''] = resolved.split(/[?#]/, 1);
  const scheme = /^https?:\/\//.exec(path)?.[0];
  const separator = scheme === undefined ? -1 : path.indexOf('/-/', scheme.length + 1);
  return separator !== -1 && path.endsWith('.tgz') && separator + '/-/'.length < path.length - '.tgz'.length;
}

/** npm leaves an optional package out whose `engines` do not fit. */
function fitsEngine({ engines }: LockEntry, nodeVersion: string): boolean {
  const range = engines.node;
  if (typeof range !== 'string') return true;
  const release = lateRelease(nodeVersion);
  return release !== undefined && semver.satisfies(release, range, { includePrerelease: true });
}

/** The full version of a runtime's Node.js, such as `22.999.0` for `22`: the runtime's image has a late release of its line. */
export function lateRelease(nodeVersion: string): string | undefined {
  const release = semver.coerce(nodeVersion);
  return /^\d+$/.test(nodeVersion) && release !== null ? `${release.major}.999.0` : release?.version;
}
