import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildless } from '../cli/command.ts';
import { environments } from '../lock/uv-on-path.ts';
import { folderWith, textOf } from './folder-with.ts';

let top = '';
let env: NodeJS.ProcessEnv = {};
beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-updates-'));
  env = (await environments(top)).withUv;
}, 300_000);
afterAll(async () => {
  await rm(top, { recursive: true, force: true });
});

/** Packages that have not had a release for years, so that the answer stays. */
it('updates a source of two languages from npm and PyPI, with ages, and the level "locked" admits it', async () => {
  const folder = await folderWith(top, {
    'package.json': '{ "dependencies": { "is-odd": "2.0.0" } }\n',
    'requirements.txt': 'six==1.16.0 # for Python 2\n',
  });
  const run = (...args: readonly string[]) =>
    buildless([...args, '-f', folder, '--runtime', 'python312'], '', top, env);
  expect((await run('lock', '--write')).status).toBe(0);
  const { stdout } = await run('outdated', '--minimum-age', '7d');
  expect(stdout).toMatch(/^is-odd +2\.0\.0 +2\.0\.0 +3\.0\.1 +\d+d +dependencies /m);
  expect(stdout).toMatch(/^six +1\.16\.0 +1\.17\.0 +1\.17\.0 +\d+d +requirements /m);
  const { status, stderr } = await run('update', '--minimum-age', '7d', '--major', '--write');
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(stderr).toContain('requirements.txt:1: six 1.16.0 -> 1.17.0 (published 2024-12-04)');
  expect(await textOf(folder, 'package.json')).toBe('{ "dependencies": { "is-odd": "3.0.1" } }\n');
  expect(await textOf(folder, 'requirements.txt')).toBe('six==1.17.0 # for Python 2\n');
  expect((await buildless(['validate', '-f', folder, '--level', 'locked'], '', top, env)).status).toBe(0);
});
