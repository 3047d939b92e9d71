import { execFileSync } from 'node:child_process';
import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NpmrcSetting, readNpmrc } from '../../../src/dependencies/npm/npmrc.ts';

/** npm itself, as it is installed here: its reader of .npmrc files. */
let ini: { readonly parse: (text: string) => Readonly<Record<string, unknown>> };
beforeAll(async () => {
  const program = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  ini = createRequire(await realpath(program))('ini') as typeof ini;
});

/** Settings as npm keeps them: the last of a key, and a list from where one is begun with `[]`. */
function keep(settings: readonly NpmrcSetting[]): Readonly<Record<string, string | readonly string[]>> {
  const kept = new Map<string, string | readonly string[]>();
  for (const { key, value, listed } of settings) {
    const before = kept.get(key);
    const list = Array.isArray(before) || listed;
    kept.set(key, list ? [before ?? [], value].flat() : value);
  }
  return Object.fromEntries(kept);
}

const asTexts = (value: unknown): unknown => (Array.isArray(value) ? value.map(String) : String(value));

/** What makes a difference to the reader, in any order. */
const piece = fc.oneof(
  fc.constantFrom(
    'registry',
    '@a:registry',
    'key',
    'true',
    'null',
    '1',
    'https://a.example/',
    ' ',
    '\t',
    '\u2028',
    '\uFEFF',
  ),
  fc.constantFrom(
    '=',
    '"',
    "'",
    ';',
    '#',
    '\\',
    '[',
    ']',
    '[]',
    '{',
    '}',
    '${A}',
    '\\u0061',
    '.',
    ',',
    '__proto__',
    'ü',
  ),
);
const line = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 6 })
  .map((lines) => lines.flat().join(''));

describe("npm's reader", () => {
  it('finds in any .npmrc what is found here', () => {
    let compared = 0;
    fc.assert(
      fc.property(text, (npmrc) => {
        const { settings, oddities } = readNpmrc(Buffer.from(npmrc));
        // By a slip of ini, null is an object to it and a dot in its key makes another inside: all that it can do is take
        // a setting away.
        const isMoved = settings.some(({ key, value }) => key.includes('.') && value === 'null');
        if (oddities.length > 0 || isMoved) return;
        compared += 1;
        const theirs = Object.entries(ini.parse(npmrc)).map(([key, value]) => [key, asTexts(value)]);
        expect(Object.entries(keep(settings))).toEqual(theirs);
      }),
      { numRuns: 10_000 },
    );
    expect(compared).toBeGreaterThan(2000);
  });
});
