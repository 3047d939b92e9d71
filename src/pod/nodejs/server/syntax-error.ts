/** Finds where a syntax error is. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export interface SyntaxPlace {
  readonly file: string;
  readonly line: number;
  /** The line of code, and below it a mark. */
  readonly excerpt: readonly string[];
}

/** Files that are looked at, one Node process each, before it is left unsaid where the error is. */
const CANDIDATES = 20;
const CHECK_TIMEOUT = 5000;

/**
 * @param folder the Function's own files
 * @param handler the file that was to be loaded, which may only import the one with the error
 */
export function findSyntaxError(error: SyntaxError, folder: string, handler: string): SyntaxPlace | undefined {
  const inTrace = readPlace(error.stack ?? '');
  if (inTrace !== undefined) return inTrace;
  // Node tells the place of an error in an ES module to nobody but the log of a process that ends by it.
  for (const file of [handler, ...ownModules(folder).filter((own) => own !== handler)].slice(0, CANDIDATES)) {
    const place = check(file, error.message);
    if (place !== undefined) return place;
  }
  return undefined;
}

/** FILE:LINE, code, mark and an empty line are what Node puts before the error itself. */
function readPlace(text: string): SyntaxPlace | undefined {
  const [first = '', ...rest] = text.split('\n');
  const found = /^(.+):(\d+)$/.exec(first);
  const end = rest.findIndex((line) => line.startsWith('SyntaxError'));
  if (found?.[1] === undefined || end === -1) return undefined;
  const file = found[1].startsWith('file:') ? fileURLToPath(found[1]) : found[1];
  return { file, line: Number(found[2]), excerpt: rest.slice(0, end).filter((line) => line !== '') };
}

/** Asks Node to parse a file as an ES module, and not to run it. */
function check(file: string, message: string): SyntaxPlace | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: readFileSync(file),
    encoding: 'utf8',
    timeout: CHECK_TIMEOUT,
  });
  // A CommonJS module beside it may fail too, in another way.
  if (!stderr.includes(`\nSyntaxError: ${message}\n`)) return undefined;
  const place = readPlace(stderr.replace(/^file:\/\/.*\/\[stdin\]:|^\[stdin\]:/, `${file}:`));
  return place?.file === file ? place : undefined;
}

function ownModules(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.m?js$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !path.relative(folder, file).split(path.sep).includes('node_modules'));
}
