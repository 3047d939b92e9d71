import fc from 'fast-check';
import { INTEGRITY } from '../source-of.ts';

/** JSON as somebody may write it: any space, any escape, names more than once. */
type Json = string;
const space = fc.constantFrom('', '', '', ' ', '\n  ', '\r\n', '\t');
export const escaped = (text: string): string =>
  `"${[...text].map((character, index) => (index === 0 ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}` : character)).join('')}"`;
const textOf = (text: fc.Arbitrary<string>): fc.Arbitrary<Json> =>
  fc
    .tuple(text, fc.nat(9))
    .map(([value, kind]) => (kind === 0 && /^[\w/]/.test(value) ? escaped(value) : JSON.stringify(value)));
const objectOf = (...members: fc.Arbitrary<readonly [name: Json, value: Json]>[]): fc.Arbitrary<Json> =>
  fc
    .array(fc.tuple(fc.oneof(...members), space, space), { maxLength: 6 })
    .map(
      (list) =>
        `{${list.map(([[name, value], before, after]) => `${before}${name}${after}:${before}${value}`).join(',')}}`,
    );

export const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
const packageName = textOf(fc.constantFrom('a', 'b', 'c', '7', '@s/a', '__proto__', 'constructor', 'é', 'a b', ''));
const spec = fc.oneof(
  { weight: 6, arbitrary: textOf(fc.constantFrom('^1.0.0', '~1.2.3', '*', 'latest', 'ü', '1 || 2')) },
  anyJson,
);
const specs = fc.oneof({ weight: 6, arbitrary: objectOf(fc.tuple(packageName, spec)) }, anyJson);
const field = (name: string, value: fc.Arbitrary<Json>): fc.Arbitrary<readonly [Json, Json]> =>
  fc.tuple(textOf(fc.constant(name)), fc.oneof({ weight: 5, arbitrary: value }, anyJson));
const entry = objectOf(
  field('version', textOf(fc.constantFrom('1.0.0', '1.2.3-beta', 'x', ''))),
  field('resolved', textOf(fc.constantFrom('https://registry.example/a/-/a-1.0.0.tgz', 'lib', 'https://ä.example/'))),
  field('integrity', fc.constant(JSON.stringify(INTEGRITY))),
  field('dependencies', specs),
  field('dependencies', specs),
  field('license', anyJson),
  field('engines', specs),
  ...['optionalDependencies', 'peerDependencies', 'devDependencies'].map((name) => field(name, specs)),
  field('peerDependenciesMeta', fc.constant('{"a":{"optional":true}}')),
  field('bundleDependencies', fc.constant('["a"]')),
  ...['link', 'inBundle', 'hasShrinkwrap'].map((name) => field(name, fc.constantFrom('true', 'false'))),
);
const location = textOf(
  fc.constantFrom(
    '',
    'node_modules/a',
    'node_modules/b',
    'node_modules/a/node_modules/b',
    'lib',
    '1',
    '__proto__',
    'é',
  ),
);
const packages = objectOf(fc.tuple(location, fc.oneof({ weight: 20, arbitrary: entry }, anyJson)));
export const lock = fc
  .tuple(
    fc.constantFrom('', '', '', '\uFEFF'),
    objectOf(
      field('lockfileVersion', fc.constantFrom('3', '2', '1', '"3"', '3.0', '3e0')),
      fc.tuple(fc.constant('"packages"'), packages),
      fc.tuple(fc.constant('"packages"'), packages),
      field('dependencies', anyJson),
    ),
    space,
  )
  .map((parts) => parts.join(''));

/** A place at which bytes are put for others. */
export const change = fc.record({
  at: fc.nat(),
  left: fc.nat(3),
  put: fc.oneof(
    fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '\n',
      '\t',
      '\0',
      'e',
      '-',
      '0',
      '.',
      '\uFEFF',
      'é',
      '\\u12',
    ),
    fc.string({ maxLength: 3 }),
  ),
});
export const changed = (text: string, changes: readonly { at: number; left: number; put: string }[]): string =>
  changes.reduce((result, { at, left, put }) => {
    const place = at % (result.length + 1);
    return result.slice(0, place) + put + result.slice(place + left);
  }, text);
