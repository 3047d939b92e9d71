import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitLockOf } from '../../src/run/git-lock.ts';
import { FileWatch } from '../../src/run/watch-files.ts';

let folder: string;
let watch: FileWatch | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-watch-'));
  await writeFile(path.join(folder, 'handler.js'), 'one');
});
afterEach(async () => {
  watch?.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => path.join(folder, name);
const open = async (recursive = true): Promise<FileWatch> =>
  (watch = await FileWatch.open([{ name: folder, recursive }]));

/** How many changes are seen until `milliseconds` after the work. */
async function changes(of: FileWatch, work: () => Promise<void>, milliseconds = 1500): Promise<number> {
  const over = new AbortController();
  let count = 0;
  const counting = (async () => {
    for (;;) {
      await of.untilChanged(over.signal);
      if (over.signal.aborted) return;
      count += 1;
    }
  })();
  await work();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  over.abort();
  await counting;
  return count;
}

describe('a save is one change', () => {
  it.each([
    ['a file that is written', () => writeFile(at('handler.js'), 'two')],
    [
      'a file that is replaced, as editors do',
      async () => {
        await writeFile(at('.handler.js.swp'), 'two');
        await rename(at('.handler.js.swp'), at('handler.js'));
      },
    ],
    [
      'a file that is moved away and written again',
      async () => {
        await rename(at('handler.js'), at('handler.js~'));
        await writeFile(at('handler.js'), 'two');
        await rm(at('handler.js~'));
      },
    ],
    [
      'several writes in a row',
      async () => {
        for (let size = 1; size < 20; size += 1) await writeFile(at('handler.js'), 'x'.repeat(size));
      },
    ],
    [
      'a file in a new folder',
      async () => {
        await mkdir(at('lib/deep'), { recursive: true });
        await writeFile(at('lib/deep/a.js'), 'a');
      },
    ],
    [
      'a file that is emptied and written a moment later',
      async () => {
        await writeFile(at('handler.js'), '');
        await new Promise((resolve) => setTimeout(resolve, 100));
        await writeFile(at('handler.js'), 'two');
      },
    ],
    ['a file that is removed', () => rm(at('handler.js'))],
    ['the same size at another time', () => utimes(at('handler.js'), 1, 1)],
  ])('%s', async (_, work) => {
    expect(await changes(await open(), work)).toBe(1);
  });

  it('a checkout of many files that pauses in its midst, as Git says that it works', async () => {
    await mkdir(at('.git'));
    const opened = await open();
    const count = await changes(opened, async () => {
      await writeFile(at('.git/index.lock'), '');
      for (let file = 0; file < 12; file += 1) {
        await writeFile(at(`file-${file}.js`), 'x');
        if (file % 4 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      }
      await rm(at('.git/index.lock'));
    });
    expect(count).toBe(1);
  });

  it('a second one, while the first is worked on, is seen when that is done', async () => {
    const opened = await open();
    await writeFile(at('handler.js'), 'two');
    await opened.untilChanged(new AbortController().signal);
    await writeFile(at('handler.js'), 'three!');
    await opened.untilChanged(new AbortController().signal);
    expect(await changes(opened, () => Promise.resolve(), 100)).toBe(0);
  });

  it('not what others make', async () => {
    await mkdir(at('node_modules/a'), { recursive: true });
    await mkdir(at('.git'));
    const opened = await open();
    const work = async (): Promise<void> => {
      await writeFile(at('node_modules/a/index.js'), 'x');
      await writeFile(at('.git/HEAD'), 'x');
    };
    expect(await changes(opened, work)).toBe(0);
  });

  it('not what is in the subfolders of a folder of manifests', async () => {
    await mkdir(at('lib'));
    const opened = await open(false);
    expect(await changes(opened, () => writeFile(at('lib/a.js'), 'x'))).toBe(0);
  });

  it('a file by its name, in a folder that comes later', async () => {
    watch = await FileWatch.open([{ name: at('later/function.yaml'), recursive: false }]);
    const work = async (): Promise<void> => {
      await mkdir(at('later'));
      await writeFile(at('later/function.yaml'), 'x');
    };
    // Nothing tells of a folder that is not there yet, but the look once a second.
    expect(await changes(watch, work, 2500)).toBe(1);
  });
});

describe('the lock of Git', () => {
  it('is in the folder of the work tree, or where a worktree has it', async () => {
    await mkdir(at('.git'));
    await mkdir(at('a/b'), { recursive: true });
    expect(await gitLockOf(at('a/b'))).toBe(at('.git/index.lock'));
    await writeFile(at('a/.git'), 'gitdir: ../.git/worktrees/a\n');
    expect(await gitLockOf(at('a/b'))).toBe(at('.git/worktrees/a/index.lock'));
  });
});
