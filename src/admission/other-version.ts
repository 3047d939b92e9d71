/**
 * During an upgrade of Buildless the API server may have one replica inject a Pod, and one of another version validate it. Only
 * the first could inject it again and compare, so the Pod is taken as that version would take it, as long as it serves: for that
 * time nobody is promised more than the weaker of both promises, as both halves may reach it.
 */
import type { Inspection } from '../inject/inject.ts';
import type { ReviewContext } from './review-context.ts';

/** Whether a Pod carries the injection of a replica of another version that serves now. */
export const isOfOtherReplica = async (inspection: Inspection, context: ReviewContext): Promise<boolean> =>
  inspection.kind === 'refused' &&
  inspection.otherVersion !== undefined &&
  (await context.otherVersionServes?.()) === true;
