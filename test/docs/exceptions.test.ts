import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXCEPTABLE_CODES } from '../../src/exceptions/codes.ts';
import { buildless, ROOT } from '../cli/command.ts';
import { blocksOf, shownIn } from './page.ts';

const PAGE = 'docs/supply-chain.md';
const blocks = blocksOf(PAGE).filter(({ heading }) => heading === 'Exceptions');
const WRITTEN = '2027-01-31';
/** The page's day will have passed some day. */
const LATER = '9999-01-31';

describe('the example of exceptions', () => {
  it('is a configuration with which the command prints what the page shows', async () => {
    const yaml = blocks.find(({ language }) => language === 'yaml')?.code ?? '';
    const [shown] = shownIn(blocks);
    const folder = await mkdtemp(path.join(tmpdir(), 'buildless-exceptions-'));
    try {
      const file = path.join(folder, 'config.yaml');
      await writeFile(file, yaml.replace(WRITTEN, LATER));
      const args = (shown?.command ?? '').split(' ').map((word) => (word === 'config.yaml' ? file : word));
      const { status, stdout, stderr } = await buildless(args.slice(1));
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.replace(LATER, WRITTEN)).toBe(shown?.printed);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it.each(EXCEPTABLE_CODES)('is followed by a table with the code %s', async (code) => {
    const page = await readFile(path.join(ROOT, PAGE), 'utf8');
    const row = page.split('\n').find((line) => line.startsWith('| `code`'));
    expect(row).toContain(`\`${code}\``);
  });
});
