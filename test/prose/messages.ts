import ts from 'typescript';
import type { Piece } from './markdown.ts';

/**
 * The comments of a module, and the string literals in which somebody is addressed: those with a space. Placeholders become
 * underscores.
 */
export function piecesOfModule(file: string, code: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const add = (node: ts.Node, text: string): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (text.includes(' ')) pieces.push({ line, text, kind: 'message' });
  };
  const commented = new Set<number>();
  const addComments = (ranges: readonly ts.CommentRange[] = []): void => {
    for (const { pos, end } of ranges) {
      if (commented.has(pos)) continue;
      commented.add(pos);
      const text = code
        .slice(pos, end)
        .replaceAll(/^(?:\/\*\*?|\/\/)|\*\/$/g, '')
        .replaceAll(/^\s*\* ?/gm, '');
      const line = source.getLineAndCharacterOfPosition(pos).line + 1;
      pieces.push({ line, text: text.replaceAll(/`[^`\n]*`/g, '_'), kind: 'comment' });
    }
  };
  const visit = (node: ts.Node): void => {
    addComments(ts.getLeadingCommentRanges(code, node.getFullStart()));
    addComments(ts.getTrailingCommentRanges(code, node.getEnd()));
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (ts.isStringLiteralLike(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node))
      add(node, node.head.text + node.templateSpans.map((span) => `_${span.literal.text}`).join(''));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return pieces;
}
