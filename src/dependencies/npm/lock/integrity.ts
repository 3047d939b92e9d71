/** Characters of `sha512-` and its digest in base64. */
const SHA512_LENGTH = 95;
/** npm checks a download against the strongest of the digests it knows, and against none where it knows none (npm/ssri). */
const DIGEST = /(?:^|\s)sha(?:1|256|384|512)-[A-Za-z0-9+/]{20,}={0,2}(?:\?|\s|$)/;

const SHA512 = Buffer.from('sha512-');
const EQUALS = 0x3d;

/** Whether an `integrity` between two places is what nearly all are; false does not say that it is none. */
export function isSha512(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== SHA512_LENGTH || bytes[to - 1] !== EQUALS || bytes[to - 2] !== EQUALS) return false;
  for (let index = 0; index < SHA512.length; index += 1) if (bytes[from + index] !== SHA512[index]) return false;
  return true;
}

/** Whether npm would hold a download against this `integrity`. */
export function isIntegrity(value: string | undefined): boolean {
  if (value === undefined) return false;
  return (value.length === SHA512_LENGTH && value.startsWith('sha512-') && value.endsWith('==')) || DIGEST.test(value);
}
