import { describe, expect, it } from 'vitest';
import { readableLines } from '../../src/run/log-line.ts';

const AT = '2026-01-02T03:04:05.678Z';
/** Of this machine's time zone. */
const CLOCK = new Date(AT).toTimeString().slice(0, 8);

it.each([
  [{ level: 'info', time: AT, msg: 'stopped' }, [`${CLOCK} stopped`]],
  [{ level: 'info', time: 't', msg: 'stopped' }, ['stopped']],
  [
    { level: 'error', time: AT, msg: 'failed', error: { stack: 'Error: x\n    at y (/f/handler.js:1:2)' } },
    [`${CLOCK} error: failed`, 'Error: x', '    at y (/f/handler.js:1:2)'],
  ],
  [{ level: 'warn', time: AT, msg: 'two\nlines' }, [`${CLOCK} warn: two`, 'lines']],
  [
    { level: 'error', time: AT, msg: 'failed', traceId: '0123456789abcdef0123456789abcdef' },
    [`${CLOCK} error: failed (trace 01234567)`],
  ],
])("the server's own %j is read as %j", (line, lines) => {
  expect(readableLines(JSON.stringify(line))).toEqual(lines);
});

describe('the trace of an error', () => {
  const folded = (...stack: string[]): readonly string[] =>
    readableLines(JSON.stringify({ level: 'error', time: '', msg: 'x', error: { stack: stack.join('\n') } })).slice(1);

  it('of Node.js shows the frames of the author, and counts the others', () => {
    expect(
      folded(
        'TypeError: no',
        '    at total (/w/shop/lib/orders.js:3:9)',
        '    at Array.map (<anonymous>)',
        '    at run (/w/shop/node_modules/a/index.js:1:1)',
        '    at again (/w/shop/node_modules/a/index.js:2:1)',
        '    at main (file:///w/shop/handler.mjs:7:3)',
        '    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      ),
    ).toEqual([
      'TypeError: no',
      '    at total (/w/shop/lib/orders.js:3:9)',
      '    at Array.map (<anonymous>)',
      '    ... 2 frames of packages',
      '    at main (file:///w/shop/handler.mjs:7:3)',
      '    ... 1 frame of packages',
    ]);
  });

  it('of Python as well, with the code of the frames that stay', () => {
    expect(
      folded(
        'Traceback (most recent call last):',
        '  File "/w/shop/handler.py", line 3, in main',
        '    return load()',
        '           ^^^^^^',
        '  File "/usr/lib/python3.12/json/__init__.py", line 346, in loads',
        '    return _default_decoder.decode(s)',
        'ValueError: no',
      ),
    ).toEqual([
      'Traceback (most recent call last):',
      '  File "/w/shop/handler.py", line 3, in main',
      '    return load()',
      '           ^^^^^^',
      '    ... 1 frame of packages',
      'ValueError: no',
    ]);
  });
});

it.each([
  '',
  'text',
  '{"level":30,"msg":"of another logger"}',
  '{"level":"info","msg":"x","user":7}',
  '{"level":"info"',
])("the handler's own %j stays as it is", (line) => {
  expect(readableLines(line)).toEqual([line]);
});
