import { countOf, type Report } from './report.ts';

/** For a program: the findings as data, and their count. */
export function writeJson(report: Report): string {
  const { findings, judged, files, skipped } = report;
  const [errors, warnings, notes] = [countOf(report, 'error'), countOf(report, 'warning'), countOf(report, 'note')];
  return `${JSON.stringify({ findings, summary: { errors, warnings, notes, judged, files, skipped } }, null, 2)}\n`;
}
