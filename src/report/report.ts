import type { Level } from '../dependencies/policy.ts';
import type { Exception } from '../exceptions/exception.ts';
import { isExcepted } from '../exceptions/exceptions.ts';
import type { Finding } from '../outcome/finding.ts';

/** A finding with its place in a file that the user has, whichever way it came there. */
export interface ReportedFinding {
  /** `note`: an exception of the configuration is used, as intended. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly code: string;
  readonly problem: string;
  readonly fix: string;
  /** As the command line names it. */
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Path in the Kubernetes object. */
  readonly field?: string;
  /** The object that the finding is about, e.g. `ConfigMap shop`. */
  readonly object?: string;
  /** The place in the source's own file, where that is a part of a manifest. */
  readonly source?: { readonly file: string; readonly line?: number; readonly column?: number };
  /** Of a dependency: the loosest level that refuses it. */
  readonly level?: Exclude<Level, 'off'>;
  readonly package?: string;
  readonly spec?: string;
  /** Why what is found is not refused. */
  readonly exception?: Exception;
}

/** What was judged, and what was found. */
export interface Report {
  readonly findings: readonly ReportedFinding[];
  /** Number of Functions that were looked at; a source without one counts as one. */
  readonly judged: number;
  readonly files: readonly string[];
  /** Files of folders that are not manifests. */
  readonly skipped: readonly string[];
}

/** What a finding is about, without its place. */
export function aboutOf(
  finding: Finding<string>,
): Pick<ReportedFinding, 'code' | 'problem' | 'fix' | 'level' | 'package' | 'spec' | 'exception'> {
  const { code, problem, fix } = finding;
  return {
    code,
    problem,
    fix,
    ...('level' in finding && isRefusing(finding.level) && { level: finding.level }),
    ...('package' in finding && typeof finding.package === 'string' && { package: finding.package }),
    ...('spec' in finding && typeof finding.spec === 'string' && { spec: finding.spec }),
    ...(isExcepted(finding) && { exception: finding.exception }),
  };
}

const isRefusing = (level: unknown): level is Exclude<Level, 'off'> =>
  level === 'no-latest' || level === 'exact' || level === 'locked';

/** What is only to be known is a note, of those that do not refuse. */
export const severityOf = (warning: Finding<string>): 'warning' | 'note' =>
  isExcepted(warning) && !warning.endsSoon ? 'note' : 'warning';

/** Each finding once, an error rather than a warning, in the order of files and lines. */
export function ordered(findings: readonly ReportedFinding[]): readonly ReportedFinding[] {
  const unique = new Map<string, ReportedFinding>();
  for (const finding of findings) {
    const { file, line, column, code, problem } = finding;
    const key = JSON.stringify([file, line, column, code, problem]);
    if (unique.get(key)?.severity !== 'error') unique.set(key, finding);
  }
  return [...unique.values()].sort(
    (a, b) =>
      (a.file === b.file ? 0 : a.file < b.file ? -1 : 1) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

export const errorsOf = (report: Report): number => countOf(report, 'error');

export const countOf = ({ findings }: Report, wanted: ReportedFinding['severity']): number =>
  findings.filter(({ severity }) => severity === wanted).length;
