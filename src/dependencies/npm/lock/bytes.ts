/** For four bytes at a time. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A text to look for, which is ASCII. */
export interface Text {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function textOf(text: string): Text {
  const bytes = Uint8Array.from(Buffer.from(text));
  return { bytes, view: viewOf(bytes) };
}
