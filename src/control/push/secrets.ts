import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { SHORTEST_SECRET } from '../../push/signature.ts';

/** Each costs a reading of every body. */
const MOST_SECRETS = 10;
const MOST_BYTES = 4096;

/**
 * The secrets of a folder, one in each file, as a Secret is mounted: any of them signs, so that one can be changed while the other is
 * still in use. What is shorter than `SHORTEST_SECRET`, or longer than 4 KiB, is left out, and so is what comes after the tenth by name.
 *
 * @returns none if the folder does not exist
 */
export async function readSecrets(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  // A mounted Secret has its files beside `..data`.
  const files = names.filter((name) => !name.startsWith('.')).sort();
  const read = await Promise.all(files.slice(0, MOST_SECRETS).map((name) => readSecret(path.join(folder, name))));
  return read.flatMap((secret) => secret ?? []);
}

async function readSecret(file: string): Promise<string | undefined> {
  try {
    const { size } = await stat(file);
    if (size > MOST_BYTES) return undefined;
    // Most tools that write one end it with a line break.
    const text = (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
    return text.length < SHORTEST_SECRET ? undefined : text;
  } catch {
    return undefined;
  }
}
