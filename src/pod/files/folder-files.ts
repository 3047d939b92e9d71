import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ReadWhenAsked } from '../../function/read-when-asked.ts';

/**
 * The files of a folder as a source. Contents are read when asked for: the dependency policy looks at a few files, and
 * a Git repository may be large.
 */
export class FolderFiles extends ReadWhenAsked {
  readonly #folder: string;
  readonly #paths: ReadonlySet<string>;

  constructor(folder: string, paths: readonly string[]) {
    super();
    this.#folder = folder;
    this.#paths = new Set(paths);
  }

  get size(): number {
    return this.#paths.size;
  }

  has(file: string): boolean {
    return this.#paths.has(file);
  }

  /** The same files where their folder is now. */
  movedTo(folder: string): FolderFiles {
    return new FolderFiles(folder, [...this.#paths]);
  }

  /** With a file that is there by now. */
  with(file: string): FolderFiles {
    return new FolderFiles(this.#folder, [...this.#paths, file]);
  }

  get(file: string): Uint8Array | undefined {
    if (!this.#paths.has(file)) return undefined;
    try {
      return readFileSync(path.join(this.#folder, file));
    } catch (error) {
      // A link to a folder is listed with the files.
      if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return undefined;
      throw error;
    }
  }

  keys(): MapIterator<string> {
    return this.#paths.values();
  }
}
