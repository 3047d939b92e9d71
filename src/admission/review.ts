import type { RefusalCode, SkipCode } from '../outcome/codes.ts';
import { isJsonObject } from '../json/object.ts';

/**
 * AdmissionReview of admission.k8s.io/v1, the parts that are used here.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#webhook-request-and-response
 */
export const REVIEW_API_VERSION = 'admission.k8s.io/v1';
export const REVIEW_KIND = 'AdmissionReview';

/** The field of a review that one replica of the webhook asks another. */
const PASSED_ON = 'passedOn';

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: GroupVersionKind;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  /** Empty on CREATE with generateName. */
  readonly name: string;
  /** Empty for the object itself. */
  readonly subResource: string;
  readonly dryRun: boolean;
  /** As the API server sent it; absent on DELETE. */
  readonly object?: Readonly<Record<string, unknown>>;
  readonly oldObject?: Readonly<Record<string, unknown>>;
  /** Whether another replica of the webhook asks, which must not be asked in turn. */
  readonly passedOn?: true;
}

export interface AdmissionResponse {
  readonly uid: string;
  readonly allowed: boolean;
  /** `Status` of meta.k8s.io/v1, of a refusal. */
  readonly status?: {
    readonly code: number;
    readonly reason: string;
    readonly message: string;
    readonly details?: { readonly retryAfterSeconds: number };
  };
  readonly patchType?: 'JSONPatch';
  /** Base64 of a JSON Patch (RFC 6902). */
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly auditAnnotations?: Readonly<Record<string, string>>;
}

/** How a review ended, for logs and metrics, with the answer itself. */
export interface Verdict {
  readonly response: AdmissionResponse;
  readonly outcome: 'injected' | 'stamped' | 'admitted' | 'skipped' | 'refused' | 'failed';
  /** Every code that played a part: why it was skipped, or each refusal once. */
  readonly codes: readonly (SkipCode | RefusalCode)[];
  /** Milliseconds for which the review waited for a controller. */
  readonly waited?: number;
}

/** `/mutate` and `/validate` behind their HTTP. May reject: that is a fault of ours, answered with status 500. */
export type Reviewer = (request: AdmissionRequest) => Promise<Verdict>;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const OPERATIONS = ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] as const;

/**
 * Checks that a parsed request body is a review.
 *
 * @returns the request, or what the body is instead
 */
export function parseReview(body: unknown): { readonly request: AdmissionRequest } | { readonly problem: string } {
  if (!isJsonObject(body)) return { problem: 'the body is not a JSON object' };
  if (body.kind !== REVIEW_KIND || body.apiVersion !== REVIEW_API_VERSION) {
    const found = `${text(body.apiVersion) || '(no apiVersion)'} ${text(body.kind) || '(no kind)'}`;
    return { problem: `the body is ${found}, not ${REVIEW_API_VERSION} ${REVIEW_KIND}` };
  }
  const { request } = body;
  if (!isJsonObject(request)) return { problem: 'the review has no request' };
  const uid = text(request.uid);
  if (uid === '') return { problem: 'the review has no request.uid' };
  const operation = OPERATIONS.find((known) => known === request.operation);
  if (operation === undefined) return { problem: `request.operation is ${text(request.operation) || 'absent'}` };
  const kind = request.kind;
  if (!isJsonObject(kind) || text(kind.kind) === '') return { problem: 'the review has no request.kind' };
  const { object, oldObject } = request;
  return {
    request: {
      uid,
      operation,
      kind: { group: text(kind.group), version: text(kind.version), kind: text(kind.kind) },
      namespace: text(request.namespace),
      name: text(request.name),
      subResource: text(request.subResource),
      dryRun: request.dryRun === true,
      ...(Object.hasOwn(body, PASSED_ON) && { passedOn: true }),
      ...(isJsonObject(object) && { object }),
      ...(isJsonObject(oldObject) && { oldObject }),
    },
  };
}

/** A review that asks another replica of the webhook what it makes of a request. */
export const passedOn = (request: AdmissionRequest): object => ({
  apiVersion: REVIEW_API_VERSION,
  kind: REVIEW_KIND,
  request,
  [PASSED_ON]: true,
});
