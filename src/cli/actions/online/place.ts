import type { SourceFiles } from '../../../function/files.ts';
import type { Place } from '../../../outcome/place.ts';

/** A package that a finding is about. */
export interface NamedPackage {
  readonly name: string;
  /** Undefined: any. */
  readonly version: string | undefined;
}

/**
 * Reads a lock once, for as many packages as there are findings.
 *
 * @returns where a package is in the lock; undefined if it is not found
 */
export type PlacesOf = (files: SourceFiles) => (wanted: NamedPackage) => Place | undefined;
