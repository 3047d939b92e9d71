import type { DependencyFinding } from '../../policy.ts';
import type { SourceTree } from '../format/paths.ts';
import { fixedBy } from '../pins.ts';
import type { Requirement } from '../requirements.ts';
import { aboutLine, aboutRequirement, quote, type Rule } from './rule.ts';

const LOCK = 'run "buildless lock" to write a pylock.toml or every hash';

/**
 * `--hash` on every requirement: pip then checks every file, and refuses a package that the file does not name, so that what
 * the named packages need in turn is fixed as well (pip.pypa.io/en/stable/topics/secure-installs).
 *
 * locked refuses: a requirement without --hash; a folder or repository, of which no hash can be checked; a hash beside
 *   anything but one "==", which pip does not take; --no-require-hashes
 */
export const hashes: Rule = function* ({ reading, tree }) {
  const installed = reading.requirements.filter(({ constraint, project }) => !constraint && project === undefined);
  const hashable: Requirement[] = [];
  for (const requirement of installed) {
    if (canHaveHash(requirement, tree)) hashable.push(requirement);
    else {
      yield aboutRequirement(requirement, {
        level: 'locked',
        problem: `${quote(requirement.text)} is a ${requirement.target.kind === 'repository' ? 'repository' : 'folder'}, of which pip can check no hash`,
        fix: 'take a released version from an index with == and --hash, or put a wheel of it into the source',
      });
    }
  }
  yield* withoutHash(hashable);
  for (const requirement of hashable) {
    if (requirement.hashes.length === 0 || requirement.target.kind !== 'index') continue;
    const [clause, ...more] = requirement.target.clauses;
    if (clause !== undefined && more.length === 0 && fixedBy([clause]) === 'pinned') continue;
    yield aboutRequirement(requirement, {
      level: 'locked',
      problem: `${quote(requirement.text)} has a hash, and pip takes one only beside a single ==`,
      fix: `write ${requirement.target.name}==VERSION with the version that the hash belongs to`,
    });
  }
  for (const option of reading.options) {
    if (option.name !== 'no-require-hashes') continue;
    yield aboutLine(option, '--no-require-hashes', {
      level: 'locked',
      problem: '--no-require-hashes lets pip install files without checking a hash',
      fix: 'remove the option',
    });
  }
};

const canHaveHash = ({ target, editable }: Requirement, { files }: SourceTree): boolean =>
  !editable &&
  target.kind !== 'repository' &&
  (target.kind !== 'path' || target.path === undefined || files.has(target.path));

/** One finding where no line has a hash, else one for each that has none. */
function* withoutHash(requirements: readonly Requirement[]): Generator<DependencyFinding> {
  const missing = requirements.filter((requirement) => requirement.hashes.length === 0);
  const [first] = missing;
  if (first !== undefined && missing.length === requirements.length && missing.length > 1) {
    yield aboutRequirement(first, {
      level: 'locked',
      missing: 'lock',
      problem: `none of the ${missing.length} requirements has a --hash, so neither the files nor what they need in turn is fixed`,
      fix: LOCK,
    });
    return;
  }
  for (const requirement of missing) {
    yield aboutRequirement(requirement, {
      level: 'locked',
      ...(missing.length === requirements.length && { missing: 'lock' as const }),
      problem: `${quote(requirement.text)} has no --hash, so neither the file nor what it needs in turn is fixed`,
      fix: LOCK,
    });
  }
}
