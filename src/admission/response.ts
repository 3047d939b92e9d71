import { MODES, type PolicyLevels } from '../dependencies/policy.ts';
import type { RefusalCode, SkipCode } from '../outcome/codes.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import { auditText, refusalMessage, warningTexts } from './message.ts';
import { patchBetween } from './patch.ts';
import type { AdmissionResponse, Verdict } from './review.ts';

/** Keys of the audit annotations; the API server puts the webhook's name before them. */
const AUDIT = {
  /** `injected` or `refused`. */
  outcome: 'outcome',
  /** Of a refusal, with commas between. */
  codes: 'codes',
  /** What the mode `audit` found. */
  dependencies: 'dependencies',
  /** By what it was judged: `enforce=no-latest,warn=exact,audit=exact`. */
  levels: 'dependency-levels',
} as const;

/** Lets the object pass as it is. */
export function skipped(uid: string, code: SkipCode): Verdict {
  return { response: { uid, allowed: true }, outcome: 'skipped', codes: [code] };
}

/** What was found in an object, and by what levels it was judged. */
export interface Conclusion {
  readonly findings: readonly Finding[];
  readonly warnings: readonly Finding<string>[];
  readonly audited: readonly Finding[];
  /** Absent if no dependency was judged. */
  readonly levels?: PolicyLevels;
}

/** Stops the object if there are findings, else lets it pass as it is. */
export function concluded(uid: string, subject: string, { findings, warnings, audited, levels }: Conclusion): Verdict {
  if (findings.length > 0) return refused(uid, subject, findings, warnings, auditOf(audited, levels));
  const auditAnnotations = auditOf(audited, levels);
  return {
    response: {
      uid,
      allowed: true,
      ...withWarnings(warnings),
      ...(Object.keys(auditAnnotations).length > 0 && { auditAnnotations }),
    },
    outcome: 'admitted',
    codes: [],
  };
}

/** Only if there is something to find later: an annotation on each review would fill the log. */
function auditOf(audited: readonly Finding[], levels: PolicyLevels | undefined): Readonly<Record<string, string>> {
  if (audited.length === 0 || levels === undefined) return {};
  return {
    [AUDIT.dependencies]: auditText(levels.audit, audited),
    [AUDIT.levels]: MODES.map((mode) => `${mode}=${levels[mode]}`).join(','),
  };
}

/** Lets the object pass with a patch; without one where nothing changes. */
export function patched(
  uid: string,
  before: object,
  after: object,
  warnings: readonly Warning[],
  code?: SkipCode,
): Verdict {
  const operations = before === after ? [] : patchBetween(before, after);
  const response: AdmissionResponse = {
    uid,
    allowed: true,
    ...withWarnings(warnings),
    ...(operations.length > 0 && {
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
      auditAnnotations: { [AUDIT.outcome]: 'injected' },
    }),
  };
  return { response, outcome: operations.length > 0 ? 'injected' : 'skipped', codes: code === undefined ? [] : [code] };
}

/** Lets a workload pass with the marks of its revision. */
export function stamped(uid: string, before: object, after: object, warnings: readonly Warning[]): Verdict {
  if (before === after) {
    return { response: { uid, allowed: true, ...withWarnings(warnings) }, outcome: 'skipped', codes: ['unchanged'] };
  }
  const patch = Buffer.from(JSON.stringify(patchBetween(before, after))).toString('base64');
  return {
    response: { uid, allowed: true, ...withWarnings(warnings), patchType: 'JSONPatch', patch },
    outcome: 'stamped',
    codes: [],
  };
}

/** Stops the object, with every reason. */
export function refused(
  uid: string,
  subject: string,
  findings: readonly Finding[],
  warnings: readonly Finding<string>[] = [],
  audit: Readonly<Record<string, string>> = {},
): Verdict {
  const codes: RefusalCode[] = [...new Set(findings.map(({ code }) => code))];
  return {
    response: {
      uid,
      allowed: false,
      status: statusOf(codes, refusalMessage(subject, findings)),
      ...withWarnings(warnings),
      auditAnnotations: { [AUDIT.outcome]: 'refused', [AUDIT.codes]: codes.join(','), ...audit },
    },
    outcome: 'refused',
    codes,
  };
}

/** A client of the API server tries again automatically after 429 with a time, as it does when the API server itself is overloaded. */
function statusOf(codes: readonly RefusalCode[], message: string): NonNullable<AdmissionResponse['status']> {
  return codes.includes('too-busy')
    ? { code: 429, reason: 'TooManyRequests', message, details: { retryAfterSeconds: 1 } }
    : { code: 403, reason: 'Forbidden', message };
}

function withWarnings(warnings: readonly Finding<string>[]): Pick<AdmissionResponse, 'warnings'> {
  return warnings.length === 0 ? {} : { warnings: warningTexts(warnings) };
}
