import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../cli/command.ts';
import { shownIn } from './page.ts';
import { blocksBelow } from './tutorial.ts';

const read = (file: string): string => readFileSync(path.join(ROOT, 'docs', file), 'utf8');

/** `npm run record` writes both again. */
describe('the recording of docs/tutorial.md', () => {
  const [header, ...events] = read('tutorial.cast')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

  it('is one that asciinema plays', () => {
    expect(header).toMatchObject({
      version: 2,
      width: expect.any(Number) as number,
      height: expect.any(Number) as number,
    });
    let before = 0;
    for (const event of events) {
      expect(event).toEqual([expect.any(Number), 'o', expect.any(String)]);
      const [at] = event as [number];
      expect(at).toBeGreaterThanOrEqual(before);
      before = at;
    }
  });

  it('shows the commands and answers that the page has now', () => {
    const seen = (events as [number, string, string][]).map(([, , text]) => text).join('');
    for (const heading of ['2. ', '3. ', '4. ', '5. ', '6. ', '7. ']) {
      for (const { command, printed } of shownIn(blocksBelow(heading))) {
        expect(seen).toContain(`$ ${command}`);
        if (command.includes(' invoke ')) expect(seen).toContain(printed.trim());
      }
    }
  });

  it.each(['tutorial.cast', 'tutorial.svg'])('%s is small, and has nothing of the machine that made it', (file) => {
    expect(read(file).length).toBeLessThan(100 * 1024);
    expect(read(file)).not.toMatch(/\/(?:tmp|work|root|home)\//);
  });
});

it.each(readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.svg')))(
  'docs/%s draws every shape at a place',
  (name) => {
    expect(read(name)).not.toContain('NaN');
  },
);
