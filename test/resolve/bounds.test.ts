import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram } from '../../src/pod/program/run-program.ts';
import { limitFolder, sizeOfFolder } from '../../src/resolve/folder-limit.ts';
import { createLocalResolver } from '../../src/resolve/local-resolver.ts';
import { Slots } from '../../src/resolve/slots.ts';
import { eventually } from '../eventually.ts';
import { untilStopped } from './running-resolver.ts';

const MEBIBYTE = 1024 * 1024;
let top = '';
beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-bounds-'));
});
afterAll(async () => {
  await rm(top, { recursive: true, force: true });
});

describe('a tool that prints without end', () => {
  it.each(['stdout', 'stderr'])('is ended, and of what it wrote to %s a part is kept', async (stream) => {
    const program = `const go = () => process.${stream}.write('x'.repeat(65536), go); go()`;
    const end = await runProgram({
      command: process.execPath,
      args: ['-e', program],
      directory: top,
      env: {},
      timeoutSeconds: 100,
      stop: untilStopped(),
      mostOutput: MEBIBYTE,
    });
    expect(end).toMatchObject({ tooMuchOutput: true, timedOut: false });
    expect(end.stdout.length + end.stderr.length).toBeLessThanOrEqual(MEBIBYTE);
  });
});

describe('the folder of a job', () => {
  it('ends the job when it grows too large, in however many files', async () => {
    const folder = path.join(top, 'job');
    await mkdir(path.join(folder, 'deep/er'), { recursive: true });
    const limit = limitFolder(folder, MEBIBYTE);
    try {
      await writeFile(path.join(folder, 'small'), 'x');
      expect(limit.exceeded.aborted).toBe(false);
      for (let index = 0; index < 300; index += 1) await writeFile(path.join(folder, `deep/er/${index}`), '');
      await eventually(() => {
        expect(limit.exceeded.aborted).toBe(true);
      });
    } finally {
      limit.stop();
    }
    expect(await sizeOfFolder(folder)).toBeGreaterThan(MEBIBYTE);
  });
});

describe('what a resolver finds when it starts', () => {
  it('is emptied: folders of jobs that were killed, and a cache that has grown too large', async () => {
    const folder = path.join(top, 'work');
    await mkdir(path.join(folder, 'jobs/job-x'), { recursive: true });
    await writeFile(path.join(folder, 'jobs/job-x/npmrc'), '//host/:_authToken=x');
    await mkdir(path.join(folder, 'cache/nodejs'), { recursive: true });
    await writeFile(path.join(folder, 'cache/nodejs/large'), Buffer.alloc(2 * MEBIBYTE));
    const start = async (mostCached: number): Promise<unknown> =>
      await createLocalResolver({
        folder,
        environment: {},
        parallel: 1,
        waiting: 1,
        seconds: 1,
        mostBytes: MEBIBYTE,
        mostCached,
        failed: () => undefined,
      });
    await start(4 * MEBIBYTE);
    expect(existsSync(path.join(folder, 'jobs'))).toBe(false);
    expect(existsSync(path.join(folder, 'cache/nodejs/large'))).toBe(true);
    await start(MEBIBYTE);
    expect(await sizeOfFolder(folder)).toBe(0);
  });
});

describe('jobs that wait', () => {
  it('run in turn, as many at a time as there are slots; one that is given up leaves its place', async () => {
    const slots = new Slots(2, 10);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const job = (index: number, signal = untilStopped()): Promise<unknown> =>
      slots.run(async () => {
        running += 1;
        most = Math.max(most, running);
        order.push(index);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
      }, signal);
    const stop = new AbortController();
    const jobs = [0, 1, 2, 3, 4].map((index) => job(index, index === 3 ? stop.signal : undefined));
    stop.abort();
    expect(await jobs[3]).toBe('gone');
    await Promise.all(jobs);
    expect(order).toEqual([0, 1, 2, 4]);
    expect(most).toBe(2);
    await job(5);
    expect(order.at(-1)).toBe(5);
  });

  it('do not lose their slot if the work fails', async () => {
    const slots = new Slots(1, 1);
    await expect(slots.run(() => Promise.reject(new Error('x')), untilStopped())).rejects.toThrow('x');
    expect(await slots.run(() => Promise.resolve('done'), untilStopped())).toBe('done');
  });
});
