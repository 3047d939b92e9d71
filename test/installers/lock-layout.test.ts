import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf } from '../../src/dependencies/npm/lock/entry.ts';
import { type LockLayout, layoutOfLock } from '../../src/installers/lock-layout.ts';

type Places = Readonly<Record<string, string>>;

const modules = (place: string): string => `node_modules/${place.replaceAll(' > ', '/node_modules/')}`;

/** What is to be done where a lock has these packages and these were installed, by `OUTER > INNER: NAME@VERSION`. */
function layout(locked: Places, installed: Places): LockLayout | string {
  const parts = (title: string): { name: string; version: string } => {
    const at = title.lastIndexOf('@');
    return { name: title.slice(0, at), version: title.slice(at + 1) };
  };
  return layoutOfLock(
    Object.entries(locked).map(([place, title]) => entryOf(modules(place), parts(title))),
    new Map(Object.entries(installed).map(([place, title]) => [modules(place), parts(title)])),
  );
}

/** The places after the work is done, in a tree of nothing but titles. */
function after(installed: Places, { taken, filled }: LockLayout): Places {
  const tree = new Map(Object.entries(installed).map(([place, title]) => [modules(place), title]));
  const away = new Map<string, string>();
  for (const location of taken) {
    // As a folder is moved with all that is in it.
    expect([...tree.keys()].filter((other) => other.startsWith(`${location}/`))).toEqual([]);
    away.set(location, tree.get(location) ?? 'nothing');
    tree.delete(location);
  }
  for (const { location, by } of filled) {
    expect(tree.has(location)).toBe(false);
    tree.set(location, ('taken' in by ? away.get(by.taken) : tree.get(by.copyOf)) ?? 'nothing');
    if ('taken' in by) away.delete(by.taken);
  }
  return Object.fromEntries(tree);
}

const asModules = (places: Places): Places =>
  Object.fromEntries(Object.entries(places).map(([place, title]) => [modules(place), title]));

const sameTitles = (one: Places, other: Places): boolean =>
  new Set([...Object.values(one), ...Object.values(other)]).size === new Set(Object.values(one)).size;

describe('the layout of a lock', () => {
  it('is there already where each package stands where the lock has it', () => {
    const places = { a: 'a@1.0.0', 'a > b': 'b@1.0.0', b: 'b@2.0.0' };
    expect(layout(places, places)).toEqual({ taken: [], filled: [] });
  });

  it('swaps the two versions of a package where another one stands at the top', () => {
    expect(
      layout(
        { a: 'a@1.0.0', b: 'b@2.0.0', 'a > b': 'b@1.0.0' },
        { a: 'a@1.0.0', b: 'b@1.0.0', c: 'a@1.0.0', 'c > b': 'b@2.0.0' },
      ),
    ).toEqual({
      taken: ['node_modules/c/node_modules/b', 'node_modules/c', 'node_modules/b'],
      filled: [
        { location: 'node_modules/a/node_modules/b', by: { taken: 'node_modules/b' } },
        { location: 'node_modules/b', by: { taken: 'node_modules/c/node_modules/b' } },
      ],
    });
  });

  it('copies a package that the lock has at more places than it was installed at', () => {
    const locked = { a: 'a@1.0.0', b: 'b@1.0.0', 'a > c': 'c@1.0.0', 'b > c': 'c@1.0.0', c: 'c@2.0.0' };
    const installed = { a: 'a@1.0.0', b: 'b@1.0.0', 'a > c': 'c@1.0.0', c: 'c@2.0.0' };
    expect(layout(locked, installed)).toEqual({
      taken: [],
      filled: [{ location: 'node_modules/b/node_modules/c', by: { copyOf: 'node_modules/a/node_modules/c' } }],
    });
  });

  it('knows an alias by the package that it leads to', () => {
    expect(layout({ alias: 'a@1.0.0' }, { alias: 'a@1.0.0' })).toEqual({ taken: [], filled: [] });
  });

  it.each([
    [{ a: 'a@1.0.0' }, {}, 'the lock file has a@1.0.0, which it did not install'],
    [{ a: 'a@1.0.0' }, { a: 'a@1.0.0', b: 'b@1.0.0' }, 'it installed b@1.0.0, which the lock file does not have'],
    [{ a: 'a@1.0.0' }, { a: 'a@1.0.1' }, 'it installed a@1.0.1, which the lock file does not have'],
  ])('is no matter of places where the packages are others: %j, %j', (locked, installed, difference) => {
    expect(layout(locked, installed)).toBe(difference);
  });

  const TITLES = ['a', 'b', 'c', 'd'].flatMap((name) => [`${name}@1.0.0`, `${name}@2.0.0`]);

  /** Trees of the same packages, in which each inner one stands in one that is there. */
  const trees = fc
    .subarray(TITLES, { minLength: 1 })
    .chain((titles) => fc.tuple(treeOf(titles), treeOf(titles)))
    .filter(([one, other]) => sameTitles(one, other) && sameTitles(other, one));

  function treeOf(titles: readonly string[]): fc.Arbitrary<Places> {
    const order = fc.shuffledSubarray([...titles, ...titles], { minLength: titles.length });
    const seeds = fc.array(fc.nat(), { minLength: 2 * titles.length, maxLength: 2 * titles.length });
    return fc.tuple(order, seeds).map(([packages, numbers]) => {
      const places: Record<string, string> = {};
      for (const [index, title] of packages.entries()) {
        const [name = ''] = title.split('@');
        const free = ['', ...Object.keys(places).map((place) => `${place} > `)].filter(
          (place) => !(place + name in places),
        );
        const around = free[(numbers[index] ?? 0) % free.length] ?? '';
        places[around + name] = title;
      }
      return places;
    });
  }

  it('is reached from every tree of the same packages', () => {
    fc.assert(
      fc.property(trees, ([locked, installed]) => {
        const answer = layout(locked, installed);
        expect(typeof answer === 'string' ? answer : after(installed, answer)).toEqual(asModules(locked));
      }),
      { numRuns: 2000 },
    );
  });
});
