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

/**
 * The text of a refusal as `kubectl` prints it behind `admission webhook "..." denied the request:`.
 *
 * @param subject what is refused, e.g. `Function "hello"`
 */
export function refusalMessage(subject: string, findings: readonly Finding[]): string {
  const [first] = findings;
  if (first !== undefined && findings.length === 1) return `${subject} is refused: ${formatFinding(first)}`;
  return [
    `${subject} is refused for ${findings.length} reasons:`,
    ...bounded(findings.map(formatFinding)).map((line) => `  - ${line}`),
  ].join('\n');
}

/** What stands in the audit log; one line a finding. */
export const auditText = (level: Level, findings: readonly Finding[]): string =>
  [`the level "${level}" would refuse:`, ...bounded(findings.map(formatFinding))].join('\n');

const bounded = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_REASONS
    ? lines
    : [...lines.slice(0, MOST_REASONS), `and ${lines.length - MOST_REASONS} more; "buildless validate" lists all`];

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
  const text = `buildless: ${formatFinding(warning)}`;
  if (text.length <= LONGEST_WARNING) return text;
  const end = `… [${visible(warning.code)}]`;
  const kept = text.slice(0, LONGEST_WARNING - end.length);
  // Never half of a character outside of the basic plane.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}${end}`;
}
