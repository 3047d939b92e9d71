import { LEVELS, type DependencyFinding, type Level } from './policy.ts';

/**
 * The first findings of each level, as many as a person reads, and for the others of that level one that counts them. Per
 * level, so that a namespace of any level is refused by the same findings as if all were listed.
 *
 * @param most of a level
 */
export function listed(findings: readonly DependencyFinding[], most: number): readonly DependencyFinding[] {
  if (findings.length <= most) return findings;
  const shown = new Map<Level, number>();
  const left = new Map<Level, { readonly first: DependencyFinding; count: number }>();
  const kept = findings.filter((finding) => {
    const { level } = finding;
    const before = shown.get(level) ?? 0;
    shown.set(level, before + 1);
    if (before < most) return true;
    const rest = left.get(level);
    if (rest === undefined) left.set(level, { first: finding, count: 1 });
    else rest.count += 1;
    return false;
  });
  const rests = LEVELS.flatMap((level) => {
    const rest = left.get(level);
    return rest === undefined ? [] : [theRest(rest.first, rest.count)];
  });
  return [...kept, ...rests];
}

/** Counts findings like this one; what they say of packages and lines is left out. */
const theRest = ({ code, level, file }: DependencyFinding, count: number): DependencyFinding => ({
  code,
  level,
  file,
  problem: `${count} more finding${count === 1 ? '' : 's'} of the level "${level}"`,
  fix: 'correct those that are listed first; "buildless validate" lists more',
  count,
});
