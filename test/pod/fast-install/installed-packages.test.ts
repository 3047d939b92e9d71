import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readInstalledPackages } from '../../../src/pod/nodejs/install/installed-packages.ts';

it('visits nothing behind links: two that lead back would have 2^40 paths', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'buildless-links-'));
  try {
    const own = path.join(root, 'node_modules/a');
    await mkdir(path.join(own, 'node_modules'), { recursive: true });
    await writeFile(path.join(own, 'package.json'), '{ "name": "a", "version": "1.0.0" }');
    for (const name of ['left', 'right']) await symlink('..', path.join(own, 'node_modules', name));
    const visited = [...readInstalledPackages(root).keys()];
    expect(visited.sort()).toEqual([
      'node_modules/a',
      'node_modules/a/node_modules/left',
      'node_modules/a/node_modules/right',
    ]);
  } finally {
    await rm(root, { recursive: true });
  }
});
