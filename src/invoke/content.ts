/** Bytes, and what they are. */
export interface Content {
  readonly type: string;
  readonly data: Buffer;
}

/** A request, but for where it goes. */
export interface Message {
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: Buffer;
}
