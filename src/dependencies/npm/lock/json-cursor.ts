import { type Text, textOf, viewOf } from './bytes.ts';

// Plain numbers, and before all else: the bundler puts them where their names are, and V8 makes other code of a variable.

/** No JSON has this byte; what stands beyond the end is taken for it. */
const END = 0;
export const QUOTE = 0x22;
export const OPEN_OBJECT = 0x7b;
export const OPEN_LIST = 0x5b;
const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
/** Four of them. */
const SPACES = 0x20202020;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE_OBJECT = 0x7d;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const ZERO = 0x30;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;

/** Deeper texts are for JSON.parse, which needs no recursion. */
const DEEPEST = 64;

const bytesOf = (text: string): ReadonlySet<number> => new Set(Buffer.from(text));
const ESCAPED = bytesOf('"\\/bfnrt');
const HEX = bytesOf('0123456789abcdefABCDEF');
const WORDS = ['true', 'false', 'null'].map(textOf);

/**
 * Passes through JSON (RFC 8259) as bytes, without making anything of it, in a quarter of JSON.parse's time. Where something
 * is no JSON it fails, and then stands at the end, where nothing more is passed.
 */
export class JsonCursor {
  readonly bytes: Uint8Array;
  /** Place of the byte that comes next. */
  at = 0;
  failed = false;
  /** Places between the quotes of the string that was passed last; the end is -1 where it is not plain: ASCII, no escapes. */
  textFrom = 0;
  textTo = 0;
  /** The same of the name of the member whose value comes next. */
  nameFrom = 0;
  nameTo = 0;
  /** For four bytes at a time: most of a lock is strings and spaces. */
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** The byte at a place. It does not look beyond the end: V8 makes slower code of a loop that ever has. */
  byte(at = this.at): number {
    return (at < this.bytes.length ? this.bytes[at] : END) ?? END;
  }

  fail(): false {
    this.failed = true;
    this.at = this.bytes.length;
    return false;
  }

  /** Whether a text stands at a place. */
  matches(from: number, text: Text): boolean {
    const { length } = text.bytes;
    if (from + length > this.bytes.length) return false;
    let index = 0;
    for (const last = length - 4; index <= last; index += 4) {
      if (this.#view.getInt32(from + index, true) !== text.view.getInt32(index, true)) return false;
    }
    for (; index < length; index += 1) if (this.bytes[from + index] !== text.bytes[index]) return false;
    return true;
  }

  /** Passes a text that stands next; false where another does. */
  passText(text: Text): boolean {
    if (!this.matches(this.at, text)) return false;
    this.at += text.bytes.length;
    return true;
  }

  passSpace(): void {
    this.at = this.#afterSpace(this.at);
  }

  #afterSpace(from: number): number {
    if (this.byte(from) > SPACE) return from;
    let at = from;
    if (isSpace(this.byte(at))) at += 1;
    for (const last = this.bytes.length - 4; at <= last; at += 4) {
      const others = this.#view.getInt32(at, true) ^ SPACES;
      if (others === 0) continue;
      at += firstByteOf(others);
      break;
    }
    while (isSpace(this.byte(at))) at += 1;
    return at;
  }

  /**
   * Steps to the value of an object's first member.
   *
   * @returns false where there is none: what comes next stands behind the object, or it was none
   */
  firstMember(): boolean {
    if (this.byte() !== OPEN_OBJECT) return this.fail();
    const at = this.#afterSpace(this.at + 1);
    if (this.byte(at) !== CLOSE_OBJECT) return this.#passName(at);
    this.at = at + 1;
    return false;
  }

  /** Steps from behind a member's value to that of the next one; returns as `firstMember` does. */
  nextMember(): boolean {
    const at = this.#afterSpace(this.at);
    const byte = this.byte(at);
    if (byte === COMMA) return this.#passName(this.#afterSpace(at + 1));
    if (byte !== CLOSE_OBJECT) return this.fail();
    this.at = at + 1;
    return false;
  }

  #passName(from: number): boolean {
    if (this.byte(from) !== QUOTE) return this.fail();
    const to = this.#afterPlain(from + 1);
    const isPlain = this.byte(to) === QUOTE;
    const end = isPlain ? to + 1 : this.#afterString(to);
    const behind = this.byte(end) === COLON ? end : this.#afterSpace(end);
    if (this.byte(behind) !== COLON) return this.fail();
    this.nameFrom = from + 1;
    this.nameTo = isPlain ? to : -1;
    // Nearly always it is one space.
    const isSpaced = this.byte(behind + 1) === SPACE && this.byte(behind + 2) > SPACE;
    this.at = isSpaced ? behind + 2 : this.#afterSpace(behind + 1);
    return true;
  }

  /** Steps to a list's first element; false where there is none, as `firstMember`. */
  firstElement(): boolean {
    if (this.byte() !== OPEN_LIST) return this.fail();
    const at = this.#afterSpace(this.at + 1);
    const isEmpty = this.byte(at) === CLOSE_LIST;
    this.at = isEmpty ? at + 1 : at;
    return !isEmpty;
  }

  nextElement(): boolean {
    const at = this.#afterSpace(this.at);
    const byte = this.byte(at);
    if (byte !== COMMA && byte !== CLOSE_LIST) return this.fail();
    this.at = byte === COMMA ? this.#afterSpace(at + 1) : at + 1;
    return byte === COMMA;
  }

  passString(): void {
    if (this.byte() !== QUOTE) {
      this.fail();
      return;
    }
    const from = this.at + 1;
    const to = this.#afterPlain(from);
    const isPlain = this.byte(to) === QUOTE;
    this.textFrom = from;
    this.textTo = isPlain ? to : -1;
    this.at = isPlain ? to + 1 : this.#afterString(to);
  }

  /** The first place at which there is a quote, or something else that is not plain. */
  #afterPlain(from: number): number {
    const { bytes } = this;
    let at = from;
    for (const last = bytes.length - 4; at <= last; at += 4) {
      const special = specialOf(this.#view.getInt32(at, true));
      if (special !== 0) return at + firstByteOf(special);
    }
    while (at < bytes.length && specialOf(this.byte(at) | 0x20202000) === 0) at += 1;
    return at;
  }

  /** Goes on in a string that is not plain. */
  #afterString(from: number): number {
    const { length } = this.bytes;
    let at = from;
    while (at < length) {
      const byte = this.byte(at);
      at += 1;
      if (byte === QUOTE) return at;
      if (byte < 0x20) break;
      if (byte !== BACKSLASH) continue;
      const escaped = this.byte(at);
      at += 1;
      if (ESCAPED.has(escaped)) continue;
      if (escaped !== 0x75) break;
      const last = at + 4;
      while (at < last && HEX.has(this.byte(at))) at += 1;
      if (at < last) break;
    }
    this.fail();
    return length;
  }

  passValue(depth = 0): void {
    const first = this.byte();
    if (first === QUOTE) {
      this.passString();
    } else if (first === OPEN_OBJECT || first === OPEN_LIST) {
      if (depth === DEEPEST) this.fail();
      else if (first === OPEN_OBJECT) {
        for (let more = this.firstMember(); more; more = this.nextMember()) this.passValue(depth + 1);
      } else {
        for (let more = this.firstElement(); more; more = this.nextElement()) this.passValue(depth + 1);
      }
    } else if (first === MINUS || isDigit(first)) {
      this.#passNumber();
    } else {
      this.#passWord();
    }
  }

  #passWord(): void {
    for (const word of WORDS) {
      if (!this.matches(this.at, word)) continue;
      this.at += word.bytes.length;
      return;
    }
    this.fail();
  }

  #passNumber(): void {
    if (this.byte() === MINUS) this.at += 1;
    if (this.byte() === ZERO) this.at += 1;
    else this.#passDigits();
    if (this.byte() === POINT) {
      this.at += 1;
      this.#passDigits();
    }
    if (this.byte() !== 0x65 && this.byte() !== 0x45) return;
    this.at += 1;
    if (this.byte() === PLUS || this.byte() === MINUS) this.at += 1;
    this.#passDigits();
  }

  /** One digit or more. */
  #passDigits(): void {
    const from = this.at;
    while (isDigit(this.byte())) this.at += 1;
    if (this.at === from) this.fail();
  }
}

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;

/**
 * Sets the highest bit of each of four bytes that is not plain in a string: a control character, a quote, a backslash, what
 * is not ASCII. A subtraction sets it in the bytes that were smaller, and may set it in those behind such a one: only the
 * first counts (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
 */
const specialOf = (bytes: number): number =>
  ((bytes - 0x20202020) | ((bytes ^ 0x22222222) - 0x01010101) | ((bytes ^ 0x5c5c5c5c) - 0x01010101) | bytes) &
  0x80808080;

/** The first byte, of four with the first one in the lowest bits, in which a bit is set. */
const firstByteOf = (bits: number): number => (31 - Math.clz32(bits & -bits)) >> 3;
