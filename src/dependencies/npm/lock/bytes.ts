/** For four bytes at a time. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A text to look for, which is ASCII. */
export const textOf = (text: string): DataView => viewOf(Buffer.from(text));

/** Whether as many of the same bytes stand at two places, in both of which there are so many. */
export function areSame(one: DataView, from: number, other: DataView, otherFrom: number, length: number): boolean {
  let index = 0;
  for (const last = length - 4; index <= last; index += 4) {
    if (one.getInt32(from + index, true) !== other.getInt32(otherFrom + index, true)) return false;
  }
  for (; index < length; index += 1) {
    if (one.getUint8(from + index) !== other.getUint8(otherFrom + index)) return false;
  }
  return true;
}
