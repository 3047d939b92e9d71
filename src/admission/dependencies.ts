import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses, type DependencyFinding, type PolicyLevels } from '../dependencies/policy.ts';
import type { DependencySettings } from '../dependencies/settings.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';

/** What a namespace's three modes make of a source's dependencies. */
export interface DependencyVerdict {
  readonly enforced: readonly DependencyFinding[];
  /** Findings that are not refused, at the level of the mode `warn`. */
  readonly warned: readonly DependencyFinding[];
  /** Findings at the level of the mode `audit`, refused or not. */
  readonly audited: readonly DependencyFinding[];
}

export const NOTHING_FOUND: DependencyVerdict = { enforced: [], warned: [], audited: [] };

/** Judges the dependencies of a source in each language that it may be installed for. */
export function judgeFiles(
  files: SourceFiles,
  languages: readonly Language[],
  levels: PolicyLevels,
  settings: DependencySettings,
): DependencyVerdict {
  if (levels.enforce === 'off' && levels.warn === 'off' && levels.audit === 'off') return NOTHING_FOUND;
  const findings = languages.flatMap((language) => judgeDependencies(files, language, settings));
  return {
    enforced: findings.filter((finding) => refuses(levels.enforce, finding)),
    warned: findings.filter((finding) => !refuses(levels.enforce, finding) && refuses(levels.warn, finding)),
    audited: findings.filter((finding) => refuses(levels.audit, finding)),
  };
}
