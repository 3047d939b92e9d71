/**
 * GitLab's code quality report, which a merge request shows beside the lines.
 * Source: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
import { createHash } from 'node:crypto';
import type { Report, ReportedFinding } from './report.ts';

export function writeGitLab({ findings }: Report): string {
  const seen = new Map<string, number>();
  const issues = findings.map((finding) => {
    const { file, code, problem, fix, severity, line, source } = finding;
    // Without lines, so that an edit above a finding does not make a new one of it.
    const about = JSON.stringify([file, code, source?.file, problem]);
    const before = seen.get(about) ?? 0;
    seen.set(about, before + 1);
    return {
      description: `${problem}; ${fix}`,
      check_name: code,
      fingerprint: createHash('sha256').update(`${about} ${before}`).digest('hex'),
      severity: SEVERITIES[severity],
      location: { path: file.replace(/^(?:\.\/)+/, ''), lines: { begin: line ?? 1 } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}

const SEVERITIES: Readonly<Record<ReportedFinding['severity'], 'major' | 'minor' | 'info'>> = {
  error: 'major',
  warning: 'minor',
  note: 'info',
};
