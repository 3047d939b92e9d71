import { expect, it } from 'vitest';
import { isJsonObject } from '../../src/json/object.ts';

it.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['{}', false],
  [1, false],
  [undefined, false],
])('a JSON object is a map, not a list or null: %j', (value, expected) => {
  expect(isJsonObject(value)).toBe(expected);
});
