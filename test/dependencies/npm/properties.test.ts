import fc from 'fast-check';
import npa from 'npm-package-arg';
import semver from 'semver';
import { describe, expect, it, vi } from 'vitest';
import { walkJson } from '../../../src/dependencies/npm/json-walk.ts';
import { judgeNpm } from '../../../src/dependencies/npm/judge.ts';
import { boundOf, parseRange, singleVersion } from '../../../src/dependencies/npm/range.ts';
import { parseSpec } from '../../../src/dependencies/npm/spec.ts';
import { LEVELS, refuses } from '../../../src/dependencies/policy.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../../src/dependencies/settings.ts';
import { type Contents, judge, sourceOf } from './source-of.ts';

const number = fc.integer({ min: 0, max: 4 });
const prerelease = fc.constantFrom('', '', '', '-0', '-beta', '-beta.1', '-rc.2');
const version = fc
  .tuple(number, number, number, prerelease)
  .map(([major, minor, patch, tag]) => `${major}.${minor}.${patch}${tag}`);
const partial = fc.oneof(
  version,
  fc.constantFrom('*', 'x', ''),
  number.map(String),
  fc.tuple(number, number).map((parts) => parts.join('.')),
  number.map((major) => `${major}.x`),
);
const comparator = fc
  .tuple(fc.constantFrom('', '=', '^', '~', '>', '>=', '<', '<='), partial)
  .map((parts) => parts.join(''));
const arm = fc.oneof(
  fc.array(comparator, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' ')),
  fc.tuple(partial, partial).map((parts) => parts.join(' - ')),
);
const range = fc.array(arm, { minLength: 1, maxLength: 3 }).map((arms) => arms.join(' || '));

/** Every version of a small world, with its prereleases. */
const WORLD = [0, 1, 2, 3, 4, 5].flatMap((major) =>
  [0, 1, 2, 3, 4, 5].flatMap((minor) =>
    [0, 1, 2, 3, 4, 5].flatMap((patch) =>
      ['', '-0', '-alpha', '-beta', '-beta.1', '-beta.2', '-rc.2', '-rc.3'].map(
        (tag) => `${major}.${minor}.${patch}${tag}`,
      ),
    ),
  ),
);
const NEWEST = '999999.0.0';

describe('ranges, held against semver itself', () => {
  it('that are called exact hold one version only', () => {
    fc.assert(
      fc.property(range, (text) => {
        const parsed = parseRange(text);
        fc.pre(parsed !== undefined && boundOf(parsed) === 'single');
        const held = WORLD.filter((candidate) => semver.satisfies(candidate, text, { loose: true }));
        expect(held).toEqual([singleVersion(parsed)]);
      }),
      // About one range in eighty is one.
      { numRuns: 50, maxSkipsPerRun: 2000 },
    );
  });

  it('that are called open take a version that is newer than all', () => {
    fc.assert(
      fc.property(range, (text) => {
        const parsed = parseRange(text);
        fc.pre(parsed !== undefined);
        // An arm that contradicts itself (">1 <0") has an upper bound, and holds nothing.
        expect(boundOf(parsed) === 'open').toBe(semver.satisfies(NEWEST, text, { loose: true }));
      }),
      { numRuns: 1000 },
    );
  });
});

const specText = fc.oneof(
  range,
  // What could be read without npm's parser, and what only looks like it.
  fc.stringMatching(/^[v.~^<>=*\d][\w.*^~<>=|+ -]{0,12}(?:\.tgz|\.tar\.gz|\.TAR|[/:@#][a-z]{0,2})?$/),
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .tuple(
      fc.constantFrom(
        'npm:',
        'file:',
        'git+ssh://',
        'git+https://',
        'https://',
        'github:',
        'workspace:',
        'u/r#',
        '~/',
        '@',
      ),
      fc.string({ maxLength: 40 }),
    )
    .map((parts) => parts.join('')),
);

describe('specs, held against npm-package-arg', () => {
  it('are of the kind that npm says', () => {
    fc.assert(
      fc.property(specText, (text) => {
        let kind: string;
        try {
          kind = npa.resolve('axios', text === '' ? '*' : text, '/elsewhere').type;
        } catch {
          kind = 'refused';
        }
        const ours = parseSpec('axios', text).kind;
        expect(ours === 'invalid' || ours === 'protocol' ? 'refused' : ours).toBe(kind);
      }),
      { numRuns: 2000 },
    );
  });

  it('are refused by each level that is stricter than one that refuses them', () => {
    fc.assert(
      fc.property(specText, fc.constantFrom('dependencies', 'peerDependencies', 'overrides'), (text, group) => {
        const findings = judge({ 'package.json': { [group]: { axios: text } } });
        const counts = LEVELS.map((level) => findings.filter((finding) => refuses(level, finding)).length);
        expect(counts).toEqual(counts.toSorted((a, b) => a - b));
        expect(counts[0]).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});

const anyJson = fc.jsonValue({ maxDepth: 4 });
const packages = fc.dictionary(
  fc.oneof(
    fc.constantFrom('', 'node_modules/a', 'node_modules/b', 'node_modules/a/node_modules/b', 'lib'),
    fc.string(),
  ),
  fc.oneof(
    anyJson,
    fc.record(
      {
        version: fc.oneof(version, anyJson),
        resolved: fc.oneof(specText, anyJson),
        integrity: anyJson,
        link: fc.boolean(),
        inBundle: fc.boolean(),
        dependencies: fc.oneof(anyJson, fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), specText)),
        peerDependencies: fc.oneof(anyJson, fc.dictionary(fc.constantFrom('a', 'b'), specText)),
      },
      { requiredKeys: [] },
    ),
  ),
);
const manifest = fc.record(
  {
    dependencies: fc.oneof(anyJson, fc.dictionary(fc.constantFrom('a', 'b', 'constructor', '__proto__'), specText)),
    optionalDependencies: anyJson,
    peerDependencies: anyJson,
    peerDependenciesMeta: anyJson,
    devDependencies: anyJson,
    overrides: fc.oneof(anyJson, fc.dictionary(fc.constantFrom('a', 'b@1', 'c@>=2', '.'), fc.oneof(specText, anyJson))),
    workspaces: anyJson,
  },
  { requiredKeys: [] },
);

const places = (findings: readonly { readonly line?: number; readonly column?: number }[]): boolean =>
  findings.every(({ line = 1, column = 1 }) => line >= 1 && column >= 1);

describe('what is hostile', () => {
  it('never makes the judgement throw: arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (bytes, lock) => {
        const files = new Map([
          ['package.json', bytes],
          ['package-lock.json', lock],
        ]);
        expect(places(judgeNpm(files, DEFAULT_DEPENDENCY_SETTINGS))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('never makes the judgement throw: arbitrary JSON in each place', () => {
    fc.assert(
      fc.property(manifest, packages, fc.option(manifest), (own, locked, lib) => {
        const findings = judge({
          'package.json': own,
          'package-lock.json': { lockfileVersion: 3, packages: locked },
          ...(lib !== null && { 'lib/package.json': lib }),
        });
        expect(places(findings)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('never makes the judgement throw: arbitrary lines of .npmrc', () => {
    const key = fc.constantFrom('registry', '@a:registry', 'proxy', '//h/:_auth', 'include[]', '${A}', "'[1]'");
    const line = fc.oneof(
      fc.string(),
      fc.tuple(key, fc.oneof(fc.string(), fc.webUrl())).map((parts) => parts.join('=')),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const findings = judge({ 'package.json': { dependencies: { a: '1.0.0' } }, '.npmrc': lines.join('\n') });
        expect(places(findings)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['one long key', (size: number) => 'a'.repeat(size)],
    ['one long value', (size: number) => `a=${'\\;'.repeat(size)}`],
    ['many backslashes before a variable', (size: number) => `a=${'\\'.repeat(size)}\${A}`],
    ['many beginnings of variables', (size: number) => `a=${'${a'.repeat(size)}`],
    ['many spaces', (size: number) => `[a]${' '.repeat(size)}a`],
    ['nested JSON', (size: number) => `a='${'['.repeat(size)}${']'.repeat(size)}'`],
    ['one long address', (size: number) => `registry=https://${'a@'.repeat(size)}`],
    ['many lines', (size: number) => 'registry=x\n'.repeat(size / 10)],
  ])('of a megabyte is judged, as .npmrc: %s', (_, textOf) => {
    const contents = { 'package.json': { dependencies: { a: '1.0.0' } }, '.npmrc': textOf(400_000) };
    expect(places(judge(contents))).toBe(true);
  });

  it('is found at the place where a JSON text was cut', () => {
    fc.assert(
      fc.property(anyJson, fc.nat(), (value, at) => {
        const text = JSON.stringify({ value });
        expect(walkJson(text, 9)).not.toHaveProperty('problem');
        expect(walkJson(text.slice(0, at % text.length), 9)).toHaveProperty('problem');
      }),
    );
  });

  it.each([
    ['nested lists', (size: number) => `{"dependencies":${'['.repeat(size)}${']'.repeat(size)}}`],
    ['nested objects', (size: number) => `{"overrides":${'{"a":'.repeat(size)}1${'}'.repeat(size)}}`],
    ['an open nest', (size: number) => '{"a":'.repeat(size)],
    ['one long name', (size: number) => `{"dependencies":{"${'a'.repeat(size)}":"1.0.0"}}`],
    ['one long version', (size: number) => `{"dependencies":{"a":"${'1.'.repeat(size)}"}}`],
    ['one long range', (size: number) => `{"dependencies":{"a":"${'1 || '.repeat(size)}1"}}`],
    ['many spaces in a range', (size: number) => `{"dependencies":{"a":"1${' '.repeat(size)}2"}}`],
    ['one long repository', (size: number) => `{"dependencies":{"a":"git+ssh://${'a@'.repeat(size)}:b"}}`],
    ['many repeated names', (size: number) => `{"dependencies":{${'"a":"*",'.repeat(size)}"a":"*"}}`],
    ['many quotes that escape', (size: number) => `{"a":"${'\\"'.repeat(size)}`],
  ])('of a megabyte is judged: %s', (_, textOf) => {
    const text = textOf(200_000);
    expect(places(judge({ 'package.json': text }))).toBe(true);
  });

  /** Look-ups in maps, which is what the walk through a lock is made of. */
  function workOf(contents: Contents): number {
    const files = sourceOf(contents);
    const look = vi.spyOn(Map.prototype, 'get');
    try {
      judgeNpm(files, DEFAULT_DEPENDENCY_SETTINGS);
      return look.mock.calls.length;
    } finally {
      look.mockRestore();
    }
  }

  const range0To = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index);
  const locked = (packages: Record<string, unknown>): Contents => ({
    'package.json': { dependencies: { a0: '^1.0.0' } },
    'package-lock.json': { lockfileVersion: 3, packages },
  });

  it.each([
    ['one name, again and again', (size: number) => `"a":"1.0.0",`.repeat(size)],
    [
      'ever other names',
      (size: number) =>
        range0To(size)
          .map((index) => `"a${index}":"1.0.0",`)
          .join(''),
    ],
    ['names that need to be read', (size: number) => `"\\u0061":"1.0.0",`.repeat(size)],
  ])('of a megabyte is judged, as the dependencies of one package of a lock: %s', (_, namesOf) => {
    const entry = `{"version":"1.0.0","dependencies":{${namesOf(60_000)}"b":"*"}}`;
    const lock = `{"lockfileVersion":3,"packages":{"node_modules/a0":${entry}}}`;
    const manifest = { dependencies: { a0: '^1.0.0' } };
    expect(judge({ 'package.json': manifest, 'package-lock.json': lock })).toContainEqual(
      expect.objectContaining({ file: 'package-lock.json', level: 'locked' }),
    );
  });

  it.each([
    [
      'a flat lock',
      (size: number) =>
        locked(
          Object.fromEntries(
            range0To(size).map((index) => [
              `node_modules/a${index}`,
              { version: '1.0.0', dependencies: { [`a${index + 1}`]: '^1.0.0', [`a${(index * 7) % size}`]: '1.x' } },
            ]),
          ),
        ),
    ],
    [
      'a lock nested ever deeper',
      (size: number) =>
        locked(
          Object.fromEntries(
            range0To(size).map((index) => [
              range0To(index + 1)
                .map((at) => `node_modules/a${at}`)
                .join('/'),
              { version: '1.0.0', dependencies: { [`a${index + 1}`]: '^1.0.0', a0: '^1.0.0', absent: '1.0.0' } },
            ]),
          ),
        ),
    ],
    [
      'overrides of one name',
      (size: number) => ({
        'package.json': {
          dependencies: { a: '1.0.0' },
          overrides: Object.fromEntries(range0To(size).map((index) => [`b@${index}`, '1.0.0'])),
        },
        'package-lock.json': {
          lockfileVersion: 3,
          packages: Object.fromEntries(
            range0To(size).map((index) => [`node_modules/a${index}`, { version: '1.0.0', dependencies: { b: '2.x' } }]),
          ),
        },
      }),
    ],
    [
      'many dependencies',
      (size: number) => ({
        'package.json': { dependencies: Object.fromEntries(range0To(size).map((index) => [`a${index}`, '*'])) },
      }),
    ],
  ])('costs twice the work where it is twice as large: %s', (_, contentsOf) => {
    // Nesting is followed to a depth of 100: beyond it the work for one package is constant.
    const [small, large] = [workOf(contentsOf(150)), workOf(contentsOf(300))];
    expect(large).toBeGreaterThan(small);
    expect(large / small).toBeLessThan(3.1);
    expect(workOf(contentsOf(600)) / large).toBeLessThan(2.5);
  });
});
