/** A word of an option line, with the offset at which it begins. */
export interface Word {
  readonly text: string;
  readonly offset: number;
}

/**
 * Splits into words as `shlex.split` of Python: quotes and backslashes as in a POSIX shell, no comments.
 *
 * @param from offset at which to begin
 * @returns the words, or what is wrong
 */
export function splitWords(text: string, from: number): readonly Word[] | { readonly problem: string } {
  const words: Word[] = [];
  let current: string[] | undefined;
  let start = from;
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    const next = text[at + 1];
    if (quote === "'" && character !== "'") {
      current?.push(character);
    } else if (quote === '"' && character === '\\' && (next === '"' || next === '\\')) {
      current?.push(next);
      at += 1;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else current?.push(character);
    } else if (/[ \t\r\n]/.test(character)) {
      if (current !== undefined) words.push({ text: current.join(''), offset: start });
      current = undefined;
    } else {
      if (current === undefined) {
        current = [];
        start = at;
      }
      if (character === '"' || character === "'") {
        quote = character;
      } else if (character === '\\') {
        if (next === undefined) return { problem: 'nothing follows the backslash' };
        current.push(next);
        at += 1;
      } else {
        current.push(character);
      }
    }
  }
  if (quote !== '') return { problem: 'a quotation mark is not closed' };
  if (current !== undefined) words.push({ text: current.join(''), offset: start });
  return words;
}
