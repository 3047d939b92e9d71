import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

let count = 0;

/** A new folder with files in it. */
export async function folderWith(top: string, files: Readonly<Record<string, string>>): Promise<string> {
  count += 1;
  const folder = path.join(top, `source-${count}`);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), text);
  }
  return folder;
}

export const textOf = (folder: string, file: string): Promise<string> => readFile(path.join(folder, file), 'utf8');

const DAY = 86_400_000;

/** A point in time, ISO 8601. */
export const daysAgo = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
