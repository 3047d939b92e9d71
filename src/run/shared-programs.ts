import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { Api } from '../function/api.ts';
import { copyPrograms } from '../pod/files/tree.ts';

/**
 * The servers, once for all versions of a run: hundreds of files that an edit would copy, and that Python would compile at
 * each start.
 */
export class SharedPrograms {
  readonly #folder: string;
  readonly #copies = new Map<string, Promise<void>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  readonly bring = async (from: string, to: string, api: Api): Promise<void> => {
    const copy = path.join(this.#folder, `${path.basename(from)}-${api}`);
    const copied = this.#copies.get(copy) ?? this.#copy(from, copy, api);
    this.#copies.set(copy, copied);
    await copied;
    // On Windows a link to a folder needs no right if it is a junction.
    await symlink(copy, to, 'junction');
  };

  async #copy(from: string, to: string, api: Api): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    await copyPrograms(from, to, api);
  }
}
