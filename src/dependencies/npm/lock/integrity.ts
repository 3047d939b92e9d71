import ssri from 'ssri';

/** Bytes of a digest, of the algorithms that registries of npm have used. */
const DIGEST_BYTES: Readonly<Record<string, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** What nearly every entry has: one digest of 64 bytes. ssri takes its time for each. */
const SHA512 = /^sha512-[A-Za-z0-9+/]{85}[AQgw]==$/;

/**
 * Whether npm would hold a download against this `integrity`, and against one digest only. Its parser (npm/ssri) passes over
 * what it cannot read, and of several digests it checks the strongest ones. Two of the strongest kind allow two contents.
 */
export function isIntegrity(text: string | undefined): boolean {
  if (text === undefined) return false;
  if (SHA512.test(text)) return true;
  const parsed = ssri.parse(text);
  // @types/ssri does not know that a string without digests gives null.
  if ((parsed as unknown) === null || Object.keys(parsed).length === 0) return false;
  if (Object.values(parsed).flat().length !== text.trim().split(/\s+/).length) return false;
  const { [parsed.pickAlgorithm()]: strongest = [] } = parsed;
  const [hash, ...others] = strongest;
  return hash !== undefined && others.length === 0 && isDigest(hash.algorithm, hash.digest);
}

/** Base64 as it is written, with nothing behind it: what is compared is the text. */
function isDigest(algorithm: string, digest: string): boolean {
  const bytes = Buffer.from(digest, 'base64');
  return bytes.length === DIGEST_BYTES[algorithm] && bytes.toString('base64') === digest;
}
