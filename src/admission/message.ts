import { formatFinding, type Finding } from '../outcome/finding.ts';

/** Kubernetes may cut a warning that is longer (https://kubernetes.io/blog/2020/09/03/warnings/). */
const LONGEST_WARNING = 256;
const MOST_WARNINGS = 10;

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
    ...findings.map((finding) => `  - ${formatFinding(finding)}`),
  ].join('\n');
}

/** Warnings for the API server's answer: bounded in length and number, each said once. */
export function warningTexts(warnings: readonly Finding<string>[]): readonly string[] {
  const texts = [...new Set(warnings.map((warning) => shorten(`buildless: ${formatFinding(warning)}`)))];
  if (texts.length <= MOST_WARNINGS) return texts;
  const shown = texts.slice(0, MOST_WARNINGS - 1);
  return [...shown, `buildless: and ${texts.length - shown.length} more; "buildless validate" lists all`];
}

const shorten = (text: string): string =>
  text.length <= LONGEST_WARNING ? text : `${text.slice(0, LONGEST_WARNING - 1)}…`;
