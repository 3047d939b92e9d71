import { describe, expect, it } from 'vitest';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { joinTables, NOTHING_DENIED } from '../../src/denied/list.ts';
import { TableTooLarge, LARGEST_ENTRY_BYTES } from '../../src/denied/table.ts';
import { configured, found, tableOf } from './lists.ts';

const AXIOS = configured({
  nodejs: [{ name: 'axios', versions: '1.14.1 || >=0.30.4 <0.30.6', reason: 'stole tokens' }],
  python: [{ name: 'Evil_Wheel', versions: '>=2.0,<2.1', reason: 'mines coins' }],
});

const packages = (entries: Readonly<Record<string, object>>): object => ({
  lockfileVersion: 3,
  packages: { '': { dependencies: { shop: '1.0.0' } }, ...entries },
});
const shop = { 'package.json': { dependencies: { shop: '1.0.0' } } };
const SHOP = { version: '1.0.0', dependencies: { axios: '^1.0.0' } };

describe('a denied version of npm is found, with the path by which it came,', () => {
  it.each([
    [
      'pinned in package.json',
      { 'package.json': { dependencies: { axios: '1.14.1' } } },
      'package.json > axios@1.14.1',
    ],
    [
      'as the only version of a range',
      { 'package.json': { dependencies: { axios: '>=1.14.1 <=1.14.1' } } },
      'package.json > axios@1.14.1',
    ],
    ['with a v in front', { 'package.json': { dependencies: { axios: '=v1.14.1' } } }, 'package.json > axios@=v1.14.1'],
    [
      'as an alias',
      { 'package.json': { dependencies: { http: 'npm:axios@1.14.1' } } },
      'package.json > http = axios@1.14.1',
    ],
    [
      'by the address of its archive',
      { 'package.json': { dependencies: { http: `${PUBLIC_REGISTRY}axios/-/axios-1.14.1.tgz` } } },
      'package.json > http = axios@1.14.1',
    ],
    [
      'in an override',
      { 'package.json': { dependencies: { shop: '1.0.0' }, overrides: { axios: '1.14.1' } } },
      'package.json > axios@1.14.1',
    ],
    [
      'in a folder of the source',
      {
        'package.json': { dependencies: { own: 'file:own' } },
        'own/package.json': { dependencies: { axios: '1.14.1' } },
      },
      'own/package.json > axios@1.14.1',
    ],
    [
      'transitively in a lock',
      {
        ...shop,
        'package-lock.json': packages({ 'node_modules/shop': SHOP, 'node_modules/axios': { version: '1.14.1' } }),
      },
      'package.json > shop@1.0.0 > axios@1.14.1',
    ],
    [
      'transitively in a lock, next to several pins',
      {
        'package.json': { dependencies: { one: '1.0.0', two: '2.0.0', shop: '1.0.0' } },
        'package-lock.json': {
          lockfileVersion: 3,
          packages: {
            '': { dependencies: { one: '1.0.0', two: '2.0.0', shop: '1.0.0' } },
            'node_modules/one': { version: '1.0.0' },
            'node_modules/two': { version: '2.0.0' },
            'node_modules/shop': SHOP,
            'node_modules/axios': { version: '1.14.1' },
          },
        },
      },
      'package.json > shop@1.0.0 > axios@1.14.1',
    ],
    [
      'nested in a lock, as an alias',
      {
        ...shop,
        'package-lock.json': packages({
          'node_modules/shop': { version: '1.0.0', dependencies: { http: 'npm:axios@1.14.1' } },
          'node_modules/shop/node_modules/http': { name: 'axios', version: '1.14.1' },
        }),
      },
      'package.json > shop@1.0.0 > http = axios@1.14.1',
    ],
    [
      'bundled in the archive of another',
      {
        ...shop,
        'package-lock.json': packages({
          'node_modules/shop': { ...SHOP, bundleDependencies: ['axios'] },
          'node_modules/shop/node_modules/axios': { version: '0.30.5', inBundle: true },
        }),
      },
      'package.json > shop@1.0.0 > axios@0.30.5',
    ],
    [
      'in a lock where nobody asks for it',
      {
        ...shop,
        'package-lock.json': packages({
          'node_modules/shop': { version: '1.0.0' },
          'node_modules/axios': { version: '1.14.1' },
        }),
      },
      'package-lock.json: node_modules/axios > axios@1.14.1',
    ],
    [
      'under the name of another in a lock',
      {
        ...shop,
        'package-lock.json': packages({
          'node_modules/shop': { version: '1.0.0', resolved: 'https://npm.example/path/axios/-/axios-1.14.1.tgz' },
        }),
      },
      'package.json > shop = axios@1.14.1',
    ],
    [
      'in a lock of npm 6',
      {
        ...shop,
        'package-lock.json': {
          lockfileVersion: 1,
          dependencies: { shop: { version: '1.0.0', dependencies: { axios: { version: '1.14.1' } } } },
        },
      },
      'package-lock.json > axios@1.14.1',
    ],
  ])('%s', (_, texts, path) => {
    expect(found(AXIOS, texts).map((each) => each.path)).toEqual([path]);
  });

  it.each([
    ['another version', { 'package.json': { dependencies: { axios: '1.14.0' } } }],
    [
      'a range that could resolve to it, which the lock of the controller settles',
      { 'package.json': { dependencies: { axios: '^1.14.0' } } },
    ],
    ['another package', { 'package.json': { dependencies: { 'axios-2': '1.14.1' } } }],
    ['a package for development, which is not installed', { 'package.json': { devDependencies: { axios: '1.14.1' } } }],
    [
      'an omitted package of a lock',
      {
        'package.json': { devDependencies: { axios: '1.14.1' } },
        'package-lock.json': {
          lockfileVersion: 3,
          packages: {
            '': { devDependencies: { axios: '1.14.1' } },
            'node_modules/axios': { version: '1.14.1', dev: true },
          },
        },
      },
    ],
  ])('but not %s', (_, texts) => {
    expect(found(AXIOS, texts)).toEqual([]);
  });
});

describe('a denied version of PyPI is found, with its place,', () => {
  const lock = (name: string, version: string, wheel = `${name}-${version}-py3-none-any.whl`): string =>
    `lock-version = "1.0"\n[[packages]]\nname = "${name}"\nversion = "${version}"\nwheels = [{ name = "${wheel}", url = "https://pypi.example/${wheel}", hashes = {sha256 = "00"} }]\n`;
  it.each([
    ['pinned', { 'requirements.txt': 'requests==2.0\nevil.wheel==2.0.3\n' }, 'requirements.txt:2 > evil-wheel@2.0.3'],
    [
      'in a constraint',
      { 'requirements.txt': '-c limits.txt\nrequests\n', 'limits.txt': 'Evil-Wheel == 2.0.3' },
      'limits.txt:1 > evil-wheel@2.0.3',
    ],
    [
      'as a wheel at an address',
      { 'requirements.txt': 'other @ https://x.example/evil_wheel-2.0.1-py3-none-any.whl\n' },
      'requirements.txt:1 > evil-wheel@2.0.1',
    ],
    ['in pylock.toml', { 'pylock.toml': lock('evil-wheel', '2.0.9') }, 'pylock.toml:2 > evil-wheel@2.0.9'],
    [
      'in pylock.toml, asked for',
      { 'requirements.txt': 'evil-wheel\n', 'pylock.toml': lock('evil-wheel', '2.0.9') },
      'requirements.txt:1 > evil-wheel@2.0.9',
    ],
    [
      'under another name in pylock.toml',
      { 'pylock.toml': lock('good', '1.0', 'evil_wheel-2.0-py3-none-any.whl') },
      'pylock.toml:2 > evil-wheel@2.0',
    ],
  ])('%s', (_, texts, path) => {
    expect(found(AXIOS, texts, 'python').map((each) => each.path)).toEqual([path]);
  });

  it.each([
    ['another version', { 'requirements.txt': 'evil-wheel==2.1\n' }],
    ['a range', { 'requirements.txt': 'evil-wheel>=2.0\n' }],
  ])('but not %s', (_, texts) => {
    expect(found(AXIOS, texts, 'python')).toEqual([]);
  });
});

describe('a list', () => {
  const report = (id: string, name: string, ecosystem = 'npm'): object => ({
    id,
    summary: 'Malicious code',
    affected: [{ package: { ecosystem, name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
  });
  const uses = (name: string): Record<string, object> => ({ 'package.json': { dependencies: { [name]: '1.0.0' } } });

  it('finds each of many packages, and no other', () => {
    const names = Array.from({ length: 3000 }, (_, index) => `package-${index}`);
    const list = joinTables([tableOf(names.map((name, index) => report(`MAL-${index}`, name)))]);
    expect(list.entries).toBe(3000);
    for (const index of [0, 1, 1499, 2999]) {
      expect(found(list, uses(`package-${index}`))).toMatchObject([{ id: `MAL-${index}`, reason: 'Malicious code' }]);
    }
    expect(found(list, uses('package-3000'))).toEqual([]);
  });

  it('keeps ecosystems apart', () => {
    expect(found(joinTables([tableOf([report('MAL-1', 'axios', 'PyPI')])]), uses('axios'))).toEqual([]);
  });

  it('has a digest that tells content apart, not who has read it, nor how often or in which order', () => {
    const [a, b] = [tableOf([report('MAL-1', 'a')]), tableOf([report('MAL-2', 'b')])];
    expect(joinTables([a, b]).digest).toBe(joinTables([b, a, a]).digest);
    expect(joinTables([a, b]).digest).not.toBe(joinTables([a]).digest);
    expect(joinTables([a, a]).entries).toBe(1);
    expect(joinTables([tableOf([])])).toBe(NOTHING_DENIED);
  });

  it('turns down an entry that would not fit', () => {
    const versions = Array.from({ length: LARGEST_ENTRY_BYTES / 10 }, (_, index) => `1.0.${index}00000`);
    const affected = [{ package: { ecosystem: 'npm', name: 'a' }, versions }];
    expect(() => tableOf([{ id: 'MAL-1', affected }])).toThrow(TableTooLarge);
  });
});
