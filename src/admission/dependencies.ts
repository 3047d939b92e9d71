import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses, type DependencyFinding, type PolicyLevels } from '../dependencies/policy.ts';
import type { SourceFiles } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { parseSource } from '../function/source.ts';
import type { FunctionStatus } from '../inject/status.ts';
import type { Warning } from '../outcome/finding.ts';
import type { Surroundings } from './surroundings.ts';

/** What a namespace's three modes make of a source's dependencies. */
export interface DependencyVerdict {
  readonly enforced: readonly DependencyFinding[];
  /** Findings that are not refused, at the level of the mode `warn`. */
  readonly warnings: readonly Warning[];
  readonly audited: readonly DependencyFinding[];
}

const NOTHING: DependencyVerdict = { enforced: [], warnings: [], audited: [] };

/** Judges the dependencies of a source in each language that it may be installed for. */
export function judgeFiles(files: SourceFiles, languages: readonly Language[], levels: PolicyLevels): DependencyVerdict {
  const findings = languages.flatMap((language) => judgeDependencies(files, language));
  const enforced = findings.filter((finding) => refuses(levels.enforce, finding));
  return {
    enforced,
    warnings: findings
      .filter((finding) => !enforced.includes(finding) && refuses(levels.warn, finding))
      .map((finding) => ({ ...finding, code: 'dependencies-float' })),
    audited: findings.filter((finding) => refuses(levels.audit, finding)),
  };
}

/**
 * Judges the dependencies of an injected Pod. A Git or image source is judged by buildless-prepare, in the Pod; one that
 * is gone since the injection keeps the Pod from starting by itself.
 */
export async function judgeFunction(
  status: FunctionStatus,
  namespace: string,
  surroundings: Surroundings,
  levels: PolicyLevels,
): Promise<DependencyVerdict> {
  const reference = parseSource(status.source.reference);
  const language = surroundings.configuration().runtimes[status.runtime]?.language;
  if ('problem' in reference || language === undefined) return NOTHING;
  const source = await surroundings.readSource(namespace, reference);
  return source.type === 'files' ? judgeFiles(source.files, [language], levels) : NOTHING;
}
