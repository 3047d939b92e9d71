import type { DiffColours } from '../manifests/diff.ts';
import { visible } from '../outcome/finding.ts';
import { formatPlace } from '../outcome/place.ts';
import { countOf, type Report, type ReportedFinding } from './report.ts';

type Colours = Pick<DiffColours, 'red' | 'bold'> & Record<'yellow' | 'dim' | 'green', (text: string) => string>;

/** For a person: two lines a finding, of which the first begins with a place that editors can jump to, and a count. */
export function writeText(report: Report, colours: Colours): string {
  const lines = report.findings.map((finding) => textOf(finding, colours));
  return [...lines, summaryOf(report, colours), ''].join('\n');
}

function textOf(finding: ReportedFinding, colours: Colours): string {
  const { severity, problem, fix, code, level, source, field } = finding;
  const place = formatPlace({
    file: finding.file,
    ...(finding.line !== undefined && { line: finding.line }),
    ...(finding.column !== undefined && { column: finding.column }),
  });
  const kind = kindOf(severity, colours);
  const inside = source === undefined ? field : formatPlace(source);
  const tag = level === undefined ? code : `${code}, ${level}`;
  const about = inside === undefined ? '' : `${inside}: `;
  return [
    `${colours.bold(`${visible(place)}:`)} ${kind} ${visible(`${about}${problem}`)} ${colours.dim(visible(`[${tag}]`))}`,
    `    ${visible(fix)}`,
  ].join('\n');
}

function kindOf(severity: ReportedFinding['severity'], colours: Colours): string {
  switch (severity) {
    case 'error':
      return colours.red('error:');
    case 'warning':
      return colours.yellow('warning:');
    case 'note':
      return colours.green('note:');
  }
}

function summaryOf(report: Report, colours: Colours): string {
  const [errors, warnings, notes] = [countOf(report, 'error'), countOf(report, 'warning'), countOf(report, 'note')];
  const looked = `${counted(report.judged, 'Function')} in ${counted(report.files.length, 'file')} looked at`;
  const { skipped } = report;
  const others = skipped.length === 0 ? '' : `\n${skippedNote(skipped)}`;
  if (report.findings.length === 0)
    return (report.judged === 0 ? `${looked}.` : colours.green(`Nothing found; ${looked}.`)) + others;
  const excepted = notes === 0 ? '' : `, ${counted(notes, 'exception')} used`;
  const text = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}${excepted}; ${looked}.${others}`;
  if (errors > 0) return colours.red(text);
  return warnings > 0 ? colours.yellow(text) : colours.green(text);
}

const MOST_NAMED = 5;

/** @example skippedNote(['values.yaml']) // 'Skipped 1 file that is not a manifest: values.yaml' */
export function skippedNote(skipped: readonly string[]): string {
  const others = skipped.length - MOST_NAMED;
  const names = [...skipped.slice(0, MOST_NAMED), ...(others > 0 ? [`${others} more`] : [])].join(', ');
  const what =
    skipped.length === 1 ? '1 file that is not a manifest' : `${skipped.length} files that are not manifests`;
  return visible(`Skipped ${what}: ${names}`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
