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
  let position = 0;
  while (position < code.length) {
    const character = code[position] ?? '';
    if (character === '#') {
      while (position < code.length && code[position] !== '\n') position += 1;
    } else if (character === '"' || character === "'") {
      position = endOfString(code, position);
      statement += '""';
    } else if (character === '\\' && /^\\\r?\n/.test(code.slice(position, position + 3))) {
      position += code[position + 1] === '\r' ? 3 : 2;
      statement += ' ';
    } else {
      if ('([{'.includes(character)) depth += 1;
      if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
      if (character === ';' || (character === '\n' && depth === 0)) end();
      // A block on the line of its header: `try: import x`.
      else if (character === ':' && depth === 0) end();
      else statement += character === '\n' ? ' ' : character;
      position += 1;
    }
  }
  end();
  return statements;
}

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

/** The lines of Python code without comments and docstrings; other strings stay. */
export function codeLines(code: string): readonly string[] {
  let text = '';
  let position = 0;
  while (position < code.length) {
    const character = code[position] ?? '';
    if (character === '#') {
      while (position < code.length && code[position] !== '\n') position += 1;
    } else if (character === '"' || character === "'") {
      const end = endOfString(code, position);
      const string = code.slice(position, end);
      const isTriple = string.startsWith(character.repeat(3));
      text += isTriple ? string.replaceAll(/[^\n]/g, '') : string;
      position = end;
    } else {
      text += character;
      position += 1;
    }
  }
  return text.split('\n');
}
