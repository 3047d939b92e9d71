import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './shipped.ts';

const page = readFileSync(path.join(ROOT, 'docs/threat-model.md'), 'utf8');

/** `test/FILE`: "NAME"; a quote inside of the name has a backslash. */
const REFERENCE = /`(test\/[\w./-]+)`: "((?:[^"\\]|\\.)+)"/g;
const references = Array.from(page.matchAll(REFERENCE), ([, file = '', name = '']) => ({
  file,
  name: name.replaceAll('\\"', '"'),
}));

/** Rows of the tables below the heading "Promises", without their heads. */
const rows = (page.split('\n## Promises\n')[1]?.split('\n## ')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (promise|-+) /.test(line));

describe('docs/threat-model.md', () => {
  it('has a test for every promise', () => {
    expect(rows.length).toBeGreaterThan(30);
    for (const row of rows) expect(row).toMatch(new RegExp(REFERENCE.source));
  });

  it.each(references.map(({ file, name }) => [`${file}: ${name}`, file, name]))(
    'names a test that exists: %s',
    (_, file, name) => {
      expect(existsSync(path.join(ROOT, file))).toBe(true);
      expect(readFileSync(path.join(ROOT, file), 'utf8')).toContain(name);
    },
  );

  it('is named by SECURITY.md, which has the private way to report', () => {
    const security = readFileSync(path.join(ROOT, 'SECURITY.md'), 'utf8');
    expect(security).toContain('(docs/threat-model.md)');
    expect(security).toContain('https://github.com/buildless-dev/buildless/security/advisories/new');
    expect(security).not.toMatch(/\S+@\S+\.\S+/);
  });
});
