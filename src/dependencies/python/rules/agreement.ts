import type { Budget } from '../../budget.ts';
import type { DependencyFinding } from '../../policy.ts';
import { normalizeName } from '../format/names.ts';
import { parseAddress, withoutFragment } from '../format/addresses.ts';
import { admits } from '../format/versions.ts';
import { type Lock, type LockedPackage, PYLOCK } from '../pylock/read.ts';
import type { Reading, Requirement } from '../requirements.ts';
import { aboutRequirement, quote } from './rule.ts';

/** Packages of one name, one for each environment. */
interface Alternatives {
  readonly packages: LockedPackage[];
  files: number;
}

/** Of one version against one clause, or one address against another. */
const STEPS_OF_COMPARISON = 5;

/**
 * Where pylock.toml and requirements.txt are both there, only the lock is installed, so it must hold what the requirements
 * ask for. A requirement behind a marker may be left out: it may not be for this platform.
 */
export function* agreement(reading: Reading, lock: Lock, budget: Budget): Generator<DependencyFinding> {
  const byName = new Map<string, Alternatives>();
  for (const locked of lock.packages) {
    const name = normalizeName(locked.name);
    const others = byName.get(name);
    const files = 1 + locked.files.length;
    if (others === undefined) {
      byName.set(name, { packages: [locked], files });
      continue;
    }
    others.packages.push(locked);
    others.files += files;
  }
  for (const requirement of reading.requirements) {
    const { target, constraint, marker } = requirement;
    if (constraint || target.name === undefined) continue;
    const { packages: locked, files } = byName.get(normalizeName(target.name)) ?? { packages: [], files: 0 };
    const clauses = target.kind === 'index' ? target.clauses.length : 0;
    budget.spend(STEPS_OF_COMPARISON * (locked.length * clauses + (clauses === 0 ? files : 0)));
    if (locked.length === 0 ? marker !== '' : locked.some((item) => satisfies(item, requirement))) continue;
    const [first] = locked;
    const version = first?.version;
    yield aboutRequirement(
      requirement,
      {
        level: 'no-latest',
        problem:
          first === undefined
            ? `${quote(requirement.text)} is not in ${PYLOCK}, which is what is installed`
            : `${PYLOCK} has ${first.name} ${version ?? 'from elsewhere'}, which ${quote(requirement.text)} does not ask for`,
        fix: `write ${PYLOCK} again ("buildless lock")${version === undefined || target.kind !== 'index' ? '' : `, or write ${target.name}==${version}`}`,
      },
      'dependencies-invalid',
    );
  }
}

function satisfies(locked: LockedPackage, { target }: Requirement): boolean {
  switch (target.kind) {
    case 'index': {
      const { version } = locked;
      // A repository or folder need not name its version (PEP 751).
      return version === undefined || target.clauses.every((clause) => admits(clause, version));
    }
    case 'address':
      return locked.files.some(({ url }) => url !== undefined && withoutFragment(url) === withoutFragment(target.url));
    case 'repository':
      return satisfiesRepository(locked.repository, target);
    case 'path':
      return locked.folder !== undefined || locked.files.some(({ path }) => path !== undefined);
  }
}

function satisfiesRepository(
  locked: LockedPackage['repository'],
  { url, revision }: Extract<Requirement['target'], { readonly kind: 'repository' }>,
): boolean {
  if (locked === undefined || !sameHost(locked.url, url)) return false;
  return (
    revision === undefined || revision.toLowerCase() === locked.commit.toLowerCase() || !/^[0-9a-f]{40}/i.test(revision)
  );
}

const sameHost = (a: string, b: string): boolean => parseAddress(a).host === parseAddress(b).host;
