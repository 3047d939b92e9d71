import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPinning, readLock } from '../../../../src/dependencies/npm/lock/read.ts';
import { hashOf } from '../../../../src/dependencies/npm/lock/names.ts';
import { textOf } from '../../../../src/dependencies/npm/lock/bytes.ts';
import { scanLock } from '../../../../src/dependencies/npm/lock/scan.ts';
import { isSound } from '../../../../src/dependencies/npm/lock/sound.ts';
import { type LockedSource, walkLock } from '../../../../src/dependencies/npm/lock/walk.ts';
import { readManifest } from '../../../../src/dependencies/npm/manifest.ts';
import { PUBLIC_REGISTRY } from '../../../../src/dependencies/npm/registries.ts';
import { readOverrides } from '../../../../src/dependencies/npm/overrides.ts';
import { change, changed, escaped, lock } from './arbitrary-lock.ts';
import { INTEGRITY, sourceOf } from '../source-of.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function lockedSource(manifest: unknown): LockedSource {
  const files = sourceOf({ 'package.json': manifest });
  const root = readManifest(files, '');
  if (root === undefined || 'problem' in root) throw new Error('the manifest is good');
  return {
    files,
    manifests: new Map([['', root]]),
    overrides: readOverrides(root).rules,
    settings: { npmRegistries: ['https://registry.example/'], pythonIndexes: [] },
  };
}

/** Whether the quick check trusts a lock. */
function isQuicklySound(content: Uint8Array, source: LockedSource): boolean {
  const table = scanLock(content);
  return table !== undefined && isPinning(table.lockfileVersion) && isSound(table, source);
}

/** Whether the walk through what JSON.parse makes of a lock has nothing to report. */
function isReallySound(content: Uint8Array, source: LockedSource): boolean {
  const whole = readLock('package-lock.json', content);
  return !('problem' in whole) && walkLock(whole, source).faults.length === 0;
}

const names = ['a', 'b', 'c', 'd'];
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const specs = fc.dictionary(
  fc.constantFrom(...names),
  fc.constantFrom('^1.0.0', '~1.2.0', '*', '>=1.0.0', '1.2.3', '1.x || 2', 'latest', 'npm:b@^1.0.0', '^2.0.0'),
  { maxKeys: 2 },
);
const anyEntry = fc
  .record(
    {
      version: mostly('1.2.3', '1.0.0', '2.0.0', '1.2.3-beta'),
      resolved: mostly(
        `${PUBLIC_REGISTRY}a/-/a-1.2.3.tgz`,
        'https://registry.example/a.tgz',
        `${PUBLIC_REGISTRY}../a.tgz`,
        'https://elsewhere.example/a.tgz',
        'git+ssh://git@github.com/u/r.git#0123456789abcdef0123456789abcdef01234567',
      ),
      integrity: mostly(INTEGRITY, 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=', 'none'),
      license: fc.constant('MIT'),
      dependencies: specs,
      optionalDependencies: specs,
      peerDependencies: specs,
      peerDependenciesMeta: fc.dictionary(fc.constantFrom(...names), fc.record({ optional: fc.boolean() })),
      bundleDependencies: fc.subarray(names),
      inBundle: fc.constant(true),
    },
    { requiredKeys: ['version', 'integrity'] },
  )
  // Few packages bundle others.
  .chain((entry) =>
    fc.integer({ min: 0, max: 5 }).map((dice) => {
      const { bundleDependencies, inBundle, ...usual } = entry;
      return dice === 0 ? { ...usual, bundleDependencies, inBundle } : usual;
    }),
  );
const locations = names.flatMap((name) => [
  `node_modules/${name}`,
  ...names.map((inner) => `node_modules/${name}/node_modules/${inner}`),
]);
/** A lock as npm writes it, which may hold together or not. */
const npmLock = fc
  .tuple(
    fc.subarray(locations, { minLength: 3 }),
    fc.array(anyEntry, { minLength: locations.length, maxLength: locations.length }),
  )
  .map(([places, entries]) => {
    const nested = places.filter((place) => place.includes('/node_modules/'));
    const packages: (readonly [string, unknown])[] = [
      ['', { name: 'function' }],
      ...[...names.map((name) => `node_modules/${name}`), ...nested].map(
        (place, index) => [place, entries[index]] as const,
      ),
    ];
    return { lockfileVersion: 3, packages: Object.fromEntries(packages) };
  });
const manifest = fc.record(
  {
    dependencies: specs,
    devDependencies: specs,
    optionalDependencies: specs,
    peerDependencies: specs,
    overrides: fc.dictionary(fc.constantFrom(...names), fc.constantFrom('1.2.3', '^1.0.0', '2.0.0'), { maxKeys: 1 }),
  },
  { requiredKeys: ['dependencies'] },
);

/** JSON with any space, now and then with an escape, and with a member that stands twice. */
function writtenOddly(value: unknown, dice: () => number): string {
  const space = (): string => ['', ' ', '\n  ', '\r\n', '\t'][dice() % 5] ?? '';
  const write = (part: unknown): string => {
    if (typeof part === 'string') return dice() === 0 && part !== '' ? escaped(part) : JSON.stringify(part);
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    if (Array.isArray(part)) return `[${space()}${part.map(write).join(`,${space()}`)}${space()}]`;
    const members = Object.entries(part).map(([name, inner]) => `${write(name)}${space()}:${space()}${write(inner)}`);
    const repeated = dice() === 0 ? members.slice(0, 1) : [];
    return `{${space()}${[...members, ...repeated].join(`${space()},${space()}`)}${space()}}`;
  };
  return write(value);
}

describe('a lock that is looked at quickly, held against the walk through what JSON.parse makes of it', () => {
  it('is sound where the walk has nothing to report, and nowhere else', () => {
    const counts = { sound: 0, unsound: 0 };
    fc.assert(
      fc.property(npmLock, manifest, fc.constantFrom(undefined, 1, 2, '\t'), (value, asked, indent) => {
        const content = bytesOf(JSON.stringify(value, null, indent));
        const source = lockedSource(asked);
        const sound = isReallySound(content, source);
        counts[sound ? 'sound' : 'unsound'] += 1;
        expect(isQuicklySound(content, source)).toBe(sound);
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(counts.sound, counts.unsound)).toBeGreaterThan(300);
  });

  const implies = (content: Uint8Array, asked: unknown): boolean => {
    const source = lockedSource(asked);
    if (!isQuicklySound(content, source)) return false;
    expect(isReallySound(content, source)).toBe(true);
    return true;
  };

  it('is sound only where the walk says so, where it is written as npm does not write it', () => {
    let sound = 0;
    fc.assert(
      fc.property(npmLock, manifest, fc.array(fc.nat(40), { minLength: 50, maxLength: 200 }), (value, asked, dice) => {
        let thrown = 0;
        const roll = (): number => dice[(thrown += 1) % dice.length] ?? 0;
        if (implies(bytesOf(writtenOddly(value, roll)), asked)) sound += 1;
      }),
      { numRuns: 2000 },
    );
    expect(sound).toBeGreaterThan(20);
  });

  it('is sound only where the walk says so, where it is hardly a lock', () => {
    fc.assert(
      fc.property(lock, manifest, (text, asked) => {
        implies(bytesOf(text), asked);
      }),
      { numRuns: 2000 },
    );
  });

  it('is sound only where the walk says so, where it is cut or damaged', () => {
    let sound = 0;
    fc.assert(
      fc.property(
        npmLock.map((value) => JSON.stringify(value, null, 2)),
        manifest,
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        (text, asked, changes, isCut) => {
          const damaged = isCut ? text.slice(0, (changes[0]?.at ?? 0) % (text.length + 1)) : changed(text, changes);
          if (implies(bytesOf(damaged), asked)) sound += 1;
        },
      ),
      { numRuns: 3000 },
    );
    expect(sound).toBeGreaterThan(20);
  });

  it('is sound only where the walk says so, where bytes are no UTF-8', () => {
    fc.assert(
      fc.property(
        npmLock,
        manifest,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 3 }),
        (value, asked, at, put) => {
          const content = bytesOf(JSON.stringify(value));
          content.set(put, at % (content.length - put.length));
          implies(content, asked);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a lock that is looked at quickly', () => {
  const entry = { version: '1.0.0', integrity: INTEGRITY };
  const asksForA = { dependencies: { a: '^1.0.0' } };
  const isSoundWith = (packages: Record<string, unknown>, asked: unknown = asksForA): boolean =>
    isQuicklySound(bytesOf(JSON.stringify({ lockfileVersion: 3, packages }, null, 2)), lockedSource(asked));

  it.each([
    ['text that is no ASCII beside what is read', { 'node_modules/a': { ...entry, deprecated: 'no — don’t 🙈 "\\' } }],
    ['a deep entry', { 'node_modules/a': { ...entry, x: nested(50) } }],
    ['a folder of its own', { 'node_modules/a': entry, lib: { version: '1.0.0' } }],
    ['another registry', { 'node_modules/a': { ...entry, resolved: 'https://registry.example/a.tgz' } }],
  ])('is sound with %s', (_, packages) => {
    expect(isSoundWith(packages)).toBe(true);
  });

  it.each([
    ['a link', { 'node_modules/a': { resolved: 'lib', link: true }, lib: { version: '1.0.0' } }],
    ['a package that has a shrinkwrap', { 'node_modules/a': { ...entry, hasShrinkwrap: true } }],
    ['a location above the source', { 'node_modules/../a': entry }],
    ['a location that is not quite in node_modules', { 'node_modules/a': entry, 'xnode_modules/a': entry }],
    ['a package in one that is not there', { 'node_modules/a': entry, 'node_modules/b/node_modules/a': entry }],
    ['packages below the one they are in', { 'node_modules/a/node_modules/b': entry, 'node_modules/a': entry }],
  ])('is left to the walk with %s', (_, packages) => {
    expect(isSoundWith(packages, { dependencies: { a: '*', '../a': '*' } })).toBe(false);
  });

  it('is left to JSON.parse where its names were made to collide', () => {
    const colliding = Array.from({ length: 2_000_000 }, (_, index) => `a${index}`).filter(
      (name) => (hashOf(textOf(name).view, 0, name.length) & 0xfff) === 0,
    );
    const lockWith = (names: readonly string[]): Uint8Array =>
      bytesOf(
        JSON.stringify({
          lockfileVersion: 3,
          packages: Object.fromEntries(names.map((name) => [`node_modules/${name}`, entry])),
        }),
      );
    expect(scanLock(lockWith(colliding.slice(0, 200)))).toBeDefined();
    expect(scanLock(lockWith(colliding.slice(0, 300)))).toBeUndefined();
  });

  it('is left to JSON.parse where it is nested deeper than any lock', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nest = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
      expect(scanLock(bytesOf(`{"lockfileVersion":3,"packages":{},"x":${nest}}`))).toBeUndefined();
    }
  });
});

function nested(depth: number): unknown {
  return depth === 0 ? [] : [nested(depth - 1)];
}
