/** A piece of text that is checked as a whole: a paragraph, a table cell, a heading, a message. */
export interface Piece {
  readonly line: number;
  readonly text: string;
  readonly kind: 'prose' | 'label' | 'message' | 'comment';
}

const FENCE = /^\s*(?:```|~~~)/;
const blank = (code: string): string => code.replaceAll(/[^\n]/g, '_');

/** What a page says in its own words: without code blocks, code spans and the targets of links. */
export function piecesOfMarkdown(page: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let paragraph: { line: number; lines: string[] } | undefined;
  const end = (): void => {
    if (paragraph !== undefined) pieces.push({ line: paragraph.line, text: paragraph.lines.join('\n'), kind: 'prose' });
    paragraph = undefined;
  };
  let fenced = false;
  for (const [index, raw] of withoutSpans(page).split('\n').entries()) {
    const line = index + 1;
    if (FENCE.test(raw)) {
      fenced = !fenced;
      end();
    } else if (fenced) continue;
    else if (raw.trim() === '') end();
    else if (raw.startsWith('#')) {
      end();
      pieces.push({ line, text: raw.replace(/^#+ /, ''), kind: 'label' });
    } else if (raw.trimStart().startsWith('|')) {
      end();
      for (const cell of raw.split('|').map((each) => each.trim()))
        if (cell !== '') pieces.push({ line, text: cell, kind: 'label' });
    } else if (/^\s*(?:[-*]|\d+\.) /.test(raw)) {
      end();
      paragraph = { line, lines: [raw.replace(/^\s*(?:[-*]|\d+\.) /, '')] };
    } else if (paragraph === undefined) paragraph = { line, lines: [raw] };
    else paragraph.lines.push(raw.trim());
  }
  end();
  return pieces;
}

/** Code spans, names of tests and targets of links become underscores, which no wording contains. */
const withoutSpans = (page: string): string =>
  page
    .replaceAll(/`test\/[^`\n]+`: "(?:[^"\\\n]|\\.)+"/g, blank)
    .replaceAll(/`[^`\n]+`/g, blank)
    .replaceAll(/\]\([^)\n]*\)/g, blank)
    .replaceAll(/<!--[^>]*-->/g, blank);
