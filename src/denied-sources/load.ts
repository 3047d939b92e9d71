/** Reads a whole source of denied versions. Blocks: it is for a thread of its own. */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  type Dirent,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import type { DeniedProblem } from '../denied/entry.ts';
import { TableBuilder, TableTooLarge } from '../denied/table.ts';
import type { LoadedTable, LoadQuestion } from './protocol.ts';
import { areProblems, entriesOfFile, isDenialFile, LARGEST_FILE_BYTES } from './read-file.ts';

/** Problems that are kept; a person corrects the first ones. */
const MOST_PROBLEMS = 20;
/** The export of malicious-packages has 200,000 files, in folders of 5 levels. */
const MOST_FILES = 1_000_000;
const DEEPEST_FOLDER = 12;

export function load(question: LoadQuestion): LoadedTable {
  const loading = new Loading();
  try {
    if (question.from === 'texts') {
      for (const [name, content] of [...question.texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (isDenialFile(name)) loading.add(name, content);
      }
    } else loading.addBelow(question.folder);
  } catch (error) {
    if (!(error instanceof TableTooLarge)) throw error;
    loading.problem({ place: '', problem: error.message, fix: 'deny fewer packages, or ranges instead of versions' });
  }
  return loading.end();
}

class Loading {
  private readonly builder = new TableBuilder();
  private readonly problems: DeniedProblem[] = [];
  private files = 0;

  add(place: string, content: string | Uint8Array): void {
    const read = entriesOfFile(place, content);
    if (areProblems(read)) for (const problem of read) this.problem(problem);
    else for (const entry of read) this.builder.add(entry);
  }

  /** A folder, whose files come in the order of their names, or one file. */
  addBelow(folder: string): void {
    const reader = new FileReader();
    const visit = (place: string, whole: string, kind: Kind, depth: number): void => {
      if (kind === 'folder') {
        if (depth >= DEEPEST_FOLDER) return;
        for (const found of namesIn(whole)) {
          const [name = '', kind] = found.split('\0');
          // A mounted ConfigMap has its files a second time below `..data`, and a repository its history below `.git`.
          if (name.startsWith('.')) continue;
          const [inside, here] = [path.join(whole, name), path.join(place, name)];
          attempt(here, () => {
            visit(here, inside, kind === 'file' || kind === 'folder' ? kind : kindOf(statSync(inside)), depth + 1);
          });
        }
      } else if (kind === 'file' && isDenialFile(whole)) {
        this.files += 1;
        if (this.files > MOST_FILES) throw new TableTooLarge(`there are more than ${MOST_FILES} files`);
        const content = reader.read(whole);
        if (content !== undefined) this.add(place === '' ? path.basename(folder) : place, content);
        else {
          const problem = `the file has more than ${LARGEST_FILE_BYTES / 1024 / 1024} MiB`;
          this.problem({ place, problem, fix: 'split it' });
        }
      }
    };
    const attempt = (place: string, work: () => void): void => {
      try {
        work();
      } catch (error) {
        if (error instanceof TableTooLarge) throw error;
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'ENOENT' && place === '') {
          this.problem({ place, problem: 'the file or folder does not exist', fix: 'correct the path' });
          return;
        }
        const reason = typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
        this.problem({ place, problem: `it cannot be read (${reason})`, fix: 'make it readable, or remove it' });
      }
    };
    attempt('', () => {
      visit('', folder, kindOf(statSync(folder)), 0);
    });
  }

  problem(problem: DeniedProblem): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
  }

  end(): LoadedTable {
    return { table: this.builder.build(), problems: this.problems };
  }
}

type Kind = 'file' | 'folder' | 'other';

const kindOf = (found: Dirent | Stats): Kind => (found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other');

/** NAME and kind with a zero between them, in order: 200,000 of them take a tenth of what their entries do. */
const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .map((entry) => `${entry.name}\0${kindOf(entry)}`)
    .sort();

/** Reads small files with as few calls of the system as can be: an export has 200,000 of them. */
class FileReader {
  private readonly buffer = Buffer.allocUnsafe(64 * 1024);

  /** @returns undefined for one that is too large; valid until the next file is read */
  read(file: string): Uint8Array | undefined {
    const descriptor = openSync(file, 'r');
    try {
      const length = readSync(descriptor, this.buffer, 0, this.buffer.length, 0);
      if (length < this.buffer.length) return this.buffer.subarray(0, length);
      return fstatSync(descriptor).size > LARGEST_FILE_BYTES ? undefined : readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}
