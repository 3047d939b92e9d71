import { LEVELS, type Level } from '../dependencies/policy.ts';
import type { WarningCode } from '../outcome/codes.ts';
import { formatFinding, visible, type Finding } from '../outcome/finding.ts';

/**
 * Kubernetes may cut a warning of more than 256 characters (https://kubernetes.io/blog/2020/09/03/warnings/), and all of
 * them where they are more than 4096 together (k8s.io/apiserver, endpoints/filters/warning.go).
 */
const LONGEST_WARNING = 255;
const MOST_WARNINGS = 10;

/** A lock file can be wrong in thousands of lines; a person reads the first ones. */
const MOST_REASONS = 50;
/** Of one reason: it quotes what its author wrote, which may be long. */
const LONGEST_REASON = 1000;
/** Of all reasons together: what `kubectl` prints is still a page or two, and an audit log is not filled. */
const LONGEST_MESSAGE = 16 * 1024;

/**
 * The text of a refusal as `kubectl` prints it behind `admission webhook "..." denied the request:`.
 *
 * @param subject what is refused, e.g. `Function "hello"`
 */
export function refusalMessage(subject: string, findings: readonly Finding[]): string {
  const [first] = findings;
  if (first !== undefined && findings.length === 1) return `${short(subject)} is refused: ${reasonText(first)}`;
  return [
    `${short(subject)} is refused for ${countOf(findings)} reasons:`,
    ...bounded(findings).map((line) => `  - ${line}`),
  ].join('\n');
}

/** What is in the audit log; one line a finding. */
export const auditText = (level: Level, findings: readonly Finding[]): string =>
  [`the level "${level}" would refuse:`, ...bounded(findings)].join('\n');

/** The first reasons, as many as there is room for, and how many there are more. */
function bounded(findings: readonly Finding[]): readonly string[] {
  const lines: string[] = [];
  let room = LONGEST_MESSAGE;
  for (const finding of findings.slice(0, MOST_REASONS)) {
    const line = reasonText(finding);
    room -= line.length;
    if (room < 0) break;
    lines.push(line);
  }
  const more = countOf(findings.slice(lines.length));
  return more === 0 ? lines : [...lines, `and ${more} more; "buildless validate" lists all`];
}

/** One may stand for many; see `Finding`. */
const countOf = (findings: readonly Finding[]): number => findings.reduce((sum, { count = 1 }) => sum + count, 0);

const reasonText = (finding: Finding): string => cut(finding, LONGEST_REASON);

/** Names a Function and an object, which have 63 and 253 characters at most where the API server has checked them. */
const short = (subject: string): string =>
  subject.length > 600 ? `${visible(subject.slice(0, 600))}…` : visible(subject);

/** Warnings for the API server's answer: bounded in length and number, each said once, the most important first. */
export function warningTexts(warnings: readonly Finding<string>[]): readonly string[] {
  const ordered = [...warnings].sort((a, b) => importance(a) - importance(b));
  const texts = [...new Set(ordered.map(warningText))];
  if (texts.length <= MOST_WARNINGS) return texts;
  const shown = texts.slice(0, MOST_WARNINGS - 1);
  return [...shown, `buildless: and ${texts.length - shown.length} more; "buildless validate" lists all`];
}

/** What keeps Pods from starting, then what floats, the loosest first, then what leaks, then advice in the order it was given. */
const FIRST: readonly string[] = [
  'source-missing-yet',
  'source-unreachable',
  'namespace-unreachable',
  'dependencies-invalid',
  'dependencies-float',
  'credential-in-source',
  'existing-pods',
  'unknown-policy-level',
  'policy-floor',
] satisfies readonly WarningCode[];

function importance(warning: Finding<string>): number {
  const rank = FIRST.indexOf(warning.code);
  if (rank === -1) return FIRST.length;
  return 'level' in warning ? rank + LEVELS.findIndex((level) => level === warning.level) / LEVELS.length : rank;
}

/** Cut in the cure, so that the place, and the code to look up, are kept. */
function warningText(warning: Finding<string>): string {
  return cut(warning, LONGEST_WARNING, 'buildless: ');
}

function cut(finding: Finding<string>, longest: number, start = ''): string {
  const text = `${start}${formatFinding(finding)}`;
  if (text.length <= longest) return text;
  const end = `… [${visible(finding.code)}]`;
  const kept = text.slice(0, longest - end.length);
  // Never half of a character outside of the basic plane.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${end}`;
}
