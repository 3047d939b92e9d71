import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src/folders/make-folder.ts';

const top = mkdtempSync(path.join(tmpdir(), 'buildless-make-folder-'));
afterAll(() => {
  rmSync(top, { recursive: true });
});

const codeOf = (folder: string): Promise<unknown> =>
  makeFolder(folder).then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );

describe('a folder that a person names', () => {
  it('is made, with those above it; twice is no error', async () => {
    const folder = path.join(top, 'a/b/c');
    expect(await codeOf(folder)).toBeUndefined();
    expect(await codeOf(folder)).toBeUndefined();
    expect(existsSync(folder)).toBe(true);
  });

  it('cannot be below a file', async () => {
    writeFileSync(path.join(top, 'file'), '');
    expect(await codeOf(path.join(top, 'file/a'))).toBe('ENOTDIR');
    expect(await codeOf(path.join(top, 'file/a/b'))).toBe('ENOTDIR');
  });

  it.skipIf(process.platform !== 'linux')(
    'cannot be in /proc, which answers that it does not exist itself',
    async () => {
      expect(await codeOf('/proc/buildless')).toBe('ENOENT');
      expect(await codeOf('/proc/buildless/a')).toBe('ENOENT');
    },
  );
});
