import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchFastInstallers } from '../../../scripts/fast-installers.mjs';
import type { FakeRegistry } from '../install/fake-registry.ts';
import { type DistributionFile, makeWheel, sha256Of, startIndex } from '../install/python-index.ts';
import { Folders, type RunEnd, writeTree } from '../pod-programs.ts';
import { KEPT } from '../pod-programs.ts';
import { FastPod } from './fast-pod.ts';

const folders = new Folders();
let pod: FastPod;
let index: FakeRegistry;
let secret: string;
const wheels: DistributionFile[] = [];

beforeAll(async () => {
  pod = await FastPod.open(folders);
  const folder = await folders.open('wheels');
  wheels.push(
    await makeWheel(folder, 'thing', '1.0'),
    await makeWheel(folder, 'odd', '1.0', {
      files: {
        'odd.py': '',
        'with, "comma".txt': 'x',
        'odd-1.0.data/scripts/odd': '#!python\n',
        'odd-1.0.data/data/share/x': '1',
      },
    }),
    await makeWheel(folder, 'sneaky', '1.0', { unlisted: { 'other.py': 'x' } }),
    await makeWheel(folder, 'liar', '1.0', { metadata: { version: '2.0' } }),
  );
  index = await startIndex(wheels);
  secret = await folders.open('secret');
  await writeTree(secret, { 'pip.conf': `[global]\nindex-url = ${index.address}simple\n` });
});
afterAll(async () => {
  await index.close();
  await folders.removeAll();
});

const hashed = (name: string): string => {
  const wheel = wheels.find((each) => each.name === name);
  return wheel === undefined ? '' : `${name}==1.0 --hash=sha256:${sha256Of(wheel)}\n`;
};

/** @param meddle what a shell does in the folder of packages after the real uv has installed there */
async function install(
  requirements: string,
  meddle = ':',
  files: Readonly<Record<string, string>> = {},
): Promise<RunEnd & { readonly packages: string }> {
  const place = await pod.stage({ 'handler.py': '', 'requirements.txt': requirements, ...files });
  const tools = await folders.open('tools');
  const uv = path.join(await fetchFastInstallers(KEPT), 'uv');
  await writeTree(tools, {
    uv: `#!/bin/sh\n"${uv}" "$@" || exit $?\nfor each in "$@"; do case "$each" in --target=*) cd "\${each#--target=}";; esac; done\n${meddle}\n`,
  });
  await chmod(path.join(tools, 'uv'), 0o755);
  const end = await pod.prepare('python', place, {
    flags: ['--fast=uv', '--version=3.12', '--asked', `--registry=${path.join(secret, 'pip.conf')}`],
    env: { PIP_INDEX_URL: '', BUILDLESS_TOOLS: tools },
  });
  return { ...end, packages: path.join(place.root, 'function/.python-packages') };
}

describe('what uv installed is compared with the lists of its packages', () => {
  it('which scripts, data and odd names satisfy', async () => {
    const address = `thing @ ${index.address}files/${wheels[0]?.file ?? ''}\n`;
    for (const text of [hashed('odd') + hashed('thing'), `odd==1.0\n${address}`, `-c limits.txt\nodd\nthing\n`]) {
      const { code, output, packages } = await install(text, ':', { 'limits.txt': `odd<2\n${address}` });
      expect(code, output).toBe(0);
      expect(existsSync(path.join(packages, 'with, "comma".txt'))).toBe(true);
    }
  });

  it.each<readonly [string, string, string, string]>([
    [
      'a wheel with a file that its RECORD does not name',
      'sneaky',
      ':',
      'other.py is not in the list of files of sneaky',
    ],
    ['a wheel whose METADATA names another version', 'liar', ':', 'Wheel version does not match filename'],
    ['a file that belongs to nobody', 'thing', 'echo 1 > evil.py', 'evil.py belongs to no installed package'],
    ['a link', 'thing', 'ln -s /etc evil', 'evil belongs to no installed package'],
    [
      'byte code',
      'thing',
      'mkdir __pycache__; echo 1 > __pycache__/thing.cpython-312.pyc',
      'belongs to no installed package',
    ],
    ['a longer file', 'thing', 'rm thing.py; echo "a longer file than before" > thing.py', 'thing.py has 26 bytes'],
    ['a missing file', 'thing', 'rm thing.py', 'thing.py is missing'],
    [
      'another installer',
      'thing',
      'rm *.dist-info/INSTALLER; printf me > thing-1.0.dist-info/INSTALLER',
      'was not installed by uv',
    ],
    ['no list', 'thing', 'rm thing-1.0.dist-info/RECORD', 'has no list of its files'],
    [
      'an address',
      'thing',
      `printf '{"url":"https://evil.example/thing.whl"}' > thing-1.0.dist-info/direct_url.json`,
      'thing 1.0 was installed from https://evil.example/thing.whl',
    ],
    [
      'a package beside the lock',
      'thing',
      'cp -r thing-1.0.dist-info evil-1.0.dist-info; sed -i s/thing/evil/ evil-1.0.dist-info/METADATA',
      'evil 1.0 is not in the lock',
    ],
  ])('and the start ends for %s', async (_title, name, meddle, words) => {
    const { code, termination, packages } = await install(hashed(name), meddle);
    expect(termination).toContain(words);
    expect([code, existsSync(packages)]).toEqual([1, false]);
  });
});
