export interface InitOptions {
  /** The current folder if it is left out. */
  readonly folder: string;
  readonly template?: string;
  readonly runtime?: string;
  readonly name?: string;
  readonly config?: string;
}
