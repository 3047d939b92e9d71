import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

it('the context of the images has each folder that the build of dist/ reads', () => {
  const folders = new Set(
    execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
      .split('\n')
      .filter((file) => file.includes('/'))
      .map((file) => file.split('/', 1)[0]),
  );
  const named = [...read('scripts/build.mjs').matchAll(/['"`]([a-z]+)\//g)]
    .map(([, folder]) => folder)
    .filter((folder) => folders.has(folder));
  const context = read('.dockerignore').split('\n');
  expect(named).toContain('src');
  expect([...new Set(named)].filter((folder) => !context.includes(`!${folder ?? ''}`))).toEqual([]);
});
