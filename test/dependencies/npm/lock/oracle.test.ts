/**
 * Arborist as oracle: of a lock that has nothing to report, npm 10 and npm 11 install what it says and nothing else.
 * `BUILDLESS_ORACLE_RUNS=5000 npx vitest run test/dependencies/npm/lock/oracle.test.ts` looks longer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNpmSource } from '../../../../src/dependencies/npm/source.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../../../../src/dependencies/settings.ts';
import { INTEGRITY, judge, sourceOf } from '../source-of.ts';
import { installationBy, NPMS, type Installation } from './arborist.ts';
import { filesOf, TRICKS } from './tricks.ts';

const RUNS = Number(process.env.BUILDLESS_ORACLE_RUNS ?? 60);

type Json = Readonly<Record<string, unknown>>;
const NAMES = ['a', 'b', 'c', 'd'] as const;
const groups = (names: readonly string[]): fc.Arbitrary<Json> =>
  fc.dictionary(fc.constantFrom(...names), fc.constantFrom('^1.0.0', '*', '1.x', '1.0.0'), { maxKeys: 2 });

/** A source that asks for packages, and a lock that has all of them with the flags that npm would write. */
const sound = fc
  .record({
    dependencies: groups(NAMES),
    devDependencies: groups(NAMES),
    optionalDependencies: groups(NAMES),
    asks: fc.array(
      fc.record(
        {
          dependencies: groups(NAMES),
          optionalDependencies: groups(NAMES),
          peerDependencies: groups(NAMES),
          bundleDependencies: fc.subarray([...NAMES], { maxLength: 1 }),
        },
        { requiredKeys: [] },
      ),
      { minLength: 8, maxLength: 8 },
    ),
    nested: fc.subarray(['a/node_modules/b', 'b/node_modules/c', 'c/node_modules/a', 'd/node_modules/b']),
  })
  .map(({ asks, nested, ...manifest }) => {
    const places = [...NAMES, ...nested].map((place) => `node_modules/${place}`);
    const entries = places.map(
      (place, index) => [place, { version: '1.0.0', integrity: INTEGRITY, ...asks[index] }] as const,
    );
    return repaired(manifest, Object.fromEntries(entries));
  });

interface Locked {
  readonly manifest: Json;
  readonly packages: Readonly<Record<string, Json>>;
}

/** Takes away what nothing asks for, and sets the flags, until the judgement has nothing more to say about them. */
function repaired(manifest: Json, packages: Record<string, Json>): Locked {
  for (let round = 0; round < 6; round += 1) {
    const source = readNpmSource(sourceOf(contentsOf({ manifest, packages })), DEFAULT_DEPENDENCY_SETTINGS);
    if (source === undefined || 'problem' in source || source.lock === undefined || 'problem' in source.lock) break;
    const { faults } = source.lock;
    if (faults.length === 0) break;
    for (const { kind, location, reason = '' } of faults) {
      const entry = packages[location];
      if (kind === 'unreached') Reflect.deleteProperty(packages, location);
      else if (kind === 'flag' && entry !== undefined) {
        const field = /"(\w+)"/.exec(reason)?.[1] ?? '';
        packages[location] = { ...entry, [field]: reason.includes('not marked') };
      }
    }
  }
  return { manifest, packages };
}

const contentsOf = ({ manifest, packages }: Locked): Json => ({
  'package.json': manifest,
  'package-lock.json': { lockfileVersion: 3, requires: true, packages: { '': manifest, ...packages } },
});

/** A change of one entry, of the kinds that fooled a reader before. */
const mutation = fc.record({
  at: fc.nat(),
  change: fc.oneof(
    fc.constantFrom<Json>(
      { dev: true },
      { dev: undefined },
      { optional: true },
      { extraneous: true },
      { peer: true },
      { devOptional: true },
      { inBundle: true },
      { hasShrinkwrap: true },
      { version: 'latest' },
      { version: '2.0.0' },
      { name: 'evil' },
      { integrity: undefined },
      { integrity: `sha512-?${'A'.repeat(85)}==` },
      { resolved: 'https://evil.example/a.tgz' },
      { _resolved: 'https://evil.example/a.tgz' },
      { bundleDependencies: ['a'] },
      { bundledDependencies: ['b'] },
      { dependencies: { b: '^2.0.0' } },
      { peerDependencies: { d: '*' }, peerDependenciesMeta: { d: { optional: true } } },
      { link: true, resolved: 'lib' },
    ),
  ),
  added: fc.constantFrom(
    undefined,
    'node_modules/evil',
    'node_modules/a/node_modules/d',
    'node_modules//a',
    './node_modules/b',
    'node_modules/x/../a',
    'node_modules/b/',
    'node_modules/A',
    'lib',
  ),
});

function mutated(
  { manifest, packages }: Locked,
  { at, change, added }: { at: number; change: Json; added: string | undefined },
): Locked {
  const locations = Object.keys(packages);
  const place = locations[at % Math.max(locations.length, 1)];
  const changed = place === undefined ? packages : { ...packages, [place]: { ...packages[place], ...change } };
  return { manifest, packages: added === undefined ? changed : { ...changed, [added]: { version: '1.9.0' } } };
}

/** What a lock without findings promises: each package that an installation takes, as the lock has it. */
function promised(contents: Json): Installation | undefined {
  const source = readNpmSource(sourceOf(contents), DEFAULT_DEPENDENCY_SETTINGS);
  if (source === undefined || 'problem' in source || source.lock === undefined || 'problem' in source.lock)
    return undefined;
  if (source.lock.faults.length > 0 || judge(contents).length > 0) return undefined;
  const { packages, omitted } = source.lock;
  return new Map(
    [...packages.values()]
      .filter((entry) => entry.location !== '' && !omitted.has(entry) && !entry.inBundle)
      .map(({ location, link, packageName, version, integrity = '', resolved = '' }) => [
        location,
        link ? 'a link' : `${packageName}@${version} ${integrity} ${resolved}`,
      ]),
  );
}

/** @returns whether the lock was sound, and npm did not refuse it */
async function compare(contents: Json): Promise<boolean> {
  const expected = promised(contents);
  if (expected === undefined) return false;
  let isTaken = true;
  for (const npm of NPMS) {
    const installation = await installationBy(npm, sourceOf(contents));
    if (installation === undefined) isTaken = false;
    else
      expect({ npm, packages: Object.fromEntries(installation) }).toEqual({
        npm,
        packages: Object.fromEntries(expected),
      });
  }
  return isTaken;
}

describe('a lock with nothing to report is installed as it is by npm 10 and npm 11', () => {
  it('if npm wrote it', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(sound, async (lock) => {
        if (await compare(contentsOf(lock))) taken += 1;
      }),
      { numRuns: RUNS },
    );
    expect(taken).toBeGreaterThan(RUNS / 4);
  }, 600_000);

  it('if somebody changed it', async () => {
    await fc.assert(
      fc.asyncProperty(sound, fc.array(mutation, { minLength: 1, maxLength: 2 }), async (lock, mutations) => {
        await compare(contentsOf(mutations.reduce(mutated, lock)));
      }),
      { numRuns: RUNS * 3 },
    );
  }, 600_000);
});

describe('the tricks', () => {
  it('fool npm 10 or npm 11, or are refused by them', async () => {
    const honest = await Promise.all(NPMS.map(async (npm) => await installationBy(npm, sourceOf(filesOf({})))));
    const fooled = [];
    for (const trick of TRICKS) {
      for (const [index, npm] of NPMS.entries()) {
        const installation = await installationBy(npm, sourceOf(filesOf(trick)));
        if (installation !== undefined && !sameAs(installation, honest[index])) fooled.push(trick.title);
      }
    }
    expect(new Set(fooled).size).toBeGreaterThan(20);
  }, 600_000);
});

const sameAs = (one: Installation, other: Installation | undefined): boolean =>
  JSON.stringify([...one]) === JSON.stringify([...(other ?? [])]);
