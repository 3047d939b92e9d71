import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '*.md', '*.yaml', 'src', 'types', 'scripts', 'demo', 'deploy'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');

it('no document, message or example asks npm for "buildless", which is the package of a stranger', () => {
  expect(files.length).toBeGreaterThan(300);
  const asks =
    /\b(?:npx|npm (?:exec|x)|bunx|pnpm dlx|yarn dlx)(?: -\S+)* (?:-- )?buildless\b|\b(?:npm (?:i|install|add)|yarn add|pnpm add|bun add)\b[^\n`]* buildless(?:@|\s|`|$)/m;
  const found = files.filter((file) => asks.test(readFileSync(path.join(ROOT, file), 'utf8')));
  expect(found).toEqual([]);
});
