import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';

export interface GivenFolder {
  /** While a test runs. */
  readonly path: string;
  /** @returns its path */
  readonly write: (name: string, content: string | Uint8Array) => Promise<string>;
}

/** A folder for the tests of one file. */
export function givenFolder(): GivenFolder {
  let folder: string | undefined;
  const opened = (): string => {
    if (folder === undefined) throw new Error('the folder exists while a test runs, not before');
    return folder;
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-cli-'));
  });
  afterAll(async () => {
    await rm(opened(), { recursive: true, force: true });
  });
  return {
    get path() {
      return opened();
    },
    write: async (name, content) => {
      const written = path.join(opened(), name);
      await mkdir(path.dirname(written), { recursive: true });
      await writeFile(written, content);
      return written;
    },
  };
}
