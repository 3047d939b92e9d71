/**
 * Files as kubectl decodes them: UTF-8, or UTF-16 if a byte order mark says so
 * (k8s.io/cli-runtime, pkg/resource/visitor.go: unicode.BOMOverride).
 */

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

const encodingOf = (bytes: Uint8Array): Encoding =>
  bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';

/**
 * @returns the text, with a byte order mark of UTF-8 and without one of UTF-16; undefined if the bytes are not what they
 *   claim to be: replaced characters would be lost when the file is written again
 */
export function decodeManifest(bytes: Uint8Array): string | undefined {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: encoding === 'utf-8' }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Encodes an edited text as the file that it came from. */
export function encodeAs(original: Uint8Array, text: string): Uint8Array {
  const encoding = encodingOf(original);
  if (encoding === 'utf-8') return Buffer.from(text, 'utf8');
  const encoded = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return encoding === 'utf-16le' ? encoded : encoded.swap16();
}
