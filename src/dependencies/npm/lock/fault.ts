/** What keeps a lock from being trusted. */
export type LockFaultKind =
  // Not written as npm writes it: npm's versions, or other readers, could make something else of it.
  | 'shape'
  | 'location'
  | 'duplicate'
  | 'legacy'
  | 'yarn'
  // It does not have what is asked for.
  | 'missing'
  | 'other-version'
  | 'other-package'
  | 'no-target'
  // It has what nobody asks for, or says what the graph does not.
  | 'unreached'
  | 'flag'
  | 'shrinkwrap'
  // What would be downloaded is not fixed.
  | 'version'
  | 'integrity'
  | 'commit'
  // It comes from elsewhere.
  | 'registry'
  | 'outside';

export interface LockFault {
  readonly kind: LockFaultKind;
  /** Location in the lock that it is about; of the package that asks, if another is missing. */
  readonly location: string;
  readonly name: string;
  /** What the lock has there. */
  readonly version: string;
  readonly resolved: string;
  /** What is asked for. */
  readonly spec: string;
  /** Field of the entry. */
  readonly field?: string;
  /** Names of the JSON properties that lead to the place, if it is not the entry or its field. */
  readonly path?: readonly string[];
  /** What is wrong with it, if the kind does not tell. */
  readonly reason?: string;
}
