/** Overrides that npm cannot follow: of a wrong type, without a name, with a reference to nothing, against the package's own spec. */
import semver from 'semver';
import type { DependencyFinding } from '../../policy.ts';
import type { Override } from '../overrides.ts';
import { parseRange } from '../range.ts';
import type { NpmSource } from '../source.ts';
import { parseSpec } from '../spec.ts';
import { quote } from './advice.ts';
import type { SourceRule } from './rule.ts';

export const overrideShape: SourceRule = ({ root, overrides }) => {
  const base = { code: 'dependencies-invalid', level: 'no-latest', file: root.file } as const;
  return [
    ...overrides.problems.map(({ path, problem, fix }) => ({ ...base, ...root.json.positionOf(path), problem, fix })),
    ...overrides.rules.flatMap((rule): readonly DependencyFinding[] => {
      const objection = objectionTo(rule, root);
      if (objection === undefined) return [];
      return [{ ...base, ...root.json.positionOf(rule.path), package: rule.name, spec: rule.spec, ...objection }];
    }),
  ];
};

function objectionTo(
  rule: Override,
  root: NpmSource['root'],
): { readonly problem: string; readonly fix: string } | undefined {
  if (rule.resolved === undefined) {
    return {
      problem: `the override of ${quote(rule.name)} is ${quote(rule.spec)}, and package.json has no ${quote(rule.spec.slice(1))}`,
      fix: `add it to the dependencies, or write a version`,
    };
  }
  const direct = root.installed.get(rule.name);
  const conflicts =
    direct !== undefined &&
    !rule.nested &&
    rule.resolved !== '*' &&
    rule.resolved !== '' &&
    rule.resolved !== direct.spec &&
    replaces(rule.replaces, direct.spec, rule.name);
  if (!conflicts) return undefined;
  return {
    problem: `the override of ${quote(rule.name)} is ${quote(rule.spec)}, and the package itself is asked for as ${quote(direct.spec)}, which npm refuses (EOVERRIDE)`,
    fix: `write "$${rule.name}" as the override, or the same in both places`,
  };
}

/** Whether an override for some versions is for what a direct dependency asks for (arborist's override-set.js). */
function replaces(selector: string, text: string, name: string): boolean {
  if (selector === '*') return true;
  const spec = parseSpec(name, text);
  const asked = spec.kind === 'alias' ? spec.target : spec;
  const wanted = parseRange(selector);
  if (wanted === undefined) return false;
  if (asked.kind === 'range') return asked.range.intersects(wanted);
  if (asked.kind === 'version') return semver.satisfies(asked.version, wanted, { loose: true });
  return asked.kind !== 'git';
}
