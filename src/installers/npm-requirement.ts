/** Without a lock: whether a package that package.json asks for is one that its spec allows. */
import semver from 'semver';
import type { PackageJson } from '../dependencies/npm/package-json.ts';
import { isCommit, parseSpec, type Spec } from '../dependencies/npm/spec.ts';
import type { InstalledPackage, RecordedPackage } from './installed-package.ts';

type Requirement = PackageJson['installed'] extends ReadonlyMap<string, infer Value> ? Value : never;

/** @returns undefined if it is, or if npm may leave it out */
export function requirementDifference(
  asked: Requirement,
  installed: InstalledPackage | undefined,
  recorded: RecordedPackage | undefined,
): string | undefined {
  const { name, group, spec: text } = asked;
  if (installed === undefined) {
    return group === 'dependencies' ? `${name} is missing, and package.json asks for ${text}` : undefined;
  }
  const accepted = asked.packageJson.accepted[name];
  if (isAllowed(parseSpec(name, text), name, installed, recorded)) return undefined;
  if (typeof accepted === 'string' && semver.satisfies(installed.version, accepted, { loose: true })) return undefined;
  return `node_modules/${name} is ${installed.name}@${installed.version}, and package.json asks for ${text}`;
}

function isAllowed(
  spec: Spec,
  name: string,
  installed: InstalledPackage,
  recorded: RecordedPackage | undefined,
): boolean {
  switch (spec.kind) {
    case 'version':
      return installed.name === name && isSameVersion(installed.version, spec.version);
    case 'range':
      return installed.name === name && semver.satisfies(installed.version, spec.range, { loose: true });
    case 'tag':
      return installed.name === name;
    case 'alias':
      return isAllowed(spec.target, spec.name, installed, recorded);
    case 'git':
      return !isCommit(spec.committish) || recorded?.resolved?.endsWith(`#${spec.committish ?? ''}`) === true;
    case 'remote':
      return recorded?.resolved === spec.url;
    case 'file':
      return installed.link === undefined;
    case 'directory':
      return installed.link?.target === spec.path;
    case 'protocol':
    case 'invalid':
      return false;
  }
}

/** npm cleans the version of a package.json that it reads: `v1.0.0` and `=1.0.0` are 1.0.0. */
export const isSameVersion = (one: string, other: string): boolean =>
  one === other || (semver.clean(one, { loose: true }) ?? one) === (semver.clean(other, { loose: true }) ?? other);
