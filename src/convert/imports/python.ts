/**
 * The modules that Python code imports, each as written (`a.b.c`), relative ones left out. A tokenizer for what can hide an
 * import or look like one: comments, strings, continuation lines; the code itself is not parsed.
 *
 * @returns names in the order of their first use
 * @example importedModules('import os, requests as r\nfrom a.b import c') // ['os', 'requests', 'a.b', 'a.b.c']
 */
export function importedModules(code: string): readonly string[] {
  const names = new Set<string>();
  for (const statement of statementsOf(code)) {
    const from = /^from\s+([\w.]+)\s+import\b(.*)$/s.exec(statement);
    if (from !== null) {
      const [, module = '', imported = ''] = from;
      if (module.startsWith('.')) continue;
      names.add(module);
      for (const item of imported.replace(/[()]/g, ' ').split(',')) {
        const name = /^\s*(\w+)/.exec(item)?.[1];
        // It may be a module of the package.
        if (name !== undefined) names.add(`${module}.${name}`);
      }
      continue;
    }
    const plain = /^import\s(.*)$/s.exec(statement)?.[1];
    for (const item of plain?.split(',') ?? []) {
      const name = /^\s*([\w.]+)/.exec(item)?.[1];
      if (name !== undefined) names.add(name);
    }
  }
  return [...names];
}

/** Logical lines and their parts between semicolons, without comments and with strings emptied. */
function statementsOf(code: string): readonly string[] {
  const statements: string[] = [];
  let statement = '';
  let depth = 0;
  const end = (): void => {
    const trimmed = statement.trim();
    if (trimmed !== '') statements.push(trimmed);
    statement = '';
  };
  for (const { kind, text } of piecesOf(code)) {
    if (kind === 'string') statement += '""';
    else if (kind === 'continuation') statement += ' ';
    else if (kind === 'character') {
      if ('([{'.includes(text)) depth += 1;
      if (')]}'.includes(text)) depth = Math.max(0, depth - 1);
      if (text === ';' || (text === '\n' && depth === 0)) end();
      // A block on the line of its header: `try: import x`.
      else if (text === ':' && depth === 0) end();
      else statement += text === '\n' ? ' ' : text;
    }
  }
  end();
  return statements;
}

/** The lines of Python code without comments and docstrings; other strings stay. */
export function codeLines(code: string): readonly string[] {
  let lines = '';
  for (const { kind, text } of piecesOf(code)) {
    if (kind === 'string' && isTriple(text)) lines += text.replaceAll(/[^\n]/g, '');
    else if (kind !== 'comment') lines += text;
  }
  return lines.split('\n');
}

/** What can hide code or look like it, and every other character by itself. */
interface Piece {
  readonly kind: 'comment' | 'string' | 'continuation' | 'character';
  readonly text: string;
}

function* piecesOf(code: string): Generator<Piece> {
  let position = 0;
  while (position < code.length) {
    const [kind, end] = pieceAt(code, position);
    yield { kind, text: code.slice(position, end) };
    position = end;
  }
}

/** @returns the kind of the piece that begins here, and where it ends */
function pieceAt(code: string, position: number): readonly [Piece['kind'], number] {
  const character = code[position] ?? '';
  if (character === '#') {
    const end = code.indexOf('\n', position);
    return ['comment', end < 0 ? code.length : end];
  }
  if (character === '"' || character === "'") return ['string', endOfString(code, position)];
  if (character === '\\' && code[position + 1] === '\n') return ['continuation', position + 2];
  if (character === '\\' && code.startsWith('\r\n', position + 1)) return ['continuation', position + 3];
  return ['character', position + 1];
}

const isTriple = (string: string): boolean => string.startsWith((string[0] ?? '').repeat(3));

/** Position behind the string that begins here; a broken one ends with its line, or with the file. */
function endOfString(code: string, start: number): number {
  const quote = code[start] ?? '';
  const triple = code.startsWith(quote.repeat(3), start);
  const closing = triple ? quote.repeat(3) : quote;
  let position = start + closing.length;
  while (position < code.length) {
    if (code[position] === '\\') position += 2;
    else if (code.startsWith(closing, position)) return position + closing.length;
    else if (!triple && code[position] === '\n') return position;
    else position += 1;
  }
  return code.length;
}
