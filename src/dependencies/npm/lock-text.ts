import { afterObject, isDigit, OPEN_OBJECT, plainStringEnd, QUOTE } from './json-bytes.ts';
import { isJsonObject, type JsonObject } from './json-file.ts';

/** Up to here comparing each with each takes less time than a Set. */
const FEW_NAMES = 8;

/** The content of a lock file, of which parts are read when they are needed. */
export class LockText {
  readonly bytes: Buffer;
  /** A character for each byte, so that a place is the same in both; the same text where all of it is ASCII. */
  readonly #text: string;

  constructor(content: Uint8Array) {
    this.bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.#text = this.bytes.toString('latin1');
  }

  /** Text between two places, which is ASCII. */
  slice(from: number, to: number): string {
    return this.#text.slice(from, to);
  }

  /** Text of a plain string that begins, behind its quote, at a place. */
  plainString(from: number): string {
    return this.#text.slice(from, this.#text.indexOf('"', from));
  }

  /** @throws where the part is no JSON */
  parse(from: number, to: number): unknown {
    return JSON.parse(this.bytes.toString('utf8', from, to));
  }

  /** An object that has been looked through before. */
  object(from: number, to: number): JsonObject {
    const value = this.parse(from, to);
    return isJsonObject(value) ? value : {};
  }

  /**
   * Names and texts of an object, each name followed by its text.
   *
   * @returns undefined for an object that JSON.parse would put into another order, or of which it would leave something
   *   out, and for one that holds anything but plain strings
   */
  plainPairs(from: number): readonly string[] | undefined {
    const { bytes } = this;
    if (bytes[from] !== OPEN_OBJECT) return undefined;
    const pairs: string[] = [];
    const end = afterObject(bytes, from, (name, nameEnd, value) => {
      // Objects have names that are numbers before all others.
      if (nameEnd === -1 || bytes[value] !== QUOTE || isDigit(bytes[name] ?? 0)) return -1;
      const valueEnd = plainStringEnd(bytes, value + 1);
      if (valueEnd === -1) return -1;
      pairs.push(this.#text.slice(name, nameEnd), this.#text.slice(value + 1, valueEnd));
      return valueEnd + 1;
    });
    return end !== -1 && areUnique(pairs) ? pairs : undefined;
  }
}

/** @param pairs names, each followed by something else */
function areUnique(pairs: readonly string[]): boolean {
  if (pairs.length > 2 * FEW_NAMES) {
    return new Set(pairs.filter((_, index) => index % 2 === 0)).size === pairs.length / 2;
  }
  for (let one = 2; one < pairs.length; one += 2) {
    for (let other = 0; other < one; other += 2) if (pairs[one] === pairs[other]) return false;
  }
  return true;
}
