import { CST, Lexer } from 'yaml';

/** Marks that the next token is the content of a scalar (yaml, src/parse/cst.ts). */
const { SCALAR } = CST;

/** Whether a YAML text has a comment, wherever it stands. */
export function hasComments(text: string): boolean {
  let content = false;
  for (const token of new Lexer().lex(text)) {
    if (!content && token.startsWith('#')) return true;
    content = token === SCALAR;
  }
  return false;
}
