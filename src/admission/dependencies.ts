import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses, type DependencyFinding, type PolicyLevels } from '../dependencies/policy.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import type { Warning } from '../outcome/finding.ts';

/** What a namespace's three modes make of a source's dependencies. */
export interface DependencyVerdict {
  readonly enforced: readonly DependencyFinding[];
  /** Findings that are not refused, at the level of the mode `warn`. */
  readonly warnings: readonly Warning[];
  readonly audited: readonly DependencyFinding[];
}

/** Judges the dependencies of a source in each language that it may be installed for. */
export function dependencyVerdict(
  files: SourceFiles,
  languages: readonly Language[],
  levels: PolicyLevels,
): DependencyVerdict {
  const findings = languages.flatMap((language) => judgeDependencies(files, language));
  const enforced = findings.filter((finding) => refuses(levels.enforce, finding));
  const others = findings.filter((finding) => !enforced.includes(finding));
  return {
    enforced,
    warnings: others
      .filter((finding) => refuses(levels.warn, finding))
      .map((finding) => ({ ...finding, code: 'dependencies-float' })),
    audited: findings.filter((finding) => refuses(levels.audit, finding)),
  };
}
