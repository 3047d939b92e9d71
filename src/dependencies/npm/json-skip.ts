// Passes over parts of a JSON text that JSON.parse has accepted: what is in them is not looked at again.

const NOT_SPACE = /[^ \t\r\n]/g;
const STRUCTURE = /["{}[\]]/g;
const BEHIND_SCALAR = /[,\]} \t\r\n]/g;

/** The offset of the next character of a kind, or the length of the text. None of the expressions can go back. */
function next(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex - 1 : text.length;
}

export const skipSpace = (text: string, from: number): number => next(NOT_SPACE, text, from);

/** @param offset of a string, a number, a word, an object or a list */
export function skipValue(text: string, offset: number): number {
  const first = text[offset];
  if (first === '"') return skipString(text, offset);
  return first === '{' || first === '[' ? skipInside(text, offset) : next(BEHIND_SCALAR, text, offset);
}

export function skipString(text: string, offset: number): number {
  let quote = text.indexOf('"', offset + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

/** Looks at the backslashes before this quote only, so that a string of them is looked at once. */
function isEscaped(text: string, quote: number): boolean {
  let start = quote;
  while (text[start - 1] === '\\') start -= 1;
  return (quote - start) % 2 === 1;
}

/** Counts levels instead of recursing, as a hostile text has as many as it likes. */
function skipInside(text: string, offset: number): number {
  let levels = 0;
  for (let at = offset; at < text.length; at = next(STRUCTURE, text, at)) {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      continue;
    }
    levels += character === '{' || character === '[' ? 1 : -1;
    at += 1;
    if (levels === 0) return at;
  }
  return text.length;
}
