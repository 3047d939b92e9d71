import ts from 'typescript';
import type { Piece } from './markdown.ts';

/** The string literals of a module in which somebody is addressed: those with a space. Placeholders become underscores. */
export function piecesOfModule(file: string, code: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const add = (node: ts.Node, text: string): void => {
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    if (text.includes(' ')) pieces.push({ line, text, kind: 'message' });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isLiteralTypeNode(node)) return;
    if (ts.isStringLiteralLike(node)) add(node, node.text);
    else if (ts.isTemplateExpression(node))
      add(node, node.head.text + node.templateSpans.map((span) => `_${span.literal.text}`).join(''));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return pieces;
}
