/** Reads a whole source of denied versions. Blocks: it is for a thread of its own. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
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
    if (areProblems(read)) read.forEach((problem) => this.problem(problem));
    else for (const entry of read) this.builder.add(entry);
  }

  /** A folder, whose files come in the order of their names, or one file. */
  addBelow(folder: string): void {
    const visit = (relative: string, depth: number): void => {
      const whole = path.join(folder, relative);
      const place = relative === '' ? path.basename(folder) : relative;
      try {
        const found = statSync(whole);
        if (found.isDirectory()) {
          if (depth >= DEEPEST_FOLDER) return;
          for (const name of readdirSync(whole).sort()) {
            // A mounted ConfigMap has its files a second time below `..data`, and a repository its history below `.git`.
            if (!name.startsWith('.')) visit(path.join(relative, name), depth + 1);
          }
        } else if (found.isFile() && isDenialFile(whole)) {
          this.files += 1;
          if (this.files > MOST_FILES) throw new TableTooLarge(`there are more than ${MOST_FILES} files`);
          if (found.size > LARGEST_FILE_BYTES) {
            const problem = `the file has more than ${LARGEST_FILE_BYTES / 1024 / 1024} MiB`;
            this.problem({ place, problem, fix: 'split it' });
          } else this.add(place, readFileSync(whole));
        }
      } catch (error) {
        if (error instanceof TableTooLarge) throw error;
        const reason = error instanceof Error ? error.message : String(error);
        this.problem({ place, problem: `it cannot be read (${reason})`, fix: 'make it readable, or remove it' });
      }
    };
    visit('', 0);
  }

  problem(problem: DeniedProblem): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(problem);
  }

  end(): LoadedTable {
    return { table: this.builder.build(), problems: this.problems };
  }
}
