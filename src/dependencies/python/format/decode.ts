/** A file's text, or why pip cannot read it. */
export type Decoded = { readonly text: string } | { readonly problem: string; readonly fix: string };

const SAVE = 'save the file as UTF-8';

/** In pip's order, which matters: the mark of UTF-16 is the beginning of UTF-32's (BOMS in pip's req_file.py). */
const MARKS: readonly { readonly mark: readonly number[]; readonly encoding: Encoding }[] = [
  { mark: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { mark: [0xff, 0xfe, 0, 0], encoding: 'utf-32le' },
  { mark: [0, 0, 0xfe, 0xff], encoding: 'utf-32be' },
  { mark: [0xff, 0xfe], encoding: 'utf-16le' },
  { mark: [0xfe, 0xff], encoding: 'utf-16be' },
];

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be' | 'latin-1' | 'ascii' | 'windows-1252';

/** Names that Python knows (its codec aliases), lower case with "_" as "-"; a rarer encoding is refused with its name. */
const DECLARED: Readonly<Record<string, Encoding>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  u8: 'utf-8',
  'utf-8-sig': 'utf-8',
  ascii: 'ascii',
  'us-ascii': 'ascii',
  '646': 'ascii',
  'latin-1': 'latin-1',
  latin1: 'latin-1',
  l1: 'latin-1',
  'iso-8859-1': 'latin-1',
  'iso8859-1': 'latin-1',
  '8859': 'latin-1',
  cp1252: 'windows-1252',
  'windows-1252': 'windows-1252',
};

/** Turns a requirements file into text as pip does: byte order mark, else the coding line of PEP 263, else UTF-8. */
export function decodeRequirements(bytes: Uint8Array): Decoded {
  const marked = MARKS.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte));
  if (marked !== undefined) return decode(bytes.subarray(marked.mark.length), marked.encoding);
  const declared = declaredEncoding(bytes);
  if (declared === undefined) return decode(bytes, 'utf-8');
  const name = declared.toLowerCase().replaceAll('_', '-');
  const encoding = Object.hasOwn(DECLARED, name) ? DECLARED[name] : undefined;
  if (encoding === undefined) {
    return { problem: `the file declares the encoding "${declared}", which the policy does not read`, fix: SAVE };
  }
  return decode(bytes, encoding);
}

/** PEP 263, as pip has it: in a comment on one of the first two lines. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  let start = 0;
  for (let line = 0; line < 2; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline === -1 ? bytes.length : newline;
    if (bytes[start] === 0x23) {
      const found = /coding[:=]\s*([-\w.]+)/.exec(latin1(bytes.subarray(start, end)));
      if (found?.[1] !== undefined) return found[1];
    }
    if (newline === -1) return undefined;
    start = newline + 1;
  }
  return undefined;
}

function decode(bytes: Uint8Array, encoding: Encoding): Decoded {
  switch (encoding) {
    case 'latin-1':
      return { text: latin1(bytes) };
    case 'ascii':
      return bytes.some((byte) => byte > 0x7f)
        ? { problem: 'the file is not ASCII, as it declares', fix: SAVE }
        : { text: latin1(bytes) };
    case 'utf-32le':
    case 'utf-32be':
      return utf32(bytes, encoding === 'utf-32le');
    case 'utf-8':
    case 'utf-16le':
    case 'utf-16be':
    case 'windows-1252':
      try {
        return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes) };
      } catch {
        return { problem: `the file is not valid ${encoding.toUpperCase()}`, fix: SAVE };
      }
  }
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** TextDecoder knows no UTF-32. */
function utf32(bytes: Uint8Array, little: boolean): Decoded {
  const invalid = { problem: 'the file is not valid UTF-32', fix: SAVE };
  if (bytes.length % 4 !== 0) return invalid;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: string[] = [];
  for (let index = 0; index < bytes.length; index += 4) {
    const point = view.getUint32(index, little);
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return invalid;
    parts.push(String.fromCodePoint(point));
  }
  return { text: parts.join('') };
}
