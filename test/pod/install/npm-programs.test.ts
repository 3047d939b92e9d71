import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveRepository, type ServedRepository } from '../../git-repository.ts';
import { folderOfNpm, NPM_VERSIONS } from '../../npm-versions.ts';
import { bundlePodPrograms, Folders, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import { type FakeRegistry, startNpmRegistry } from './fake-registry.ts';

/** Whatever a dependency brings that npm would run leaves this mark. */
let mark = '';
const folders = new Folders();
const repositories: ServedRepository[] = [];
let registry: FakeRegistry | undefined;
let programs = '';
let withPrepare = '';
let withNpmrc = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  const marks = await folders.open('marks');
  await chmod(marks, 0o777);
  mark = path.join(marks, 'ran');
  const program = `#!/bin/sh\necho "$npm_config_userconfig" > ${mark}\nexit 1\n`;
  const serve = async (...args: Parameters<typeof serveRepository>): Promise<string> => {
    const repository = await serveRepository(...args);
    repositories.push(repository);
    return repository.spec;
  };
  withPrepare = await serve({
    'package.json': JSON.stringify({
      name: 'dependency',
      version: '1.0.0',
      scripts: { prepare: `echo ran > ${mark}` },
    }),
  });
  // npm installs what a repository needs for development, with the settings of the repository.
  const inner = { other: `git+http://127.0.0.1:1/other.git#${'a'.repeat(40)}` };
  const manifest = { name: 'dependency', version: '1.0.0', scripts: { prepare: 'true' }, devDependencies: inner };
  withNpmrc = await serve(
    { 'package.json': JSON.stringify(manifest), '.npmrc': 'git=./program.sh\n' },
    { 'program.sh': program },
  );
  const folder = await folders.open('package');
  const outer = { name: 'outer', version: '1.0.0', dependencies: { dependency: withPrepare } };
  await writeTree(folder, { 'package/package.json': JSON.stringify(outer) });
  execFileSync('tar', ['-czf', path.join(folder, 'p.tgz'), '-C', folder, 'package']);
  const archive = await readFile(path.join(folder, 'p.tgz'));
  registry = await startNpmRegistry([{ name: 'outer', version: '1.0.0', archive, dependencies: outer.dependencies }]);
}, 120_000);
afterAll(async () => {
  for (const repository of repositories) await repository.close();
  await registry?.close();
  await folders.removeAll();
});

async function install(
  version: (typeof NPM_VERSIONS)[number],
  dependencies: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<RunEnd> {
  const root = await folders.open('root');
  await writeTree(path.join(root, 'staging'), { 'package.json': JSON.stringify({ dependencies }) });
  execFileSync('chmod', ['-R', 'a+rwX', root]);
  execFileSync('rm', ['-f', mark]);
  const secret = await folders.open('secret');
  await writeTree(secret, { '.npmrc': `registry=${registry?.address ?? ''}\n` });
  return await runInPod({
    command: process.execPath,
    args: [
      path.join(programs, 'nodejs/install.mjs'),
      `--root=${root}`,
      '--timeout=120',
      `--registry=${path.join(secret, '.npmrc')}`,
      ...flags,
    ],
    env: { PATH: `${folderOfNpm(version)}:${process.env.PATH ?? ''}` },
  });
}

describe.each(NPM_VERSIONS)('npm %s runs no program of a dependency', (version) => {
  it.each([
    ['the prepare script of a repository', () => ({ dependency: withPrepare })],
    ['what the .npmrc of a repository names', () => ({ dependency: withNpmrc })],
    ['the prepare script of a repository that a package of a registry asks for', () => ({ outer: '1.0.0' })],
  ])('%s', async (_title, dependencies) => {
    const { code, termination } = await install(version, dependencies());
    expect(existsSync(mark)).toBe(false);
    expect(code).toBe(1);
    expect(termination).toMatch(
      /^a dependency comes from Git \(\S*http:\/\/127\.0\.0\.1\S*\), and npm runs programs .* install scripts are denied; .*buildless\.dev\/install-scripts: allow$/,
    );
  });

  it('unless the author allows it', async () => {
    const { code, termination } = await install(version, { dependency: withPrepare }, '--allow-scripts');
    expect([code, termination]).toEqual([0, '']);
    expect(existsSync(mark)).toBe(true);
  });
});
