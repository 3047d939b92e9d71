import type { Piece } from './markdown.ts';
import { PATTERNS, RELATIVE_START } from './patterns.ts';

export interface Fault {
  readonly line: number;
  /** The words as the page has them. */
  readonly words: string;
  readonly cure: string;
}

/** @returns every wording of the patterns, with its line */
export function faultsOf(piece: Piece): readonly Fault[] {
  const faults: Fault[] = [];
  const text = piece.text.replaceAll('\n', ' ');
  const lineAt = (offset: number): number => piece.line + piece.text.slice(0, offset).split('\n').length - 1;
  for (const { wording, cure, messagesOnly, notInComments } of PATTERNS) {
    if (messagesOnly === true && piece.kind !== 'message') continue;
    if (notInComments === true && piece.kind === 'comment') continue;
    for (const match of text.matchAll(new RegExp(wording.source, 'gi')))
      faults.push({ line: lineAt(match.index), words: match[0], cure });
  }
  // A heading or a cell may be a clause: "What you see | what it means". So may the comment on a name.
  if (piece.kind !== 'label' && piece.kind !== 'comment')
    for (const match of text.matchAll(/[^.!?]+[.!?]?/g))
      if (RELATIVE_START.wording.test(match[0].trim()))
        faults.push({ line: lineAt(match.index), words: match[0].trim().slice(0, 40), cure: RELATIVE_START.cure });
  return faults;
}
