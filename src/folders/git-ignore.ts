/** `.gitignore` as Git reads it, from the top of the repository down to each folder. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readSmallFile } from './small-file.ts';

const FILE = '.gitignore';
/** Every pattern becomes a regular expression; what has more stars than this could keep one busy for hours. */
const MOST_STARS = 8;
const LONGEST_PATTERN = 1024;
/** Folders above, up to the repository's. */
const HIGHEST = 64;

interface Rules {
  /** Absolute folder of the file. */
  readonly folder: string;
  readonly patterns: Ignore;
}

/** The rules that hold in a folder: those of the deepest file that has something to say of a path count. */
export class GitIgnore {
  readonly #rules: readonly Rules[];

  private constructor(rules: readonly Rules[]) {
    this.#rules = rules;
  }

  /** Of a folder that the user names: what Git ignores as a whole above it is meant all the same. */
  static above(folder: string): GitIgnore {
    const top = path.resolve(folder);
    const folders = [top];
    for (let level = 0; level < HIGHEST; level += 1) {
      const [highest = top] = folders;
      if (existsSync(path.join(highest, '.git'))) break;
      if (path.dirname(highest) === highest || level === HIGHEST - 1) return new GitIgnore([]);
      folders.unshift(path.dirname(highest));
    }
    const rules = folders.slice(0, -1).flatMap(rulesIn);
    return new GitIgnore(rules.filter((each) => !each.patterns.ignores(`${path.relative(each.folder, top)}/`)));
  }

  /** With those that a folder's own file adds. */
  within(folder: string): GitIgnore {
    const added = rulesIn(path.resolve(folder));
    return added.length === 0 ? this : new GitIgnore([...this.#rules, ...added]);
  }

  /** @param entry path of a file or folder of this folder, or of one below */
  ignores(entry: string, isFolder: boolean): boolean {
    const absolute = path.resolve(entry);
    for (const { folder, patterns } of this.#rules.toReversed()) {
      const relative = path.relative(folder, absolute).split(path.sep).join('/');
      const { ignored, unignored } = patterns.test(isFolder ? `${relative}/` : relative);
      if (ignored) return true;
      if (unignored) return false;
    }
    return false;
  }
}

function rulesIn(folder: string): readonly Rules[] {
  const text = readSmallFile(path.join(folder, FILE));
  if (text === undefined) return [];
  const lines = text.split(/\r?\n/).filter(isUsable);
  return [{ folder, patterns: ignore({ allowRelativePaths: false, ignorecase: false }).add(lines) }];
}

const isUsable = (line: string): boolean => line.length <= LONGEST_PATTERN && starsIn(line) <= MOST_STARS;

/** Numbers of the lines of a folder's own file that are not used: what Git ignores by them would become a part of the source. */
export function unusedLines(folder: string): readonly number[] {
  const lines = readSmallFile(path.join(folder, FILE))?.split(/\r?\n/) ?? [];
  return lines.flatMap((line, index) => (isUsable(line) ? [] : [index + 1]));
}

const starsIn = (line: string): number => line.split('*').length - 1;
