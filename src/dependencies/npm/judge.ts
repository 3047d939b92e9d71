import type { SourceFiles } from '../../function/files.ts';
import { Budget } from '../budget.ts';
import { hideCredentials } from '../credentials.ts';
import type { DependencyFinding } from '../policy.ts';
import type { DependencySettings } from '../settings.ts';
import { quote } from './rules/advice.ts';
import { SOURCE_RULES, SPEC_RULES } from './rules/index.ts';
import { isPackageName } from './rules/package-name.ts';
import { unreadable } from './rules/unreadable.ts';
import { type AskedSpec, type NpmSource, readNpmSource } from './source.ts';

/**
 * Judges package.json and its lock as npm would read them; see `judgeDependencies`.
 *
 * @throws TooComplex
 */
export function judgeNpm(
  files: SourceFiles,
  settings: DependencySettings,
  budget: Budget = new Budget(),
): readonly DependencyFinding[] {
  return judgeNpmSource(readNpmSource(files, settings, budget));
}

/** @param source what `readNpmSource` made of the files */
export function judgeNpmSource(source: ReturnType<typeof readNpmSource>): readonly DependencyFinding[] {
  if (source === undefined) return [];
  if ('problem' in source) return [unreadable(source)];
  const findings = [
    ...source.specs.flatMap((asked) => judgeSpec(asked, source)),
    ...SOURCE_RULES.flatMap((rule) => rule(source)),
  ];
  return findings.map(withoutCredential).sort(byPlace);
}

function judgeSpec(askedSpec: AskedSpec, source: NpmSource): readonly DependencyFinding[] {
  const { asked } = askedSpec;
  const { name, spec, path, packageJson } = asked;
  // Said by the rule on names; npm's parser would say it of the spec again.
  if (!isPackageName(name)) return [];
  return SPEC_RULES.flatMap((rule): readonly DependencyFinding[] => {
    const objection = rule(askedSpec, source);
    if (objection === undefined) return [];
    const { code, level, problem, fix } = objection;
    return [
      {
        code,
        level,
        file: packageJson.file,
        ...packageJson.json.positionOf(path),
        package: name,
        spec,
        problem: `${subjectOf(asked)}, ${problem}`,
        fix,
      },
    ];
  });
}

/** Their messages quote specs, which hides it there. */
const withoutCredential = (finding: DependencyFinding): DependencyFinding =>
  finding.spec === undefined ? finding : { ...finding, spec: hideCredentials(finding.spec) };

function subjectOf(asked: AskedSpec['asked']): string {
  const { name, spec } = asked;
  const reference = 'resolved' in asked && asked.resolved !== spec ? ` (${quote(asked.resolved ?? '')})` : '';
  return `${'replaces' in asked ? 'the override of ' : ''}${quote(name)} is ${quote(spec)}${reference}`;
}

/** The package.json before its lock, and each from top to bottom. */
function byPlace(one: DependencyFinding, other: DependencyFinding): number {
  if (one.file !== other.file) {
    const [first, second] = [rankOf(one.file), rankOf(other.file)];
    if (first !== second) return first - second;
    return one.file < other.file ? -1 : 1;
  }
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

const rankOf = (file: string): number => (file === 'package.json' ? 0 : file.endsWith('/package.json') ? 1 : 2);
