import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CONTRIBUTING = readFileSync(path.join(ROOT, 'CONTRIBUTING.md'), 'utf8');
const spans = Array.from(CONTRIBUTING.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code);
const words = spans.flatMap((code) => code.split(/[\s,]+/));

describe('CONTRIBUTING.md', () => {
  const paths = [...new Set(words.map((word) => word.replace(/\/$/, '')))].filter(
    (word) => /^(?:src|test|scripts|deploy|docs|bench|examples|\.github)\//.test(word) && !/[A-Z*{}]/.test(word),
  );
  it.each(paths)('names %s, which exists', (name) => {
    expect(existsSync(path.join(ROOT, name))).toBe(true);
  });

  const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = [
    ...new Set(spans.flatMap((code) => Array.from(code.matchAll(/npm run ([a-z:]+)/g), ([, name = '']) => name))),
  ];
  it.each(named)('names `npm run %s`, which package.json has', (name) => {
    expect(scripts).toHaveProperty([name]);
  });
});
