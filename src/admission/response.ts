import type { RefusalCode, SkipCode } from '../outcome/codes.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import { refusalMessage, warningTexts } from './message.ts';
import { patchBetween } from './patch.ts';
import type { AdmissionResponse, Verdict } from './review.ts';

/** Keys of the audit annotations; the API server puts the webhook's name before them. */
const AUDIT = { outcome: 'outcome', codes: 'codes', dependencies: 'dependencies' } as const;

/** Lets the object pass as it is. */
export function skipped(uid: string, code: SkipCode): Verdict {
  return { response: { uid, allowed: true }, outcome: 'skipped', codes: [code] };
}

/** Lets the object pass as it is, after it was judged. */
export function admitted(uid: string, warnings: readonly Finding<string>[], audited: readonly Finding[] = []): Verdict {
  return {
    response: {
      uid,
      allowed: true,
      ...withWarnings(warnings),
      ...(audited.length > 0 && {
        auditAnnotations: { [AUDIT.dependencies]: refusalMessage('The Function', audited) },
      }),
    },
    outcome: 'admitted',
    codes: [],
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

/** Stops the object, with every reason. */
export function refused(
  uid: string,
  subject: string,
  findings: readonly Finding[],
  warnings: readonly Finding<string>[] = [],
): Verdict {
  const codes: RefusalCode[] = [...new Set(findings.map(({ code }) => code))];
  return {
    response: {
      uid,
      allowed: false,
      status: { code: 403, reason: 'Forbidden', message: refusalMessage(subject, findings) },
      ...withWarnings(warnings),
      auditAnnotations: { [AUDIT.outcome]: 'refused', [AUDIT.codes]: codes.join(',') },
    },
    outcome: 'refused',
    codes,
  };
}

function withWarnings(warnings: readonly Finding<string>[]): Pick<AdmissionResponse, 'warnings'> {
  return warnings.length === 0 ? {} : { warnings: warningTexts(warnings) };
}
