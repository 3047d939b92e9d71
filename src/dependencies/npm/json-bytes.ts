/**
 * Looks through JSON (RFC 8259) as bytes, without making anything of it. Each function takes the place at which it begins
 * and gives the one after what it has read, or -1 where that is no JSON.
 *
 * The loops stop at the end themselves: V8 makes a slower loop of one that has ever looked beyond.
 */

/** Beyond the end of a file; no JSON has this byte. */
const END = 0;
export const QUOTE = 0x22;
export const OPEN_OBJECT = 0x7b;
const [COMMA, COLON, CLOSE_OBJECT, BACKSLASH, OPEN_LIST, CLOSE_LIST, ZERO, MINUS, POINT] = [
  0x2c, 0x3a, 0x7d, 0x5c, 0x5b, 0x5d, 0x30, 0x2d, 0x2e,
] as const;

/** Deeper texts are for JSON.parse, which needs no recursion. */
const DEEPEST = 64;

/** Which bytes of a string are more than themselves. */
const [SELF, CLOSES, ESCAPES, NOT_ASCII, CONTROLS] = [0, 1, 2, 3, 4] as const;
const IN_STRING = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte < 0x20) return CONTROLS;
  if (byte === QUOTE) return CLOSES;
  if (byte === BACKSLASH) return ESCAPES;
  return byte < 0x80 ? SELF : NOT_ASCII;
});

const bytesOf = (text: string): ReadonlySet<number> => new Set(Buffer.from(text));
const ESCAPED = bytesOf('"\\/bfnrt');
const HEX = bytesOf('0123456789abcdefABCDEF');
const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

export function afterSpace(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length) {
    const byte = bytes[at] ?? END;
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
  return at;
}

/** @returns the place of the quote that closes a string of ASCII without escapes; -1 for any other string */
export function plainStringEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  // Four at a time: most of a lock's bytes are looked at here.
  for (const last = bytes.length - 4; at <= last; at += 4) {
    if (IN_STRING[bytes[at] ?? END] !== SELF) break;
    if (IN_STRING[bytes[at + 1] ?? END] !== SELF) {
      at += 1;
      break;
    }
    if (IN_STRING[bytes[at + 2] ?? END] !== SELF) {
      at += 2;
      break;
    }
    if (IN_STRING[bytes[at + 3] ?? END] !== SELF) {
      at += 3;
      break;
    }
  }
  while (at < bytes.length && IN_STRING[bytes[at] ?? END] === SELF) at += 1;
  return at < bytes.length && bytes[at] === QUOTE ? at : -1;
}

/** @param from behind the opening quote */
export function afterString(bytes: Uint8Array, from: number): number {
  const plain = plainStringEnd(bytes, from);
  return plain === -1 ? afterAnyString(bytes, from) : plain + 1;
}

function afterAnyString(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let at = from;
  while (at < length) {
    const kind = IN_STRING[bytes[at] ?? END];
    at += 1;
    if (kind === SELF || kind === NOT_ASCII) continue;
    if (kind !== ESCAPES) return kind === CLOSES ? at : -1;
    const escaped = bytes[at] ?? END;
    at += 1;
    if (ESCAPED.has(escaped)) continue;
    if (escaped !== 0x75) return -1;
    for (const last = at + 4; at < last; at += 1) if (!HEX.has(bytes[at] ?? END)) return -1;
  }
  return -1;
}

export function afterValue(bytes: Uint8Array, from: number, depth = 0): number {
  const first = bytes[from] ?? END;
  if (first === QUOTE) return afterString(bytes, from + 1);
  if (first === OPEN_OBJECT)
    return depth < DEEPEST ? afterObject(bytes, from, (_, __, value) => afterValue(bytes, value, depth + 1)) : -1;
  if (first === OPEN_LIST) return depth < DEEPEST ? afterList(bytes, from, depth + 1) : -1;
  if (first === MINUS || isDigit(first)) return afterNumber(bytes, from);
  for (const word of WORDS) if (matches(bytes, from, word)) return from + word.length;
  return -1;
}

/** Whether a text stands at a place. */
export function matches(bytes: Uint8Array, from: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index += 1) if (bytes[from + index] !== text[index]) return false;
  return true;
}

/**
 * Reads an object member by member.
 *
 * @param from its opening brace
 * @param member gives the place after a member's value, or -1. It knows where the name begins behind its quote; where it
 *   ends, which is -1 for a name that is not plain; and where the value begins
 */
export function afterObject(
  bytes: Uint8Array,
  from: number,
  member: (name: number, nameEnd: number, value: number) => number,
): number {
  let at = afterSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_OBJECT) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return -1;
    const name = at + 1;
    const nameEnd = plainStringEnd(bytes, name);
    at = nameEnd === -1 ? afterString(bytes, name) : nameEnd + 1;
    if (at === -1) return -1;
    at = afterSpace(bytes, at);
    if (bytes[at] !== COLON) return -1;
    at = member(name, nameEnd, afterSpace(bytes, at + 1));
    if (at === -1) return -1;
    at = afterSpace(bytes, at);
    if (bytes[at] === CLOSE_OBJECT) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = afterSpace(bytes, at + 1);
  }
}

function afterList(bytes: Uint8Array, from: number, depth: number): number {
  let at = afterSpace(bytes, from + 1);
  if (bytes[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    at = afterValue(bytes, at, depth);
    if (at === -1) return -1;
    at = afterSpace(bytes, at);
    if (bytes[at] === CLOSE_LIST) return at + 1;
    if (bytes[at] !== COMMA) return -1;
    at = afterSpace(bytes, at + 1);
  }
}

export const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

function afterNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === MINUS ? from + 1 : from;
  at = bytes[at] === ZERO ? at + 1 : afterDigits(bytes, at);
  if (at !== -1 && bytes[at] === POINT) at = afterDigits(bytes, at + 1);
  if (at === -1 || (bytes[at] !== 0x65 && bytes[at] !== 0x45)) return at;
  const sign = bytes[at + 1];
  return afterDigits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1);
}

/** One digit or more. */
function afterDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at] ?? END)) at += 1;
  return at === from ? -1 : at;
}
