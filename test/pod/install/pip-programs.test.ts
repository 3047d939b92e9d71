import { existsSync } from 'node:fs';
import { chmod, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeExpected } from '../../../src/pod/prepare/expected.ts';
import { PIP_ALONE } from '../../../src/lock/pip-alone.ts';
import { sourceOf } from '../../dependencies/python/sources.ts';
import { PIP_VERSIONS, pythonWithPip } from '../../pip-versions.ts';
import { bundlePodPrograms, Folders, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import type { FakeRegistry } from './fake-registry.ts';
import { makeSdist, makeWheel, startIndex } from './python-index.ts';

const folders = new Folders();
let programs = '';
let index: FakeRegistry;
let trace = '';
let secret = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  const folder = await folders.open('index');
  trace = path.join(await folders.open('trace'), 'setup-ran');
  const sdist = makeSdist(folder, 'evil', '1.0', trace);
  // PyPI takes no such package, other indexes do.
  const server = await startIndex([sdist]);
  const address = `${server.address}files/${sdist.file}`;
  const asks = [
    await makeWheel(folder, 'asks_address', '1.0', { requires: [`evil @ ${address}`] }),
    await makeWheel(folder, 'asks_repository', '1.0', { requires: [`evil @ git+${server.address}evil.git`] }),
  ];
  index = await startIndex([...asks, sdist]);
  const own = index;
  index = {
    ...own,
    close: async () => {
      await Promise.all([own.close(), server.close()]);
    },
  };
  secret = await folders.open('secret');
  await writeTree(secret, { 'pip.conf': `[global]\nindex-url = ${index.address}simple\n` });
});
afterAll(async () => {
  await index.close();
  await folders.removeAll();
});

async function install(python: string, requirements: string, ...flags: readonly string[]): Promise<RunEnd> {
  await rm(trace, { force: true });
  const root = await folders.open('root');
  await writeTree(path.join(root, 'staging'), { 'requirements.txt': requirements });
  await writeExpected(root, sourceOf({ 'requirements.txt': requirements }));
  for (const folder of [root, path.join(root, 'staging')]) await chmod(folder, 0o777);
  return await runInPod({
    command: python,
    args: [
      path.join(programs, 'python/install.py'),
      ...[`--root=${root}`, '--timeout=120', `--registry=${path.join(secret, 'pip.conf')}`, ...flags],
    ],
    env: { PIP_INDEX_URL: '' },
  });
}

describe.each(PIP_VERSIONS)('pip %s starts no other program while install scripts are denied', (version) => {
  it.each(['asks-address', 'asks-repository'])('also for what a package of an index wants: %s', async (name) => {
    const { code, termination } = await install(await pythonWithPip(version), `${name}==1.0\n`);
    expect(termination).toMatch(
      /^evil: it would run its own code to be installed; set buildless.dev\/install-scripts: allow/,
    );
    expect([code, existsSync(trace)]).toEqual([1, false]);
  });
});

it('pip goes on to build it if install scripts are allowed', async () => {
  const { output } = await install(await pythonWithPip('23.0.1'), 'asks-address==1.0\n', '--allow-scripts');
  // This index has no setuptools.
  expect(output).toContain('Installing build dependencies: started');
});

it('"buildless lock" keeps pip from other programs by the same text', async () => {
  const file = path.join(import.meta.dirname, '../../../src/pod/python/buildless_install/pip_alone.py');
  expect(PIP_ALONE).toBe(await readFile(file, 'utf8'));
});
