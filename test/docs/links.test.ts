import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

const pages = [
  ...readdirSync(ROOT),
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => path.join('docs', file)),
].filter((file) => file.endsWith('.md'));

const read = (page: string): string => readFileSync(path.join(ROOT, page), 'utf8');

/** As GitHub makes an anchor of a heading: lower case, no punctuation, spaces become hyphens. */
const anchorsOf = (page: string): readonly string[] =>
  Array.from(read(page).matchAll(/^#+ (.+)$/gm), ([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Targets of links within the repository: inline, and of reference definitions. */
const linksOf = (page: string): readonly string[] =>
  Array.from(
    read(page).matchAll(/\]\(([^)\s]+)\)|^\[[^\]]+\]: (\S+)$/gm),
    ([, inline, defined]) => inline ?? defined ?? '',
  ).filter((target) => !/^https?:/.test(target));

describe('a merge', () => {
  // Prettier reads `>>>>>>>` as quotes.
  it.each(pages)('left no conflict in %s', (page) => {
    expect(read(page)).not.toMatch(/^(?:<{7} |={7}$|(?:> ?){7} ?[0-9a-f]{7})/m);
  });
});

describe('links between the pages', () => {
  it.each(pages)('of %s lead somewhere', (page) => {
    const broken = linksOf(page).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const there = file === '' ? page : path.join(path.dirname(page), file);
      if (!existsSync(path.join(ROOT, there))) return true;
      return anchor !== undefined && there.endsWith('.md') && !anchorsOf(there).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages.filter((page) => /^docs\/[^/]+$/.test(page)))('from README.md reach %s', (page) => {
    expect(linksOf('README.md')).toContain(page);
  });
});

/** Long enough that nobody writes it twice on purpose. */
const PARAGRAPH = 100;

describe('a merge left nothing behind', () => {
  it.each(pages)('in %s', (page) => {
    const paragraphs = read(page)
      .split(/\n{2,}/)
      .filter((each) => each.length >= PARAGRAPH && !each.startsWith('```'));
    expect(paragraphs.filter((each, index) => paragraphs.indexOf(each) !== index)).toEqual([]);
    // Prettier takes a marker for a quotation.
    expect(read(page)).not.toMatch(/^(?:<{7} |={7}$|>{7} |> > > )/m);
  });
});
