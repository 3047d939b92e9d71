import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askToEnd, rowsOfPs } from '../../src/run/process-tree.ts';

describe('a program of the Function', () => {
  it('is asked to end by SIGTERM', async () => {
    const child = spawn('sleep', ['60']);
    await askToEnd(child.pid ?? 0, 'linux', () => Promise.reject(new Error('nothing is executed')));
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
  });

  it('is ended on Windows with all that it started', async () => {
    const executed: (readonly string[])[] = [];
    await askToEnd(123, 'win32', (file, args) => {
      executed.push([file, ...args]);
      return Promise.resolve();
    });
    expect(executed).toEqual([['taskkill', '/pid', '123', '/t', '/f']]);
  });

  it('may have ended on Windows meanwhile', async () => {
    await expect(askToEnd(123, 'win32', () => Promise.reject(new Error('not found')))).resolves.toBeUndefined();
  });
});

it.each([
  ['', []],
  [
    '    1     0     1\n  321   1   321\n',
    [
      { pid: 1, parent: 0, group: 1 },
      { pid: 321, parent: 1, group: 321 },
    ],
  ],
  ['1 0 1\r\n', [{ pid: 1, parent: 0, group: 1 }]],
])('ps on macOS, which prints %j, is read', (output, rows) => {
  expect(rowsOfPs(output)).toEqual(rows);
});
