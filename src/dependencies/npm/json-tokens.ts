/** One token of a JSON text (RFC 8259), or why there is none. */
export interface JsonToken {
  readonly type: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'scalar' | 'end' | 'fault';
  readonly offset: number;
  readonly end: number;
  /** Of a fault. */
  readonly problem?: string;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const WORDS = new Set(['true', 'false', 'null']);
const HEX4 = /[0-9a-fA-F]{4}/y;

const isPunctuation = (text: string): text is '{' | '}' | '[' | ']' | ',' | ':' =>
  text.length === 1 && '{}[],:'.includes(text);

/** The token at or after an offset. Looks at each character once: none of the expressions can go back. */
export function jsonTokenAt(text: string, from: number): JsonToken {
  const offset = endOf(SPACE, text, from);
  const first = text.charAt(offset);
  if (first === '') return { type: 'end', offset, end: offset };
  if (isPunctuation(first)) return { type: first, offset, end: offset + 1 };
  if (first === '"') return stringAt(text, offset);
  const number = endOf(NUMBER, text, offset);
  if (number > offset) return { type: 'scalar', offset, end: number };
  const word = endOf(WORD, text, offset);
  if (WORDS.has(text.slice(offset, word))) return { type: 'scalar', offset, end: word };
  return { type: 'fault', offset, end: offset, problem: faultAt(text, offset, word) };
}

function endOf(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

function stringAt(text: string, offset: number): JsonToken {
  const fault = (at: number, problem: string): JsonToken => ({ type: 'fault', offset: at, end: at, problem });
  for (let index = offset + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x22) return { type: 'string', offset, end: index + 1 };
    if (code === 0x0a || code === 0x0d) return fault(offset, 'a string is not closed on its line');
    if (code < 0x20) return fault(index, 'a string holds a control character, such as a tab');
    if (code !== 0x5c) continue;
    index += 1;
    if (text[index] === 'u') {
      const end = endOf(HEX4, text, index + 1);
      if (end === index + 1) return fault(index - 1, 'a "\\u" needs four hexadecimal digits');
      index = end - 1;
    } else if (!'"\\/bfnrt'.includes(text[index] ?? ' ')) {
      return fault(index - 1, 'a "\\" stands before a character that needs none');
    }
  }
  return fault(offset, 'a string is not closed');
}

function faultAt(text: string, offset: number, word: number): string {
  if (text.startsWith('//', offset) || text.startsWith('/*', offset) || text[offset] === '#') {
    return 'a comment stands here, and JSON has none';
  }
  if (text[offset] === "'") return 'text is in single quotes, but JSON allows only double quotes';
  const shown = text.slice(offset, Math.max(word, offset + 1)).slice(0, 20);
  return `${JSON.stringify(shown)} is not JSON`;
}
