import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Configuration } from '../../src/config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { followDenied, type DeniedSources } from '../../src/denied-sources/follow.ts';
import { load } from '../../src/denied-sources/load.ts';
import { joinTables } from '../../src/denied/list.ts';
import { found } from '../denied/lists.ts';

const report = (id: string, name: string): object => ({
  id,
  affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
});
const texts = (files: Readonly<Record<string, string | Uint8Array>>): ReturnType<typeof load> =>
  load({ from: 'texts', texts: new Map(Object.entries(files)) });
const uses = (name: string): Record<string, object> => ({ 'package.json': { dependencies: { [name]: '1.0.0' } } });
const YAML = "dependencies: { denied: { nodejs: [{ name: axios, versions: '1.0.0', reason: bad }] } }";

describe('the files of a ConfigMap are read:', () => {
  it.each([
    ['one report', { 'MAL-1.json': JSON.stringify(report('MAL-1', 'axios')) }],
    ['a list of reports', { 'npm.json': JSON.stringify([report('MAL-2', 'left'), report('MAL-1', 'axios')]) }],
    ['compressed reports', { 'npm.json.gz': gzipSync(JSON.stringify([report('MAL-1', 'axios')])) }],
    ['entries as the configuration has them', { 'denied.yaml': YAML }],
    ['beside other files', { 'README.md': 'Denied.', 'denied.yaml': YAML }],
  ])('%s', (_, files) => {
    const { table, problems } = texts(files);
    expect(problems).toEqual([]);
    expect(found(joinTables([table]), uses('axios'))).toHaveLength(1);
  });

  it.each([
    ['a.json', '{\n', 'it is not valid JSON: ', 'a.json:2:1'],
    ['a.json', '{"id":"MAL-1"}', '"affected" of MAL-1 is missing'],
    ['a.json.gz', 'text', 'it is not valid JSON: ', 'a.json.gz:1:1'],
    ['a.json.gz', Buffer.from('text'), 'the file cannot be unpacked (incorrect header check)'],
    ['a.json.gz', gzipSync(Buffer.alloc(9 * 1024 * 1024)), 'the file cannot be unpacked'],
    ['a.yaml', 'dependencies: { denied: { ruby: [] } }', 'unknown key "ruby"', 'a.yaml:1:27'],
  ])('%s with %o is a problem, and the other files count', (name, content, problem, place = name) => {
    const { table, problems } = texts({ [name]: content, 'b.yaml': YAML });
    expect(problems).toMatchObject([{ place, problem: expect.stringContaining(problem) as string }]);
    expect(table.entries).toBe(1);
  });

  it('with the same digest wherever the same entries come from', () => {
    const one = texts({ 'a.json': JSON.stringify([report('MAL-1', 'a'), report('MAL-2', 'b')]) });
    const other = texts({
      '1.json': JSON.stringify(report('MAL-1', 'a')),
      '2.json': JSON.stringify(report('MAL-2', 'b')),
    });
    expect(one.table.digest).toBe(other.table.digest);
  });
});

describe('a mounted folder', () => {
  const folders: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  const logger = { info: () => undefined, warn: () => undefined };
  async function follow(configuration: () => Configuration = () => DEFAULT_CONFIGURATION): Promise<{
    folder: string;
    write: (files: Record<string, string>) => Promise<void>;
    sources: () => DeniedSources;
    outcomes: string[];
  }> {
    const folder = await mkdtemp(path.join(tmpdir(), 'denied-'));
    folders.push(folder);
    let version = 0;
    // As kubelet and git-sync do: a new folder, and a link that leads to it from one moment to the next.
    const write = async (files: Record<string, string>): Promise<void> => {
      version += 1;
      const next = path.join(folder, `..version-${version}`);
      for (const [file, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(next, file)), { recursive: true });
        await writeFile(path.join(next, file), text);
      }
      await symlink(next, path.join(folder, '..next'));
      await rename(path.join(folder, '..next'), path.join(folder, 'current'));
    };
    const outcomes: string[] = [];
    return {
      folder,
      write,
      outcomes,
      sources: () => {
        const sources = followDenied({
          program: pathToFileURL('dist/denied.mjs'),
          configuration,
          folders: [path.join(folder, 'current')],
          logger,
          metrics: { follow: () => undefined, reloaded: (outcome) => outcomes.push(outcome) },
          lookMilliseconds: 20,
        });
        stops.push(sources.stop);
        return sources;
      },
    };
  }

  it('is in force before anything is admitted, and again after each change', async () => {
    const { write, sources } = await follow();
    await write({ 'osv/malicious/npm/axios/MAL-1.json': JSON.stringify(report('MAL-1', 'axios')) });
    const followed = sources();
    expect(followed.synced()).toBe(false);
    await vi.waitFor(() => {
      expect(followed.synced()).toBe(true);
    }, 20_000);
    const first = followed.current();
    expect(found(first, uses('axios'))).toHaveLength(1);
    expect(followed.current()).toBe(first);
    await write({ 'osv/malicious/npm/left/MAL-2.json': JSON.stringify(report('MAL-2', 'left')) });
    await vi.waitFor(() => {
      expect(followed.current()).not.toBe(first);
    }, 20_000);
    expect(found(followed.current(), uses('axios'))).toEqual([]);
    expect(found(followed.current(), uses('left'))).toHaveLength(1);
  });

  it('keeps the last good list if it has a bad file, and says so', async () => {
    const { write, sources, outcomes } = await follow();
    await write({ 'MAL-1.json': JSON.stringify(report('MAL-1', 'axios')) });
    const followed = sources();
    await vi.waitFor(() => {
      expect(followed.synced()).toBe(true);
    }, 20_000);
    const good = followed.current();
    await write({ 'MAL-1.json': '{', 'MAL-2.json': JSON.stringify(report('MAL-2', 'left')) });
    await vi.waitFor(() => {
      expect(followed.problems()).toHaveLength(1);
    }, 20_000);
    expect(followed.problems()[0]).toMatch(
      /current, MAL-1\.json:1:2: it is not valid JSON: the file ends too early; correct the JSON, or remove the file$/,
    );
    expect(followed.current()).toBe(good);
    await write({ 'MAL-2.json': JSON.stringify(report('MAL-2', 'left')) });
    await vi.waitFor(() => {
      expect(followed.problems()).toEqual([]);
    }, 20_000);
    expect(outcomes).toEqual(['success', 'failure', 'success']);
  });

  it('joins the entries of the configuration, whose other changes leave the list as it is', async () => {
    let configuration = DEFAULT_CONFIGURATION;
    const { write, sources } = await follow(() => configuration);
    await write({ 'MAL-1.json': JSON.stringify(report('MAL-1', 'axios')) });
    const followed = sources();
    await vi.waitFor(() => {
      expect(followed.synced()).toBe(true);
    }, 20_000);
    const before = followed.current();
    configuration = { ...DEFAULT_CONFIGURATION, mode: 'disabled' };
    expect(followed.current()).toBe(before);
    const denied = { nodejs: [{ name: 'left', versions: '*', reason: 'bad' }] };
    configuration = { ...configuration, dependencies: { ...configuration.dependencies, denied } };
    expect(followed.current().entries).toBe(2);
  });
});
