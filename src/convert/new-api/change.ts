/** Something that a handler of the event API does in another way in the HTTP API. */
export interface CodeChange {
  /** 1-based, of the handler's file. */
  readonly line: number;
  /** What the code has now. */
  readonly from: string;
  /** What takes its place. */
  readonly to: string;
}
