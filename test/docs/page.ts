import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from '../cli/command.ts';

/** A code block of a page. */
export interface Block {
  /** The heading above it, without its marks. */
  readonly heading: string;
  readonly language: string;
  readonly code: string;
}

/** A command of a console block ("$ ..."), and what it prints. */
export interface Shown {
  readonly heading: string;
  readonly command: string;
  readonly printed: string;
}

export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { language: string; lines: string[] } | undefined;
  for (const line of readFileSync(path.join(ROOT, page), 'utf8').split('\n')) {
    if (open === undefined) {
      if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
      else if (line.startsWith('```')) open = { language: line.slice(3), lines: [] };
    } else if (line === '```') {
      blocks.push({ heading, language: open.language, code: open.lines.map((each) => `${each}\n`).join('') });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}

export function shownIn(blocks: readonly Block[]): readonly Shown[] {
  return blocks
    .filter(({ language }) => language === 'console')
    .map(({ heading, code }) => {
      const [command = '', ...printed] = code.split('\n');
      return { heading, command: command.replace(/^\$ /, ''), printed: printed.join('\n') };
    });
}
