/** What Bun throws in place of Node.js' errors: a BuildMessage for a syntax error, a ResolveMessage for a missing module (bun.com/reference/globals). */
import { readFileSync } from 'node:fs';
import type { SyntaxPlace } from './syntax-error.ts';

/** Of a syntax error, or of the first of several; undefined for everything else. */
export function syntaxErrorOfBun(error: unknown): (SyntaxPlace & { readonly message: string }) | undefined {
  const first: unknown =
    error instanceof AggregateError ? (error.errors as readonly unknown[]).find(isBuildMessage) : error;
  if (!isBuildMessage(first)) return undefined;
  const { file, line, column, lineText } = first.position;
  return { message: first.message, file, line, excerpt: [lineText, `${' '.repeat(Math.max(column - 1, 0))}^`] };
}

interface BuildMessage extends Error {
  readonly position: {
    readonly file: string;
    /** From 1, as the column. */
    readonly line: number;
    readonly column: number;
    readonly lineText: string;
  };
}

const isBuildMessage = (value: unknown): value is BuildMessage => {
  if (!(value instanceof Error) || value.name !== 'BuildMessage' || !('position' in value)) return false;
  const { position } = value;
  if (typeof position !== 'object' || position === null) return false;
  const typeOf = (name: string): string => typeof Reflect.get(position, name);
  return (
    typeOf('file') === 'string' &&
    typeOf('line') === 'number' &&
    typeOf('column') === 'number' &&
    typeOf('lineText') === 'string'
  );
};

/** The file that asked for a module, and the line where its name is; a ResolveMessage has no line. */
export function importOfBun(error: Error, name: string): { readonly file: string; readonly line: number } | undefined {
  if (!('referrer' in error) || typeof error.referrer !== 'string') return undefined;
  const lines = readFileSync(error.referrer, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`));
  return index === -1 ? undefined : { file: error.referrer, line: index + 1 };
}
