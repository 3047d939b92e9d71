import type { Place } from '../outcome/place.ts';

/** A dependency that cannot be installed while install scripts are denied. */
export interface NeedsScripts extends Place {
  readonly file: string;
  /** What it is, in one sentence without a full stop. */
  readonly problem: string;
}
