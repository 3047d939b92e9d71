import type { AdmissionRequest, Verdict } from '../admission/review.ts';
import type { Logger, LogLevel } from './logging.ts';
import type { WebhookName } from './metrics.ts';

export interface ReviewRecord {
  readonly webhook: WebhookName;
  readonly admission: AdmissionRequest;
  readonly verdict: Pick<Verdict, 'outcome' | 'codes'>;
  readonly milliseconds: number;
  /** What the reviewer threw, where it did. */
  readonly fault?: { readonly error: unknown } | undefined;
}

/** Most reviews pass untouched, and nobody looks for them. */
const LEVELS: Readonly<Record<Verdict['outcome'], LogLevel>> = {
  injected: 'info',
  stamped: 'info',
  refused: 'info',
  admitted: 'debug',
  skipped: 'debug',
  failed: 'error',
};

/** One line a review, with nothing of the object but its name. */
export function logReview(logger: Logger, { webhook, admission, verdict, milliseconds, fault }: ReviewRecord): void {
  const level = LEVELS[verdict.outcome];
  if (!logger.isLevelEnabled(level)) return;
  logger[level](
    {
      uid: short(admission.uid),
      webhook,
      operation: admission.operation,
      kind: short(admission.kind.kind),
      namespace: short(admission.namespace),
      name: short(nameOf(admission)),
      outcome: verdict.outcome,
      codes: verdict.codes,
      ms: Math.round(milliseconds * 1000) / 1000,
      ...(fault !== undefined && { err: fault.error }),
    },
    'review',
  );
}

/** No name of Kubernetes is longer than 253 characters; a line is not to grow with what somebody else sends. */
const short = (text: string): string => (text.length > 253 ? `${text.slice(0, 252)}…` : text);

/** A Pod of a controller has no name yet, but the beginning of one. */
function nameOf({ name, object }: AdmissionRequest): string {
  if (name !== '') return name;
  const metadata = object?.metadata;
  if (typeof metadata !== 'object' || metadata === null || !('generateName' in metadata)) return '';
  return typeof metadata.generateName === 'string' ? `${metadata.generateName}*` : '';
}
