import { existsSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Registries, startSilent } from '../install/fake-registry.ts';
import { Folders, listTree } from '../pod-programs.ts';
import { FastPod, type FilesOfTest, locked } from './fast-pod.ts';

const folders = new Folders();
const registries = new Registries();
let pod: FastPod;

beforeAll(async () => {
  pod = await FastPod.open(folders);
});
afterAll(async () => {
  await registries.closeAll();
  await folders.removeAll();
});

const integrity = {
  'is-number': 'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==',
  lodash: 'sha512-v2kDEe57lecTulaDIuNTPy3Ry4gLGJ6Z1O3vE1krgXZNrsQ+LFTGHVxVjcXPs17LhbZVGedAJv8XZ1tvj5FvSg==',
};
const dependencies = { 'is-number': '7.0.0', lodash: '4.17.21' };
const NODE: FilesOfTest = {
  'handler.js': '',
  'package.json': { dependencies },
  'package-lock.json': {
    lockfileVersion: 3,
    packages: {
      '': { dependencies },
      'node_modules/is-number': { version: '7.0.0', integrity: integrity['is-number'] },
      'node_modules/lodash': { version: '4.17.21', integrity: integrity.lodash },
    },
  },
};
const CASES = [
  { language: 'nodejs', flags: ['--fast=bun', '--version=22'], files: async () => await Promise.resolve(NODE) },
  {
    language: 'python',
    flags: ['--fast=uv', '--version=3.12'],
    files: async () => ({ 'handler.py': '', 'requirements.txt': await locked(['requests==2.32.3'], '3.12') }),
  },
] as const;

describe.each(CASES)('$language: an installation', ({ language, flags, files }) => {
  it('that is killed anywhere is never served in part, and the next one is whole', async () => {
    const place = await pod.stage(await files());
    const whole = await pod.stage(await files());
    expect((await pod.prepare(language, whole, { flags })).code).toBe(0);
    const expected = await listTree(path.join(whole.root, 'function'));
    for (let attempt = 0; attempt < 12; attempt += 1) {
      await pod.prepare(language, place, { flags, killAfter: 100 + attempt * 90 });
      const finished = path.join(place.root, 'function');
      if (existsSync(finished)) expect(await listTree(finished)).toEqual(expected);
    }

    expect((await pod.prepare(language, place, { flags })).code).toBe(0);

    expect(await listTree(path.join(place.root, 'function'))).toEqual(expected);
    expect(await readdir(place.root)).toEqual(expect.not.arrayContaining(['.installing', '.preparing', 'staging']));
  });

  it('ends at once when the Pod is told to stop', async () => {
    const registry = await registries.use(startSilent());
    const place = await pod.stage(await files());
    const env = { npm_config_registry: registry.address, PIP_INDEX_URL: `${registry.address}simple` };
    const end = await pod.prepare(language, place, { flags, env, stopAt: 'source configmap' });
    expect(end.code).toBe(143);
    expect(existsSync(path.join(place.root, 'function'))).toBe(false);
  });

  it('fills a cache that two Pods write to at once, one of which is killed, and needs no registry then', async () => {
    const cache = await folders.open('cache');
    const withCache = [...flags, `--cache=${cache}`];
    const places = await Promise.all([1, 2, 3, 4].map(async () => await pod.stage(await files())));
    const [one, two, killed, offline] = places;
    if (one === undefined || two === undefined || killed === undefined || offline === undefined)
      throw new Error('four');
    for (const killAfter of [250, 400, 600]) {
      await pod.prepare(language, killed, { flags: withCache, killAfter });
    }

    const ends = await Promise.all([one, two].map((place) => pod.prepare(language, place, { flags: withCache })));

    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    const [first, second] = await Promise.all([one, two].map(({ root }) => listTree(path.join(root, 'function'))));
    expect(first).toEqual(second);
    // No way to the registry.
    const nowhere = 'http://127.0.0.1:1/';
    const env = { HTTPS_PROXY: nowhere, https_proxy: nowhere, NO_PROXY: '', no_proxy: '' };
    const end = await pod.prepare(language, offline, { flags: withCache, env });
    if (language === 'nodejs') expect(end.output).toContain('bun installed');
    expect(end.code, end.output).toBe(0);
    expect(await listTree(path.join(offline.root, 'function'))).toEqual(first);
  });

  it('goes on without a cache that it cannot write to', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'a folder of another user can be made by root only');
    const cache = await folders.open('cache');
    await chmod(cache, 0o755);
    const place = await pod.stage(await files());
    const { code, output } = await pod.prepare(language, place, { flags: [...flags, `--cache=${cache}`] });
    expect(code).toBe(0);
    expect(output).toContain('cannot be written by user 12345; going on without it');
  });
});

/** Unlike a ConfigMap, an image has folders. */
const IMAGE = '--source=image:registry.example/function:1.0.0';

describe('a source that brings its packages', () => {
  it('is not installed again', async () => {
    const place = await pod.stage(NODE);
    expect((await pod.prepare('nodejs', place, { flags: ['--fast=bun', '--version=22'] })).code).toBe(0);
    const packages = await listTree(path.join(place.root, 'function'));
    const again = await folders.open('root');
    const source = path.join(place.root, 'function');

    const { code, output } = await pod.prepare('nodejs', { source, root: again }, { flags: [IMAGE, '--install'] });

    expect(code, output).toBe(0);
    expect(output).toContain('the source brings the packages of its lock file');
    expect(await listTree(path.join(again, 'function'))).toEqual(packages);
    expect((await pod.install('nodejs', again)).output).toContain('the packages were installed before');
  });

  it('is, where they are others than those of the lock', async () => {
    const place = await pod.stage({
      ...NODE,
      'node_modules/is-number/package.json': { name: 'is-number', version: '6.0.0' },
      'node_modules/is-number/old.js': '',
    });
    const { code, output } = await pod.prepare('nodejs', place, { flags: [IMAGE, '--fast=bun', '--version=22'] });
    expect(code, output).toBe(0);
    const files = await listTree(path.join(place.root, 'function/node_modules/is-number'));
    expect(files).toContain('index.js');
    expect(files).not.toContain('old.js');
  });
});
