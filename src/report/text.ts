import type { DiffColours } from '../manifests/diff.ts';
import { placeOf, visible } from '../outcome/finding.ts';
import { errorsOf, type Report, type ReportedFinding } from './report.ts';

type Colours = Pick<DiffColours, 'red' | 'bold'> & Record<'yellow' | 'dim' | 'green', (text: string) => string>;

/** For a person: two lines a finding, of which the first begins with a place that editors can jump to, and a count. */
export function writeText(report: Report, colours: Colours): string {
  const lines = report.findings.map((finding) => textOf(finding, colours));
  return [...lines, summaryOf(report, colours), ''].join('\n');
}

function textOf(finding: ReportedFinding, colours: Colours): string {
  const { severity, problem, fix, code, level, source, field } = finding;
  const place = placeOf({
    file: finding.file,
    ...(finding.line !== undefined && { line: finding.line }),
    ...(finding.column !== undefined && { column: finding.column }),
  });
  const kind = severity === 'error' ? colours.red('error:') : colours.yellow('warning:');
  const inside = source === undefined ? field : placeOf(source);
  const tag = level === undefined ? code : `${code}, ${level}`;
  const about = inside === undefined ? '' : `${inside}: `;
  return [
    `${colours.bold(`${visible(place)}:`)} ${kind} ${visible(`${about}${problem}`)} ${colours.dim(visible(`[${tag}]`))}`,
    `    ${visible(fix)}`,
  ].join('\n');
}

function summaryOf(report: Report, colours: Colours): string {
  const errors = errorsOf(report);
  const warnings = report.findings.length - errors;
  const looked = `${counted(report.judged, 'Function')} in ${counted(report.files.length, 'file')} looked at`;
  if (report.findings.length === 0) return colours.green(`Nothing found; ${looked}.`);
  const text = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}; ${looked}.`;
  return errors > 0 ? colours.red(text) : colours.yellow(text);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
