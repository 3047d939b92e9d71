import type { SourceFiles } from '../../function/files.ts';
import { Budget } from '../budget.ts';
import type { DependencyFinding } from '../policy.ts';
import type { DependencySettings } from '../settings.ts';
import { treeOf } from './format/paths.ts';
import { knownVersions } from './known-versions.ts';
import { Pins } from './pins.ts';
import { readProjects } from './projects.ts';
import { type Lock, PYLOCK, readLock } from './pylock/read.ts';
import { readRequirements, type Reading } from './requirements.ts';
import { agreement } from './rules/agreement.ts';
import { credentials } from './rules/credential.ts';
import { LOCK_RULES, RULES } from './rules/index.ts';
import type { RequirementsContext } from './rules/rule.ts';
import { unreadable } from './rules/unreadable.ts';
import type { PythonSource } from './source.ts';

export const REQUIREMENTS = 'requirements.txt';

/**
 * Judges requirements.txt and pylock.toml as pip would read them; see `judgeDependencies`. Where pylock.toml is there, the
 * installer takes everything from it (make_plan of buildless_install), so requirements.txt only has to agree with it.
 */
export function judgePython(
  files: SourceFiles,
  settings: DependencySettings,
  budget = new Budget(),
): readonly DependencyFinding[] {
  return judgePythonSource(files, settings, budget).findings;
}

/** The findings, with what was read. */
export function judgePythonSource(
  files: SourceFiles,
  settings: DependencySettings,
  budget: Budget,
): { readonly findings: readonly DependencyFinding[]; readonly source: PythonSource } {
  const tree = treeOf(files);
  const reading = readRequirements(tree, REQUIREMENTS);
  const bytes = files.get(PYLOCK);
  if (bytes === undefined) {
    const projects = readProjects(reading.requirements, tree);
    const whole: Reading = {
      ...pick(reading),
      requirements: [...reading.requirements, ...projects.requirements],
      unreadable: [...reading.unreadable, ...projects.unreadable],
      credentials: [...reading.credentials, ...projects.credentials],
    };
    const context: RequirementsContext = {
      tree,
      settings,
      reading: whole,
      pins: new Pins(whole.requirements),
      dynamic: projects.dynamic,
      known: knownVersions(files),
    };
    const findings = sort(RULES.flatMap((rule) => [...rule(context)]));
    return { findings, source: { requirements: whole.requirements } };
  }
  const lock = readLock(bytes);
  const findings = sort([...judgeLock(lock, settings), ...judgeAgreement(reading, lock, budget)]);
  return { findings, source: { requirements: reading.requirements, lock } };
}

function judgeLock(lock: Lock, settings: DependencySettings): readonly DependencyFinding[] {
  return [...unreadable({ reading: lock }), ...LOCK_RULES.flatMap((rule) => [...rule({ lock, settings })])];
}

/** They agree only where both can be read. */
const judgeAgreement = (reading: Reading, lock: Lock, budget: Budget): readonly DependencyFinding[] => [
  ...unreadable({ reading }),
  ...credentials({ reading }),
  ...(lock.unreadable.length === 0 ? agreement(reading, lock, budget) : []),
];

const pick = ({ options, includes, variables }: Reading): Pick<Reading, 'options' | 'includes' | 'variables'> => ({
  options,
  includes,
  variables,
});

/** By file, in the order in which they are first named, and by line. */
function sort(findings: readonly DependencyFinding[]): readonly DependencyFinding[] {
  const files = new Map<string, number>([
    [PYLOCK, 0],
    [REQUIREMENTS, 1],
  ]);
  for (const { file } of findings) if (!files.has(file)) files.set(file, files.size);
  const rank = ({ file }: DependencyFinding): number => files.get(file) ?? files.size;
  return findings.toSorted(
    (a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}
