import { parse, TomlError } from 'smol-toml';
import { DEEPEST_TOML } from '../limits.ts';
import type { Unreadable } from '../requirements.ts';
import { isJsonObject } from '../../../json/object.ts';

/** A table of a TOML file, of which nothing is known yet. */
export type Table = Readonly<Record<string, unknown>>;

export const isTable = (value: unknown): value is Table => isJsonObject(value) && !(value instanceof Date);

/** Texts of a list; empty if it is none. */
export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Parses a TOML file, which is UTF-8 without a byte order mark (as Python's tomllib reads it). */
export function parseToml(
  file: string,
  bytes: Uint8Array,
): { readonly table: Table; readonly text: string } | Unreadable {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { file, problem: `${file} is not valid UTF-8`, fix: 'write the file again, or save it as UTF-8' };
  }
  if (text.startsWith('\ufeff')) {
    return {
      file,
      line: 1,
      column: 1,
      problem: `${file} begins with a byte order mark, which TOML does not allow`,
      fix: 'save it without one',
    };
  }
  try {
    return { table: parse(text, { integersAsBigInt: 'asNeeded', maxDepth: DEEPEST_TOML }), text };
  } catch (error) {
    const place = error instanceof TomlError ? { line: error.line, column: error.column } : {};
    const reason = error instanceof TomlError ? reasonOf(error) : 'it is too deep';
    return {
      file,
      ...place,
      problem: `${file} is not valid TOML: ${reason}`,
      fix: 'correct it, or write the file again',
    };
  }
}

function reasonOf({ message }: TomlError): string {
  const reason = (message.split('\n', 1)[0] ?? '').replace(/^Invalid TOML document: /, '');
  return reason.includes('excessively nested') ? `it is nested more than ${DEEPEST_TOML} levels deep` : reason;
}

/** Texts that are not found, as they are written with escapes; each is looked for up to the end of the file. */
const MOST_MISSES = 16;

/** Finds texts in a file one after the other, each behind the one before, so that all together read it once. */
export class Places {
  private at = 0;
  private counted = 0;
  private line = 1;
  private lineStart = 0;
  private misses = 0;

  constructor(private readonly text: string) {}

  /** 1-based place of the next occurrence, past its first `skip` characters; undefined if there is none. */
  next(wanted: string, skip = 0): { readonly line: number; readonly column: number } | undefined {
    if (this.misses === MOST_MISSES) return undefined;
    const found = this.text.indexOf(wanted, this.at);
    if (found === -1) {
      this.misses += 1;
      return undefined;
    }
    for (
      let end = this.text.indexOf('\n', this.counted);
      end !== -1 && end < found + skip;
      end = this.text.indexOf('\n', end + 1)
    ) {
      this.line += 1;
      this.lineStart = end + 1;
      this.counted = end + 1;
    }
    this.at = found + wanted.length;
    return { line: this.line, column: found + skip - this.lineStart + 1 };
  }
}
