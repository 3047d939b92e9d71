import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReview } from '../../src/admission/review.ts';

const review = (request: unknown): unknown => ({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
const request = { uid: 'u-1', operation: 'CREATE', kind: { group: '', version: 'v1', kind: 'Pod' }, object: { a: 1 } };
const problemOf = (body: unknown): string => {
  const parsed = parseReview(body);
  return 'problem' in parsed ? parsed.problem : 'no problem';
};

describe('an AdmissionReview', () => {
  it('is read with what the API server leaves out filled in', () => {
    expect(parseReview(review(request))).toEqual({
      request: { ...request, namespace: '', name: '', subResource: '', dryRun: false },
    });
  });

  it('keeps the very objects that were sent', () => {
    const parsed = parseReview(review(request));
    expect('request' in parsed && parsed.request.object).toBe(request.object);
  });

  it.each([
    [[], 'the body is not a JSON object'],
    [null, 'the body is not a JSON object'],
    [{}, 'the body is (no apiVersion) (no kind), not admission.k8s.io/v1 AdmissionReview'],
    [
      { apiVersion: 'admission.k8s.io/v1beta1', kind: 'AdmissionReview' },
      'the body is admission.k8s.io/v1beta1 AdmissionReview, not admission.k8s.io/v1 AdmissionReview',
    ],
    [review(undefined), 'the review has no request'],
    [review({ ...request, uid: '' }), 'the review has no request.uid'],
    [review({ ...request, operation: 'PATCH' }), 'request.operation is PATCH'],
    [review({ ...request, kind: 'Pod' }), 'the review has no request.kind'],
  ])('%j is none: %s', (body, problem) => {
    expect(problemOf(body)).toBe(problem);
  });

  it('is never an exception, whatever the body', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof parseReview(review(value)) === 'object'));
  });
});
