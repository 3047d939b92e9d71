import { expect, it } from 'vitest';
import { readableLines } from '../../src/run/log-line.ts';

it.each([
  ['{"level":"info","time":"t","msg":"stopped"}', ['stopped']],
  [
    '{"level":"error","time":"t","msg":"failed","error":{"stack":"Error: x\\n  at y"}}',
    ['error: failed', 'Error: x', '  at y'],
  ],
  ['{"level":"warn","time":"t","msg":"two\\nlines"}', ['warn: two', 'lines']],
])("the server's own %s is read as %j", (line, lines) => {
  expect(readableLines(line)).toEqual(lines);
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
