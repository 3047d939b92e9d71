import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExpected } from '../../../src/pod/prepare/expected.ts';
import { sourceOf } from '../../dependencies/python/sources.ts';
import { PIP_VERSIONS, pythonWithPip } from '../../pip-versions.ts';
import { bundlePodPrograms, Folders, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import type { FakeRegistry } from './fake-registry.ts';
import { type DistributionFile, makeWheel, sha256Of, startIndex } from './python-index.ts';

const folders = new Folders();
let programs = '';
let index: FakeRegistry;
let secret = '';
const wheels: DistributionFile[] = [];

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  const folder = await folders.open('index');
  for (const version of ['1.0', '1.0.post1', '2.0']) wheels.push(await makeWheel(folder, 'thing', version));
  wheels.push(await makeWheel(folder, 'other', '1.0', { requires: ['thing'] }));
  wheels.push(await makeWheel(folder, 'lone', '1.0'));
  index = await startIndex(wheels);
  secret = await folders.open('secret');
  await writeTree(secret, { 'pip.conf': `[global]\nindex-url = ${index.address}simple\n` });
});
afterAll(async () => {
  await index.close();
  await folders.removeAll();
});

/** Installs one source, where the policy read another: what a trick that nobody knows yet comes to. */
async function install(installed: string, judged: string, python = 'python3'): Promise<RunEnd & { root: string }> {
  const root = await folders.open('root');
  await writeTree(path.join(root, 'staging'), { 'requirements.txt': installed });
  await writeExpected(root, sourceOf({ 'requirements.txt': judged }));
  for (const folder of [root, path.join(root, 'staging')]) await chmod(folder, 0o777);
  const flags = [`--root=${root}`, '--timeout=120', `--registry=${path.join(secret, 'pip.conf')}`];
  const end = await runInPod({
    command: python,
    args: [path.join(programs, 'python/install.py'), ...flags],
    env: { PIP_INDEX_URL: '' },
  });
  return { ...end, root };
}

function wheelOf(beginning: string): DistributionFile {
  const found = wheels.find(({ file }) => file.startsWith(beginning));
  if (found === undefined) throw new Error(`no wheel ${beginning}`);
  return found;
}

const hashOf = (file: string): string => `--hash=sha256:${sha256Of(wheelOf(file))}`;
const locked = (name: string, version: string): string => `${name}==${version} ${hashOf(`${name}-${version}-`)}\n`;

describe('a start ends if pip installed something else than was judged', () => {
  it.each<readonly [string, () => readonly [installed: string, judged: string], string]>([
    [
      'another version than the pin',
      () => ['thing==2.0\n', 'thing==1.0\n'],
      'thing 2.0 was installed instead of ==1.0',
    ],
    ['a version outside of a range', () => ['thing\n', 'thing<2\n'], 'thing 2.0 was installed instead of <2'],
    [
      'a post-release in place of the release',
      () => ['thing==1.0.post1\n', 'thing==1.0\n'],
      'thing 1.0.post1 was installed',
    ],
    [
      'nothing where a package is asked for',
      () => ['lone==1.0\n', 'lone==1.0\nthing==1.0\n'],
      'thing was not installed',
    ],
    [
      'nothing where the marker holds',
      () => ['lone==1.0\n', 'lone==1.0\nthing==1.0 ; sys_platform == "linux"\n'],
      'thing was not installed',
    ],
    [
      'a package beside the lock',
      () => [locked('lone', '1.0') + locked('thing', '1.0'), locked('lone', '1.0')],
      'thing 1.0 is not in the lock',
    ],
    [
      'what a package asks for beside the lock',
      () => ['other==1.0\n', locked('other', '1.0')],
      'thing 2.0 is not in the lock',
    ],
    [
      'another version than the lock',
      () => [locked('thing', '2.0'), locked('thing', '1.0')],
      'thing 2.0 was installed instead of ==1.0',
    ],
    [
      'another file than the lock',
      () => [locked('thing', '1.0'), `thing==1.0 --hash=sha256:${'0'.repeat(64)}\n`],
      'which is not named',
    ],
    [
      'from another address',
      () => {
        const address = `${index.address}files/${wheelOf('thing-1.0-').file}`;
        return [`thing @ ${address}?x\n`, `thing @ ${address}#sha256=${sha256Of(wheelOf('thing-1.0-'))}\n`];
      },
      'thing 1.0 was installed from http',
    ],
  ])('%s', async (_title, texts, words) => {
    const [installed, judged] = texts();
    const { code, termination, root } = await install(installed, judged);
    expect(termination).toContain('what pip installed is not what was judged: ');
    expect(termination).toContain(words);
    expect(termination).toContain('write the lock again ("buildless lock")');
    expect([code, await readdir(root)]).toEqual([1, expect.arrayContaining(['staging'])]);
    expect(await readdir(root)).not.toContain('function');
  });

  it('and before it installs, if nobody wrote what was judged', async () => {
    const root = await folders.open('root');
    await writeTree(path.join(root, 'staging'), { 'requirements.txt': 'thing==1.0\n' });
    const { code, termination } = await runInPod({
      command: 'python3',
      args: [path.join(programs, 'python/install.py'), `--root=${root}`, '--timeout=9'],
    });
    expect([code, termination]).toEqual([1, expect.stringContaining('expected-packages.json')]);
  });
});

describe.each(PIP_VERSIONS)('pip %s passes the comparison', (version) => {
  it.each<readonly [string, () => string]>([
    [
      'pins, ranges, markers and an address',
      () =>
        [
          'Thing==1.0 ; python_version < "3"',
          'thing===2.0 ; python_version >= "3"',
          'other<2',
          'absent==1.0 ; sys_platform == "win32"',
          `lone @ ${index.address}files/${wheelOf('lone').file}#sha256=${sha256Of(wheelOf('lone'))}\n`,
        ].join('\n'),
    ],
    ['a lock', () => locked('lone', '1.0') + locked('thing', '2.0') + locked('other', '1.0')],
  ])('with %s', async (_title, text) => {
    const { code, output } = await install(text(), text(), await pythonWithPip(version));
    expect(code, output).toBe(0);
  });
});

it('byte code that a wheel brings is written again by pip, and is no difference', async () => {
  const odd = await makeWheel(await folders.open('odd'), 'odd', '1.0', {
    files: { 'odd.py': '', '__pycache__/odd.cpython-311.pyc': 'old' },
  });
  const own = await startIndex([odd]);
  try {
    const text = `odd @ ${own.address}files/${odd.file}#sha256=${sha256Of(odd)}\n`;
    const { code, output } = await install(text, text);
    expect(code, output).toBe(0);
  } finally {
    await own.close();
  }
});

it('a start ends if a package has not the files that its own list names', async () => {
  const odd = await makeWheel(await folders.open('odd'), 'odd', '1.0', { record: 'ghost.py,sha256=x,1\n' });
  const own = await startIndex([odd]);
  try {
    const text = `odd @ ${own.address}files/${odd.file}#sha256=${sha256Of(odd)}\n`;
    const { code, termination } = await install(text, text);
    expect([code, termination]).toEqual([1, expect.stringContaining('ghost.py is missing')]);
  } finally {
    await own.close();
  }
});
