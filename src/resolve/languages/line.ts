import { formatPlace, type Place } from '../../outcome/place.ts';

/** A finding for the list of what is not followed. */
export const lineOf = (finding: Place & { readonly problem: string }): string =>
  `${formatPlace(finding)}: ${finding.problem}`;
