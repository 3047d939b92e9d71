/** One line of a report: what a rule says of one object. */
import { formatFinding, visible, type Finding } from '../outcome/finding.ts';

/** As both APIs have it. */
export const OUTCOMES = ['fail', 'error', 'warn', 'skip', 'pass'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** An object that a result is about. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid?: string;
}

export interface Result {
  readonly source: 'buildless';
  readonly policy: string;
  readonly rule: string;
  readonly category: string;
  readonly severity?: Severity;
  readonly result: Outcome;
  readonly scored: boolean;
  readonly message: string;
  readonly resources: readonly Subject[];
  readonly properties?: Readonly<Record<string, string>>;
}

/** What all results have. */
const OURS = { source: 'buildless', category: 'Supply chain' } as const;

/** Of what is wrong with the template itself. */
export const DEFINITION = 'definition';

/** A finding says more than a viewer has room for. */
const LONGEST_MESSAGE = 1000;
const LONGEST_PROPERTY = 250;

/** What a finding may say besides its place. */
interface Details {
  readonly package?: string;
  readonly version?: string;
  readonly spec?: string;
  readonly path?: string;
  readonly level?: string;
  /** Who answers for it, until when. */
  readonly exception?: { readonly code: string; readonly reason: string; readonly until: string };
}

export interface Judged {
  readonly subject: Subject;
  /** Name of the Function; absent for the namespace itself. */
  readonly function?: string;
  /** Which code and dependencies it is about, if that is not what the template says. */
  readonly where?: string;
}

/** @param result `fail` if a Pod would be refused for it, `warn` if not, `skip` if an exception is for it */
export function resultOf(
  finding: Finding<string> & Details,
  result: Extract<Outcome, 'fail' | 'warn' | 'skip'>,
  { subject, function: name, where }: Judged,
  policy?: string,
): Result {
  const { code, package: packageName, version, spec, path, level, file, line, exception } = finding;
  const { reason, until } = exception ?? {};
  return {
    ...OURS,
    policy: policy ?? policyOf(exception?.code ?? code),
    rule: code,
    severity: severityOf(code, result),
    result,
    scored: result !== 'skip',
    message: cut(formatFinding(finding), LONGEST_MESSAGE),
    resources: [subject],
    ...properties({
      function: name,
      where,
      package: packageName,
      version,
      spec,
      path,
      level,
      file,
      line,
      reason,
      until,
    }),
  };
}

/** Without a finding: nothing to say, nobody knows, or nobody asked. */
export function plainResult(
  result: Exclude<Outcome, 'fail' | 'warn'>,
  rule: string,
  message: string,
  { subject, function: name, where }: Judged,
): Result {
  return {
    ...OURS,
    policy: 'dependencies',
    rule,
    result,
    scored: result !== 'skip',
    message: cut(visible(message), LONGEST_MESSAGE),
    resources: [subject],
    ...properties({ function: name, where }),
  };
}

/** What codes begin with, and the policy that they are of. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ['dependency-denied', 'denied-versions'],
  ['release-', 'release-age'],
  ['unknown-release-age', 'release-age'],
  ['provenance-', 'provenance'],
  ['licence-', 'licences'],
];

const policyOf = (code: string): string =>
  BEGINNINGS.find(([beginning]) => code.startsWith(beginning))?.[1] ?? 'dependencies';

function severityOf(code: string, result: 'fail' | 'warn' | 'skip'): Severity {
  if (code === 'dependency-denied' || code === 'release-changed') return 'critical';
  if (code === 'credential-in-source') return 'high';
  if (result === 'skip') return 'info';
  return result === 'fail' ? 'medium' : 'low';
}

function properties(values: Readonly<Record<string, string | number | undefined>>): Pick<Result, 'properties'> {
  const known = Object.entries(values).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, cut(visible(String(value)), LONGEST_PROPERTY)]],
  );
  return known.length === 0 ? {} : { properties: Object.fromEntries(known) };
}

/** To so many UTF-16 code units, with a sign that there was more; not in the middle of a character. */
function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 4);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return `${text.slice(0, longest - (isHalf ? 4 : 3))}...`;
}
