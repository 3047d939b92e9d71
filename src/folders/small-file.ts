import { readFileSync, statSync } from 'node:fs';

/** A package.json of a Function has a few KiB. */
const LARGEST = 1024 * 1024;

/** The text of a plain file; undefined if it is missing, something else, unreadable or too large to be what is looked for. */
export function readSmallFile(file: string): string | undefined {
  try {
    const facts = statSync(file, { throwIfNoEntry: false });
    return facts?.isFile() === true && facts.size <= LARGEST ? readFileSync(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
