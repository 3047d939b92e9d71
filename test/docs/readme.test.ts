import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { buildless, ROOT } from '../cli/command.ts';
import { Runs } from '../run/running-command.ts';
import { blocksOf, shownIn, type Shown } from './page.ts';

const readme = await readFile(path.join(ROOT, 'README.md'), 'utf8');

const all = blocksOf('README.md');
const blocks = (language: string): readonly string[] =>
  all.filter((each) => each.language === language).map(({ code }) => code);
const shown = (beginning: string): Shown =>
  shownIn(all).find(({ command }) => command.startsWith(beginning)) ?? { heading: '', command: '', printed: '' };

const runs = new Runs();
let scratch: string;
beforeAll(async () => {
  await runs.open();
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-readme-'));
});
afterAll(async () => {
  await runs.endAll();
  await runs.remove();
  await rm(scratch, { recursive: true, force: true });
});

describe('README.md', () => {
  it('has a first Function of 16 lines that answers as it says', async () => {
    const [manifest = ''] = blocks('yaml');
    expect(manifest.split('\n').filter((line) => line !== '' && line !== '---').length).toBeLessThanOrEqual(16);
    const file = path.join(scratch, 'hello.yaml');
    await writeFile(file, manifest);
    const command = await runs.run(['-f', file, '--port', '0']);
    const { command: curl, printed } = shown('curl');
    const [, query = ''] = /localhost:8080(\S+)'$/.exec(curl) ?? [];
    const answer = await fetch(new URL(query, await command.url()));
    expect(await answer.text()).toBe(printed.trim());
  });

  it.each(['README.md', 'docs/dependency-policy.md'])(
    'and other pages show refusals that the command prints: %s',
    async (page) => {
      const refusals = shownIn(blocksOf(page)).filter(({ command }) => command.includes('validate -f examples/'));
      expect(refusals).not.toEqual([]);
      for (const { command, printed } of refusals) {
        const { stdout, stderr } = await buildless(command.replace(/^.*?buildless(?:\.mjs)? /, '').split(' '));
        expect(stdout + stderr).toBe(printed);
      }
    },
  );

  it('lists every annotation that an author may write, and no other', () => {
    const listed = Array.from(
      readme.matchAll(/^\| `(buildless\.dev\/[a-z-]+)` +\| [^|]*\| [^|]*\|$/gm),
      ([, key]) => key,
    );
    expect(listed.sort()).toEqual(Object.values(ANNOTATIONS).sort());
  });

  it('lists every subcommand of the command, and no other', async () => {
    const { stdout } = await buildless(['--help']);
    const known = Array.from(stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|\[which\]|<)/gm), ([, name]) => name);
    const listed = new Set(Array.from(readme.matchAll(/^buildless ([a-z]+) /gm), ([, name]) => name));
    expect([...listed].sort()).toEqual(known.filter((name) => name !== 'help').sort());
  });

  it('begins with the demo, and the command that runs all tests', () => {
    const first = blocks('sh')
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('npm run '));
    expect(first.map((line) => line.split(' ')[2])).toEqual(['demo', 'verify']);
  });
});
