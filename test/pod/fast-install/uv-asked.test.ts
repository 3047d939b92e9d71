import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRegistry } from '../install/fake-registry.ts';
import { type DistributionFile, makeSdist, makeWheel, sha256Of, startIndex } from '../install/python-index.ts';
import { Folders, type RunEnd, writeTree } from '../pod-programs.ts';
import { FastPod, type FilesOfTest } from './fast-pod.ts';

const folders = new Folders();
let pod: FastPod;
let index: FakeRegistry;
let thing: DistributionFile;
let newer: DistributionFile;
let built: DistributionFile;
let secret: string;
let trace: string;

beforeAll(async () => {
  pod = await FastPod.open(folders);
  const folder = await folders.open('wheels');
  trace = path.join(await folders.open('trace'), 'setup-ran');
  thing = await makeWheel(folder, 'thing', '1.0');
  newer = await makeWheel(folder, 'thing', '2.0');
  built = makeSdist(folder, 'built', '1.0', trace);
  index = await startIndex([thing, newer, built]);
  secret = await folders.open('secret');
  await writeTree(secret, { 'pip.conf': `[global]\nindex-url = ${index.address}simple\n` });
});
afterAll(async () => {
  await index.close();
  await folders.removeAll();
});

const FLAGS = ['--fast=uv', '--version=3.12', '--asked', '--otherwise=pip'];

async function ask(files: FilesOfTest, ...flags: readonly string[]): Promise<RunEnd & { readonly packages: string }> {
  const place = await pod.stage({ 'handler.py': '', ...files });
  const registry = flags.some((flag) => flag.startsWith('--registry'))
    ? []
    : [`--registry=${path.join(secret, 'pip.conf')}`];
  const end = await pod.prepare('python', place, {
    flags: [...FLAGS, ...registry, ...flags],
    env: { PIP_INDEX_URL: '' },
  });
  return { ...end, packages: path.join(place.root, 'function/.python-packages') };
}

const lockOf = (content: string): string => `lock-version = "1.0"\ncreated-by = "test"\n[[packages]]\n${content}`;

/** Found before uv is looked at. */
const BUILT = 'so its own code would run to install it, but install scripts are denied';

describe('uv, asked for by the author, installs a lock whole or nothing', () => {
  it.each<readonly [string, () => FilesOfTest, string]>([
    [
      'a pylock.toml with a package that has only an sdist',
      () => ({
        'pylock.toml': lockOf(
          `name = "built"\nversion = "1.0"\nsdist = { url = "${index.address}files/${built.file}", hashes = { sha256 = "${sha256Of(built)}" } }\n`,
        ),
      }),
      BUILT,
    ],
    [
      'a pylock.toml with a marker that uv cannot answer for the runtime',
      () => ({
        'pylock.toml': lockOf(
          `name = "thing"\nversion = "1.0"\nmarker = "python_full_version in '3.12.1'"\nwheels = [{ name = "${thing.file}", hashes = { sha256 = "${sha256Of(thing)}" } }]\n`,
        ),
      }),
      'pylock.toml: thing depends on the patch level of Python',
    ],
    [
      'requirements with hashes, of which one is behind such a marker',
      () => ({ 'requirements.txt': `thing==1.0 ; platform_release > "5" --hash=sha256:${sha256Of(thing)}\n` }),
      'requirements.txt:1 depends on platform_release',
    ],
    [
      'requirements of which some have hashes',
      () => ({ 'requirements.txt': `thing==1.0 --hash=sha256:${sha256Of(thing)}\nbuilt\n` }),
      'requirements.txt:2 is not pinned by ==',
    ],
    [
      'requirements that --require-hashes stands before',
      () => ({ 'requirements.txt': '--require-hashes\nthing==1.0\n' }),
      'requirements.txt:2 has no hash',
    ],
    [
      'an option that uv does not take as pip does',
      () => ({ 'requirements.txt': '--pre\nthing==1.0\n' }),
      'has the option --pre',
    ],
    ['a project of the source', () => ({ 'requirements.txt': '.\n', 'setup.py': '' }), BUILT],
    ['an editable one', () => ({ 'requirements.txt': '-e .\n', 'setup.py': '' }), BUILT],
    [
      'an archive that would be built',
      () => ({ 'requirements.txt': `built @ ${index.address}files/${built.file}#sha256=${sha256Of(built)}\n` }),
      BUILT,
    ],
    [
      'a repository',
      () => ({ 'requirements.txt': `thing @ git+https://git.example/thing@${'a'.repeat(40)}\n` }),
      BUILT,
    ],
  ])('and refuses %s', async (_title, files, words) => {
    // What floats beside the lock is not to be read in its place.
    const { code, termination, packages } = await ask({ 'requirements.txt': 'thing\n', ...files() });
    expect(termination).toContain(words);
    const cure = words === BUILT ? 'buildless.dev/install-scripts: allow' : 'set buildless.dev/installer: pip';
    expect(termination).toContain(cure);
    expect(code).toBe(1);
    expect([existsSync(packages), existsSync(trace)]).toEqual([false, false]);
  });
});

describe('uv, asked for by the author', () => {
  it('installs pins without hashes, constraints, and the index of the file, as pip would', async () => {
    const requirements = `--index-url ${index.address}simple\n-c limits.txt\nthing\n`;
    const { code, output, packages } = await ask({ 'requirements.txt': requirements, 'limits.txt': 'thing<2\n' });
    expect(code, output).toBe(0);
    expect(existsSync(path.join(packages, 'thing-1.0.dist-info'))).toBe(true);
  });

  it.each([
    ['behind the address', () => `thing @ ${index.address}files/${thing.file}#sha256=${'0'.repeat(64)}`],
    ['as an option', () => `thing @ ${index.address}files/${thing.file} --hash=sha256:${'0'.repeat(64)}`],
  ])('checks a hash %s', async (_title, line) => {
    const { code, termination } = await ask({ 'requirements.txt': `${line()}\n` });
    expect(code).toBe(1);
    expect(termination).toMatch(/hash mismatch/i);
  });

  it('checks no hash in a query, so the policy takes none there for one', async () => {
    const line = `thing @ ${index.address}files/${thing.file}?x=1&sha256=${sha256Of(thing)}`;
    const { code, termination } = await ask({ 'requirements.txt': `${line}\n` }, '--level=no-latest');
    expect(code).toBe(1);
    expect(termination).toContain('has its hash in the query, where pip checks it and other installers do not');
  });

  it.each([
    ['pip.conf', 'http://pypi.example/simple', ''],
    ['the file', 'https://pypi.example/simple', '--extra-index-url http://pypi.example/simple\n'],
  ])('does not ask an index without TLS in %s, which pip would pass over', async (_title, address, line) => {
    const folder = await folders.open('secret');
    await writeTree(folder, { 'pip.conf': `[install]\nindex-url = ${address}\n` });
    const { code, termination } = await ask(
      { 'requirements.txt': `${line}thing==1.0\n` },
      `--registry=${path.join(folder, 'pip.conf')}`,
    );
    expect(code).toBe(1);
    expect(termination).toContain('the index at pypi.example has no TLS, and pip passes it over');
  });
});
