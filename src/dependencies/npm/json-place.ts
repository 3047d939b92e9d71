import { skipSpace, skipString, skipValue } from './json-skip.ts';

/**
 * Where a value of a JSON text stands; offsets are in UTF-16 code units. The names inside are looked for when they are asked
 * for, as far as the last of them: most files have nothing to report, and most reports are about a few entries of a long lock.
 * The text is one that JSON.parse has accepted.
 */
export class JsonPlace {
  /** Of the property's name; of the value if it has none. */
  readonly key: number;
  readonly value: number;
  readonly #text: Text;
  /** The last value that was found in it, or the brace before the first one. Undefined at the end, and if it is not an object. */
  #at: number | undefined;
  #found: Map<string, JsonPlace> | undefined;

  constructor(text: Text, value: number, key = value) {
    this.#text = text;
    this.value = value;
    this.key = key;
    this.#at = text.text[value] === '{' ? value : undefined;
  }

  /** The property of this name; the last one if there are several, as JSON.parse has it. */
  find(name: string): JsonPlace | undefined {
    if (this.#text.isUnique()) {
      const found = this.#found?.get(name);
      if (found !== undefined) return found;
      for (let next = this.#next(); next !== undefined; next = this.#next()) if (next === name) break;
    } else {
      while (this.#next() !== undefined);
    }
    return this.#found?.get(name);
  }

  /** @returns the name of the next property */
  #next(): string | undefined {
    const { text } = this.#text;
    if (this.#at === undefined) return undefined;
    const behind = this.#at === this.value ? this.value : skipSpace(text, skipValue(text, this.#at));
    const key = skipSpace(text, behind + 1);
    if (text[behind] === '}' || text[key] !== '"') {
      this.#at = undefined;
      return undefined;
    }
    const end = skipString(text, key);
    this.#at = skipSpace(text, skipSpace(text, end) + 1);
    const written = text.slice(key + 1, end - 1);
    const name = written.includes('\\') ? String(JSON.parse(`"${written}"`)) : written;
    (this.#found ??= new Map()).set(name, new JsonPlace(this.#text, this.#at, key));
    return name;
  }
}

interface Text {
  readonly text: string;
  /** Whether no object has a name twice, so that the first one found is the one. */
  readonly isUnique: () => boolean;
}

/** The place of the outermost value. */
export const jsonPlace = (text: Text): JsonPlace => new JsonPlace(text, skipSpace(text.text, 0));
