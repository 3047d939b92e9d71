/** Characters of `sha512-` and its digest in base64. */
export const SHA512_LENGTH = 95;
/** npm checks a download against the strongest of the digests it knows, and against none where it knows none (npm/ssri). */
const DIGEST = /(?:^|\s)sha(?:1|256|384|512)-[A-Za-z0-9+/]{20,}={0,2}(?:\?|\s|$)/;

/** Whether npm would hold a download against this `integrity`. */
export function isIntegrity(value: string | undefined): boolean {
  if (value === undefined) return false;
  return (value.length === SHA512_LENGTH && value.startsWith('sha512-') && value.endsWith('==')) || DIGEST.test(value);
}
