import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Piece } from './markdown.ts';

const PROGRAM = path.join(import.meta.dirname, 'python-pieces.py');

/** The strings of Python modules in which somebody is addressed, and their comments, by the path of their file. */
export function piecesOfPython(folder: string, files: readonly string[]): ReadonlyMap<string, readonly Piece[]> {
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  const printed = execFileSync('python3', ['-I', PROGRAM, ...files], options);
  const found = Object.entries(JSON.parse(printed) as Readonly<Record<string, readonly Piece[]>>);
  return new Map(found);
}
