/**
 * During an upgrade of Buildless the API server may have one replica inject a Pod, and one of another version validate it. Only
 * that version can make its injection again and compare, so a replica of it is asked. The Pod says which version that was; it is
 * never believed.
 */
import type { Inspection } from '../inject/inject.ts';
import type { AdmissionRequest } from './review.ts';

/** Replicas of other versions that answer reviews as well. */
export interface OtherVersions {
  /** Whether there are any. */
  readonly serve: () => Promise<boolean>;
  /** Whether one of them admits the object of a review of its own validating half. */
  readonly admit: (request: AdmissionRequest, version: string) => Promise<boolean>;
}

interface Context {
  readonly otherVersions?: OtherVersions | undefined;
}

/** Whether a Pod may carry the injection of a replica of another version, so that nothing is left to do before it is validated. */
export const maybeOfOther = async (inspection: Inspection, { otherVersions }: Context): Promise<boolean> =>
  inspection.kind === 'refused' && inspection.otherVersion !== undefined && (await otherVersions?.serve()) === true;

/** Whether a Pod carries the injection of a replica of another version, as that replica says. */
export const isOfOther = async (
  inspection: Inspection,
  request: AdmissionRequest,
  { otherVersions }: Context,
): Promise<boolean> =>
  inspection.kind === 'refused' &&
  inspection.otherVersion !== undefined &&
  (await otherVersions?.admit(request, inspection.otherVersion.version)) === true;
