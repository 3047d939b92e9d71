import { mkdir, mkdtemp, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderFiles } from '../../../src/pod/files/folder-files.ts';
import { copyPrograms, copyTree } from '../../../src/pod/files/tree.ts';

let folder: string;
let from: string;
let to: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-tree-'));
  [from, to] = [path.join(folder, 'from'), path.join(folder, 'to')];
  await mkdir(path.join(from, 'lib'), { recursive: true, mode: 0o700 });
  await writeFile(path.join(from, 'lib/run.sh'), 'exit', { mode: 0o700 });
  await writeFile(path.join(from, '.npmrc'), '', { mode: 0o600 });
});
afterEach(() => rm(folder, { recursive: true }));

const modeOf = async (file: string): Promise<number> => (await stat(path.join(to, file))).mode & 0o777;

describe('the copy of a folder', () => {
  it('can be read by any user, with dotfiles, and with links that stay inside', async () => {
    await symlink('lib/run.sh', path.join(from, 'start'));
    await symlink('nowhere', path.join(from, 'gone'));
    expect(await copyTree(from, to)).toEqual({ files: ['.npmrc', 'lib/run.sh', 'start'], leftOut: ['gone'] });
    expect(await Promise.all(['lib', 'lib/run.sh', '.npmrc'].map(modeOf))).toEqual([0o755, 0o755, 0o644]);
    expect(await readlink(path.join(to, 'start'))).toBe('lib/run.sh');
  });

  it('leaves out names wherever they are', async () => {
    await mkdir(path.join(from, 'lib/.git'));
    expect(await copyTree(from, to, new Set(['.git', '.npmrc']))).toEqual({ files: ['lib/run.sh'], leftOut: [] });
  });

  it.each(['/etc/passwd', '../outside'])('is refused for a link to %s', async (target) => {
    await writeFile(path.join(folder, 'outside'), '');
    await symlink(target, path.join(from, 'link'));
    expect(await copyTree(from, to)).toMatchObject({
      refusal: expect.stringContaining(`leads out of the source, to ${target}`) as string,
    });
  });
});

it('programs of another API of handlers are not copied', async () => {
  for (const name of ['vendor', 'vendor-http', 'vendor-event']) await mkdir(path.join(from, name));
  await copyPrograms(from, to, 'event');
  expect(
    await Promise.all(
      ['vendor', 'vendor-http', 'vendor-event'].map((name) =>
        stat(path.join(to, name)).then(
          () => true,
          () => false,
        ),
      ),
    ),
  ).toEqual([true, false, true]);
});

it('the files of a folder are read when they are asked for, also after it moved', async () => {
  const files = new FolderFiles(from, ['lib/run.sh', 'lib']);
  expect([...files.keys()]).toEqual(['lib/run.sh', 'lib']);
  expect(files.get('missing')).toBeUndefined();
  expect(files.get('lib')).toBeUndefined();
  await copyTree(from, to);
  await rm(from, { recursive: true });
  expect(Buffer.from(files.movedTo(to).get('lib/run.sh') ?? []).toString()).toBe('exit');
});
