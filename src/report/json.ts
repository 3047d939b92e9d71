import { errorsOf, type Report } from './report.ts';

/** For a program: the findings as data, and their count. */
export function writeJson(report: Report): string {
  const { findings, judged, files, skipped } = report;
  const errors = errorsOf(report);
  return `${JSON.stringify({ findings, summary: { errors, warnings: findings.length - errors, judged, files, skipped } }, null, 2)}\n`;
}
