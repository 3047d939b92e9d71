/**
 * Whether npm or bun installed what was judged. A file can be read in two ways, and what is on the disk cannot: this looks at
 * the folders, and at what npm recorded of them, after each installation and before the Function starts.
 */
import { isIntegrity } from '../dependencies/npm/lock/integrity.ts';
import type { LockEntry } from '../dependencies/npm/lock/entry.ts';
import type { Lock } from '../dependencies/npm/lock/read.ts';
import type { PackageJson } from '../dependencies/npm/package-json.ts';
import type { NpmSource } from '../dependencies/npm/source.ts';
import type { InstalledPackage, RecordedPackage } from './installed-package.ts';
import { addressAskedFor } from './registry-address.ts';
import { isSameVersion, requirementDifference } from './npm-requirement.ts';
import { type Platform, requiredPackages, wantedPackages } from './wanted-tree.ts';

/** All by location, as in a lock: `node_modules/a/node_modules/b`. */
export interface NpmOutcome {
  readonly packages: ReadonlyMap<string, InstalledPackage>;
  /** Undefined after bun, which records nothing and checks each integrity itself. */
  readonly recorded: ReadonlyMap<string, RecordedPackage> | undefined;
}

/** What decides about what is left out, and where packages come from. */
export interface NpmCircumstances {
  readonly platform: Platform;
  /** Where packages without a scope come from. */
  readonly registry: string;
  /** Install scripts ran: npm removes an optional package whose scripts fail. */
  readonly scripts: boolean;
  /** The level `locked`: only what a lock pins may be there. */
  readonly locked: boolean;
}

/** @returns each difference as a sentence without a full stop; none if it is what was judged */
export function differencesFromJudged(
  source: NpmSource,
  outcome: NpmOutcome,
  circumstances: NpmCircumstances,
): readonly string[] {
  const { lock, root } = source;
  if (lock !== undefined && !('problem' in lock)) return [...differencesFromLock(lock, root, outcome, circumstances)];
  if (circumstances.locked) return ['the lock that says what to install is missing'];
  return [...root.installed.values()].flatMap((asked) => {
    const location = `node_modules/${asked.name}`;
    const [installed, recorded] = [outcome.packages.get(location), outcome.recorded?.get(location)];
    const difference = asked.optionalPeer ? undefined : requirementDifference(asked, installed, recorded);
    return difference === undefined ? [] : [difference];
  });
}

function* differencesFromLock(
  lock: Lock,
  root: PackageJson,
  outcome: NpmOutcome,
  circumstances: NpmCircumstances,
): Generator<string> {
  const needs = { packageJson: root, lock };
  const wanted = wantedPackages(needs, circumstances.platform);
  const required = requiredPackages(needs);
  for (const node of wanted) {
    if (!isInModules(node.location) || outcome.packages.has(node.location)) continue;
    // npm leaves out what fails to build, and an optional peer that is there for development only.
    if (!required.has(node) && (circumstances.scripts || node.dev)) continue;
    yield `${node.location} is missing, and ${lock.file} has ${titleOf(node)}`;
  }
  for (const [location, installed] of outcome.packages) {
    const node = lock.packages.get(location);
    if (node === undefined) {
      if (!isInArchive(location, outcome))
        yield `${location} is ${titleOfInstalled(installed)}, which ${lock.file} does not have`;
      continue;
    }
    const difference = entryDifference(node, location, installed, outcome, circumstances);
    if (difference !== undefined) yield `${location} ${difference}`;
  }
}

/** Goes on after the location. */
function entryDifference(
  node: LockEntry,
  location: string,
  installed: InstalledPackage,
  outcome: NpmOutcome,
  circumstances: NpmCircumstances,
): string | undefined {
  if (node.link || installed.link !== undefined) {
    const [there, wanted] = [installed.link?.target, node.link ? node.resolved : undefined];
    const same = node.link && there !== undefined && there === wanted;
    return same
      ? undefined
      : `is ${linkTitle(installed)}, and the lock has ${wanted === undefined ? titleOf(node) : `a link to ${wanted}`}`;
  }
  if (installed.name !== node.packageName || !isSameVersion(installed.version, node.version)) {
    return `is ${titleOfInstalled(installed)}, and the lock has ${titleOf(node)}`;
  }
  const recorded = outcome.recorded?.get(location);
  if (outcome.recorded === undefined) return undefined;
  return contentDifference(node, location, recorded, outcome, circumstances);
}

/** Whether its content was checked and came from where the lock has it. */
function contentDifference(
  { integrity, resolved, inBundle }: LockEntry,
  location: string,
  recorded: RecordedPackage | undefined,
  outcome: NpmOutcome,
  { registry, locked }: NpmCircumstances,
): string | undefined {
  if (integrity !== undefined) {
    if (!isIntegrity(integrity)) return 'has an integrity in the lock that npm does not check';
    if (recorded?.integrity === undefined) return 'was installed without a check of the integrity that the lock has';
    if (recorded.integrity !== integrity) {
      return `was checked against the integrity ${recorded.integrity}, and the lock has ${integrity}`;
    }
  } else if (locked && !isFromGitOrFile(resolved)) {
    const isBundled = inBundle && recorded?.integrity === undefined && isInArchive(location, outcome);
    if (!isBundled) return 'was installed without an integrity that pins its content';
  }
  if (resolved === undefined || recorded?.resolved === undefined) return undefined;
  if ([resolved, addressAskedFor(resolved, registry)].includes(recorded.resolved)) return undefined;
  return `came from ${recorded.resolved}, and the lock has ${resolved}`;
}

const isFromGitOrFile = (resolved: string | undefined): boolean =>
  resolved !== undefined && !/^https?:/i.test(resolved);

/**
 * Whether a package came inside of another one's archive, whose integrity covers it: npm itself knows nothing of it, or calls it
 * bundled, and a package around it brings others.
 */
function isInArchive(location: string, { packages, recorded }: NpmOutcome): boolean {
  const own = recorded?.get(location);
  if (own !== undefined && !own.inBundle) return false;
  for (let around = folderAround(location); around !== undefined; around = folderAround(around)) {
    if (own === undefined ? recorded?.get(around) !== undefined : packages.get(around)?.bundles === true) return true;
  }
  return false;
}

/** The package in whose node_modules another one is; undefined at the top. */
function folderAround(location: string): string | undefined {
  const at = location.lastIndexOf('/node_modules/');
  return at === -1 ? undefined : location.slice(0, at);
}

const isInModules = (location: string): boolean => `/${location}`.includes('/node_modules/');

const titleOf = (node: LockEntry): string =>
  node.link ? `a link to ${node.resolved ?? ''}` : `${node.packageName}@${node.version}`;
const titleOfInstalled = ({ name, version }: InstalledPackage): string => `${name}@${version}`;
const linkTitle = (installed: InstalledPackage): string =>
  installed.link === undefined
    ? titleOfInstalled(installed)
    : `a link to ${installed.link.target ?? 'a folder outside of the source'}`;
