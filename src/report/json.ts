import { errorsOf, type Report } from './report.ts';

/** For a program: the findings as data, and their count. */
export function writeJson(report: Report): string {
  const { findings, judged, files } = report;
  const errors = errorsOf(report);
  return `${JSON.stringify({ findings, summary: { errors, warnings: findings.length - errors, judged, files } }, null, 2)}\n`;
}
