/** A package that an installation of a source takes in a version that the source fixes: by its lock, or by a pin. */
export interface Contained {
  /** As the registry has it, also of an alias. */
  readonly name: string;
  /** Empty if the lock does not say. */
  readonly version: string;
  /** The name by which it is asked for, if that is an alias. */
  readonly alias?: string;
  /** As the lock declares it, empty if it does not; absent for what is not an entry of a lock. */
  readonly licence?: string;
  /** Who asks for it: an earlier one of the list by its index, or a place in a file. */
  readonly from: number | string;
}
