/** Files that a subcommand works on. */
export interface FileOptions {
  /** At least one; "-" is the standard input. */
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  /** Of folders that are sources. */
  readonly runtime?: string;
  readonly name?: string;
}
