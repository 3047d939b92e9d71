import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterSpace, afterValue } from '../../../src/dependencies/npm/json-bytes.ts';
import { isJsonObject, type JsonObject, readJsonFile } from '../../../src/dependencies/npm/json-file.ts';
import { visitEdges } from '../../../src/dependencies/npm/lock-edges.ts';
import { type LockNode, parsedNodes } from '../../../src/dependencies/npm/lock-node.ts';
import { scanLock } from '../../../src/dependencies/npm/lock-scan.ts';
import { buildLockTree } from '../../../src/dependencies/npm/lock-tree.ts';
import { INTEGRITY } from './source-of.ts';

/** What the judgement of a lock sees of a node. */
function seenOf(node: LockNode): unknown {
  const edges: unknown[] = [];
  visitEdges(node, (...edge) => edges.push(edge));
  const { location, name, version, release, resolved, integrity, isLink, inBundle, hasShrinkwrap, bundlesOthers } =
    node;
  const { entry, parent } = node;
  const fields = {
    location,
    name,
    version,
    release,
    resolved,
    integrity,
    isLink,
    inBundle,
    hasShrinkwrap,
    bundlesOthers,
  };
  return { ...fields, entry: JSON.stringify(entry), parent: parent?.location, edges };
}

const seenIn = (nodes: Iterable<LockNode>): readonly unknown[] => [...buildLockTree(nodes).values()].map(seenOf);

/** What JSON.parse makes of a lock; undefined where it is not even JSON, or has no packages. */
function read(content: Uint8Array): JsonObject | undefined {
  const file = readJsonFile('package-lock.json', content, 0);
  return 'problem' in file || !isJsonObject(file.value.packages) ? undefined : file.value;
}

/** @returns whether the scan read the lock, which it then read as JSON.parse does */
function agrees(content: Uint8Array): boolean {
  const scanned = scanLock(content);
  if (scanned === undefined) return false;
  const value = read(content);
  expect(value).toBeDefined();
  expect(scanned.lockfileVersion).toEqual(value?.lockfileVersion);
  const packages = value?.packages;
  expect(seenIn(scanned.nodes)).toEqual(seenIn(parsedNodes(isJsonObject(packages) ? packages : {})));
  return true;
}

const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** JSON as somebody may write it: any space, any escape, names more than once. */
type Json = string;
const space = fc.constantFrom('', '', '', ' ', '\n  ', '\r\n', '\t');
const escaped = (text: string): string =>
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

const anyJson: fc.Arbitrary<Json> = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value));
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
const lock = fc
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
const change = fc.record({
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
const changed = (text: string, changes: readonly { at: number; left: number; put: string }[]): string =>
  changes.reduce((result, { at, left, put }) => {
    const place = at % (result.length + 1);
    return result.slice(0, place) + put + result.slice(place + left);
  }, text);

describe('the scan of a lock, held against JSON.parse', () => {
  it('sees the same of every node', () => {
    let scanned = 0;
    fc.assert(
      fc.property(lock, (text) => {
        if (agrees(bytesOf(text))) scanned += 1;
      }),
      { numRuns: 3000 },
    );
    // Were each lock left to JSON.parse, there would be nothing to compare.
    expect(scanned).toBeGreaterThan(300);
  });

  it('sees the same, or leaves it to JSON.parse, where a lock is cut or damaged', () => {
    fc.assert(
      fc.property(lock, fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (text, changes, isCut) => {
        agrees(bytesOf(isCut ? text.slice(0, (changes[0]?.at ?? 0) % (text.length + 1)) : changed(text, changes)));
      }),
      { numRuns: 3000 },
    );
  });

  it('sees the same where bytes are no UTF-8', () => {
    fc.assert(
      fc.property(lock, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 3 }), (text, at, put) => {
        const content = bytesOf(text);
        content.set(
          put.subarray(0, content.length),
          Math.min(at % content.length, Math.max(0, content.length - put.length)),
        );
        agrees(content);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    [
      'as npm writes it',
      { '': { dependencies: { a: '1' } }, 'node_modules/a': { version: '1.0.0', dependencies: { b: '2' } } },
    ],
    [
      'with text that is no ASCII beside what is read',
      { 'node_modules/a': { version: '1.0.0', deprecated: 'no — don’t 🙈' } },
    ],
    [
      'with many dependencies',
      { 'node_modules/a': { dependencies: Object.fromEntries([...'abcdefghijkl'].map((name) => [name, '*'])) } },
    ],
    ['with a deep entry', { 'node_modules/a': { version: '1.0.0', x: nested(50) } }],
  ])('reads a lock %s', (_, packages) => {
    expect(agrees(bytesOf(JSON.stringify({ lockfileVersion: 3, packages }, null, 2)))).toBe(true);
    expect(agrees(bytesOf(JSON.stringify({ lockfileVersion: 3, packages }, null, '\t').replaceAll('\n', '\r\n')))).toBe(
      true,
    );
  });

  it('leaves nesting that is deeper than any lock to JSON.parse', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nest = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
      expect(scanLock(bytesOf(`{"lockfileVersion":3,"packages":{},"x":${nest}}`))).toBeUndefined();
    }
  });
});

describe('JSON that is looked through', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const isLookedThrough = (text: string): boolean => {
    const bytes = bytesOf(text);
    const end = afterValue(bytes, afterSpace(bytes, 0));
    return end !== -1 && afterSpace(bytes, end) === bytes.length;
  };

  it('is what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, lock), fc.array(change, { maxLength: 3 }), (text, changes) => {
        const damaged = changed(text, changes);
        expect([damaged, isLookedThrough(damaged)]).toEqual([damaged, isJson(damaged)]);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    '0',
    '-0',
    '00',
    '01',
    '-',
    '-a',
    '1.',
    '.5',
    '1.5',
    '1e',
    '1e5',
    '1E+5',
    '1e-',
    '1e+05',
    '+1',
    '1.e5',
    'NaN',
    'nul',
    'nullx',
  ])('has numbers and words as JSON.parse has: %s', (text) => {
    expect(isLookedThrough(text)).toBe(isJson(text));
  });

  it.each([
    '""',
    '"',
    '"\\"',
    '"\\',
    '"\\u"',
    '"\\u00e"',
    '"\\u00eg"',
    '"\\u00E9"',
    '"\\x"',
    '"\\/\\b\\f\\n\\r\\t"',
    '"\t"',
    '"\u007f"',
    '"\u2028"',
  ])('has strings as JSON.parse has: %j', (text) => {
    expect(isLookedThrough(text)).toBe(isJson(text));
  });
});
