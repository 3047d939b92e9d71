import type { SourceFiles } from '../../function/files.ts';
import { Budget, TooComplex } from '../budget.ts';
import { DEFAULT_DEPENDENCY_SETTINGS, type DependencySettings } from '../settings.ts';
import type { JsonProblem } from './json-file.ts';
import { type LockProblem, readLock } from './lock/read.ts';
import type { LockFault } from './lock/fault.ts';
import { type JudgedLock, judgeLock } from './lock/judge.ts';
import { type Asked, type PackageJson, packageJsonFile, readPackageJson } from './package-json.ts';
import { NPMRC, type Npmrc, readNpmrc } from './npmrc.ts';
import { type Override, type Overrides, readOverrides } from './overrides.ts';
import { parseSpec, type Spec } from './spec.ts';
import { SpecReader } from './spec-reader.ts';

/** A spec with what npm makes of it. */
export interface AskedSpec {
  readonly asked: Asked | Override;
  readonly spec: Spec;
}

/** A source as npm would read it; what the rules judge. */
export interface NpmSource {
  readonly files: SourceFiles;
  readonly settings: DependencySettings;
  /** By folder; the root's is `''`. */
  readonly packageJsons: ReadonlyMap<string, PackageJson>;
  readonly root: PackageJson;
  readonly broken: readonly (JsonProblem & { readonly file: string })[];
  readonly specs: readonly AskedSpec[];
  readonly overrides: Overrides;
  readonly npmrc: Npmrc;
  readonly lock: JudgedLock | LockProblem | undefined;
  /** The lock pins every package that would be installed, in version and content. */
  readonly locked: boolean;
}

/** Folders that `file:` may make packages; a Function has a few. */
const MOST_FOLDERS = 1000;
/** Packages that the manifests of a source may ask for, overrides with them; large programs ask for 200. */
const MOST_ASKED = 2000;
/** Of reading a spec and holding it against the rules. */
const SPEC_STEPS = 50;

/**
 * @returns undefined if there is no package.json, so that npm is not run; or why it cannot be read
 * @throws TooComplex
 */
export function readNpmSource(
  files: SourceFiles,
  settings: DependencySettings,
  budget: Budget = new Budget(),
): NpmSource | (JsonProblem & { readonly file: string }) | undefined {
  const root = readPackageJson(files, '');
  if (root === undefined) return undefined;
  if ('problem' in root) return { ...root, file: packageJsonFile('') };
  const overrides = readOverrides(root);
  const packageJsons = new Map<string, PackageJson>([['', root]]);
  const broken: (JsonProblem & { file: string })[] = [];
  const specs: AskedSpec[] = [];
  const reader = new SpecReader(budget);
  const seen = new Set<string>(['']);

  const open = (spec: Spec): void => {
    if (spec.kind !== 'directory' || spec.path === undefined) return;
    if (seen.has(spec.path) || seen.size > MOST_FOLDERS) return;
    seen.add(spec.path);
    const packageJson = readPackageJson(files, spec.path);
    if (packageJson === undefined) return;
    if ('problem' in packageJson) broken.push({ ...packageJson, file: packageJsonFile(spec.path) });
    else packageJsons.set(spec.path, packageJson);
  };

  let asks = overrides.rules.length;
  // A Map's iteration comes to what is added during it.
  for (const packageJson of packageJsons.values()) {
    asks += packageJson.installed.size + packageJson.development.size;
    if (asks > MOST_ASKED) return tooMany(packageJson);
    for (const asked of installedFrom(packageJson)) {
      budget.spend(SPEC_STEPS);
      const spec = reader.read(asked.name, asked.spec, packageJson.folder);
      specs.push({ asked, spec });
      open(spec);
    }
    if (packageJson !== root) continue;
    for (const asked of overrides.rules) {
      if (asked.judgedElsewhere || asked.resolved === undefined) continue;
      budget.spend(SPEC_STEPS);
      const spec = reader.read(asked.name, asked.resolved);
      specs.push({ asked, spec });
      open(spec);
    }
  }

  const read = readLock(files, budget);
  const lock =
    read === undefined || 'problem' in read
      ? read
      : judgeLock(read, { files, packageJsons, overrides: overrides.rules, settings, specs: reader, budget });
  const locked = lock !== undefined && 'faults' in lock && lock.faults.length === 0;
  const npmrc = readNpmrc(files.get(NPMRC));
  return { files, settings, packageJsons, root, broken, specs, overrides, npmrc, lock, locked };
}

/**
 * npm leaves the development packages of the source out. Those of a folder it puts into the folder's own node_modules if the
 * source has another version, and leaves none out there (`shouldOmit` of arborist's node.js).
 */
function* installedFrom(packageJson: PackageJson): Generator<Asked> {
  for (const asked of packageJson.installed.values()) if (!asked.optionalPeer) yield asked;
  if (packageJson.folder === '') return;
  for (const [name, spec] of packageJson.development)
    yield { name, spec, path: ['devDependencies', name], packageJson };
}

const tooMany = ({ file, json }: PackageJson): JsonProblem & { readonly file: string } => ({
  ...json.position(0),
  file,
  problem: `the source asks for more than ${MOST_ASKED} packages`,
  fix: 'split the Function, or publish a package that asks for the others',
});

/** Whether an installation would install anything. */
export const installs = ({ specs }: NpmSource): boolean => specs.some(({ asked }) => !('replaces' in asked));

/** The version that the lock has for a package that the source asks for, whether the lock is trusted or not. */
export function versionInLock({ lock }: NpmSource, name: string): string | undefined {
  if (lock === undefined || 'problem' in lock) return undefined;
  const version = lock.packages.get(`node_modules/${name}`)?.version;
  return version === undefined || parseSpec(name, version).kind !== 'version' ? undefined : version;
}

export const faultsOf = ({ lock }: NpmSource, ...kinds: readonly LockFault['kind'][]): readonly LockFault[] =>
  lock === undefined || 'problem' in lock ? [] : lock.faults.filter(({ kind }) => kinds.includes(kind));

/** The source for whoever does not judge it; undefined if there is none, if it cannot be read, or if it is too much to be judged. */
export function readJudgeableSource(files: SourceFiles): NpmSource | undefined {
  try {
    const source = readNpmSource(files, DEFAULT_DEPENDENCY_SETTINGS);
    return source === undefined || 'problem' in source ? undefined : source;
  } catch (error) {
    if (error instanceof TooComplex) return undefined;
    throw error;
  }
}
