import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

export type Files = Readonly<Record<string, string | Uint8Array>>;

const made: string[] = [];
afterAll(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A folder on disk with these files, until the test file ends; its last part is `shop`. */
export async function folderOf(files: Files, name = 'shop'): Promise<string> {
  const parent = await mkdtemp(path.join(tmpdir(), 'buildless-folder-'));
  made.push(parent);
  const folder = path.join(parent, name);
  await mkdir(folder);
  await write(folder, files);
  return folder;
}

export async function write(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), content);
  }
}
