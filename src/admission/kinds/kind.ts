import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { AdmissionRequest, Verdict } from '../review.ts';
import type { ReviewContext } from '../review-context.ts';

/** A request that carries an object: everything but DELETE and CONNECT. */
export interface ObjectRequest extends AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE';
  readonly object: KubernetesObject;
}

/** Judges the objects of one kind. */
export type KindReviewer = (request: ObjectRequest, context: ReviewContext) => Promise<Verdict>;
