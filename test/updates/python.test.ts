import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { environments } from '../lock/uv-on-path.ts';
import type { FakeRegistry } from '../pod/install/fake-registry.ts';
import { makeWheel, startIndex, type DistributionFile, type WheelOptions } from '../pod/install/python-index.ts';
import { daysAgo, folderWith, textOf } from './folder-with.ts';
import { offersIn } from './offers.ts';

/** Through the real uv, against an index whose times are known. */
let top = '';
let index: FakeRegistry;
let env: NodeJS.ProcessEnv = {};
let bare: NodeJS.ProcessEnv = {};
let config = '';

async function released(
  name: string,
  version: string,
  days: number | undefined,
  { yanked, ...wheel }: WheelOptions & { readonly yanked?: string } = {},
): Promise<DistributionFile> {
  const file = await makeWheel(top, name, version, wheel);
  return { ...file, ...(days !== undefined && { uploaded: daysAgo(days) }), ...(yanked !== undefined && { yanked }) };
}

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-updates-'));
  const inner = { requires: ['inner>=1.0,<2'] };
  index = await startIndex([
    await released('left', '1.0', 400),
    await released('left', '1.1', 300, inner),
    await released('left', '1.2', 2, inner),
    await released('left', '2.0', 100, inner),
    await released('left', '3.0rc1', 50),
    await released('left', '3.0rc2', 40),
    await released('inner', '0.9', 600),
    await released('inner', '1.0', 500),
    await released('inner', '1.1', 1),
    await released('zero', '0.1.0', 400),
    await released('zero', '0.1.9', 300),
    await released('zero', '0.2.0', 200),
    await released('bad', '1.0', 400),
    await released('bad', '1.1', 300, { yanked: 'loses data' }),
    await released('timeless', '1.0', undefined),
    await released('timeless', '1.1', undefined),
  ]);
  const { withUv, withoutUv } = await environments(top);
  bare = withoutUv;
  env = { ...withUv, UV_DEFAULT_INDEX: `${index.address}simple`, UV_CACHE_DIR: path.join(top, 'cache') };
  config = path.join(top, 'config.json');
  await writeFile(config, JSON.stringify({ dependencies: { registries: { python: [index.address] } } }));
}, 300_000);
afterAll(async () => {
  await index.close();
  await rm(top, { recursive: true, force: true });
});

const run = ([command = '', ...args]: readonly string[], own = env): Promise<Finished> =>
  buildless([command, '--runtime', 'python312', '--config', config, ...args], '', top, own);
const asking = (requirements: string): Promise<string> => folderWith(top, { 'requirements.txt': requirements });

const offers = async (requirements: string, ...args: readonly string[]): Promise<readonly string[]> =>
  offersIn(await asking(requirements), run, args);

describe('buildless outdated, for Python', () => {
  it('offers the newest version of the same major version and the newest of all, nothing yanked, and a pre-release only to a pin that is one', async () => {
    expect(await offers('left==1.0\nleft==2.0\nleft==3.0rc1\nzero==0.1.0\nbad==1.0\ntimeless==1.0\n')).toEqual([
      'left 1.0 1.2 2.0',
      'left 2.0 - -',
      'left 3.0rc1 3.0rc2 3.0rc2',
      'zero 0.1.0 0.1.9 0.2.0',
      'bad 1.0 - -',
      'timeless 1.0 1.1 1.1',
    ]);
  });

  it('offers only what is old enough, and nothing without a time', async () => {
    expect(await offers('left==1.0\ntimeless==1.0\n', '--minimum-age', '7d')).toEqual([
      'left 1.0 1.1 2.0',
      'timeless 1.0 - -',
    ]);
  });

  it('names a pin that is yanked', async () => {
    const { stdout, status } = await run(['outdated', '-f', await asking('bad==1.1\n')]);
    expect(status).toBe(0);
    expect(stdout).toContain('bad 1.1 was withdrawn: loses data');
  });

  it('reports an unknown package and an unknown version with the words of uv', async () => {
    const { stderr, status } = await run(['outdated', '-f', await asking('# tools\nnope==1.0\nleft==7.0\n')]);
    expect(status).toBe(1);
    expect(stderr).toContain('requirements.txt:2: uv found no nope==1.0 for Python 3.12 on linux/amd64');
    expect(stderr).toContain('nope was not found in the package registry');
    expect(stderr).toContain('requirements.txt:3: uv found no left==7.0');
  });

  it('needs uv', async () => {
    const { stderr, status } = await run(['outdated', '-f', await asking('left==1.0\n')], bare);
    expect(status).toBe(1);
    expect(stderr).toContain('uv was not found, which looks up versions of Python packages\n       install uv');
  });
});

describe('buildless update, for Python', () => {
  it('writes versions and lock; each new version is old enough, and what the lock has stays', async () => {
    const folder = await asking('# why\nleft == 1.0  # tested\nzero==0.1.0\n');
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    expect((await run(['update', '-f', folder, 'left', '--minimum-age', '7d', '--write'])).status).toBe(0);
    expect(await textOf(folder, 'requirements.txt')).toBe('# why\nleft == 1.1  # tested\nzero==0.1.0\n');
    const text = await textOf(folder, 'pylock.toml');
    expect(text).toMatch(/name = "left"\nversion = "1\.1"/);
    expect(text).toMatch(/name = "inner"\nversion = "1\.0"/);
    expect(text).toMatch(/name = "zero"\nversion = "0\.1\.0"/);
  });

  it('keeps a version that the lock has, however young it is', async () => {
    const folder = await asking('left==1.1\nzero==0.1.0\n');
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    expect(await textOf(folder, 'pylock.toml')).toMatch(/name = "inner"\nversion = "1\.1"/);
    expect((await run(['update', '-f', folder, '--minimum-age', '7d', '--write'])).status).toBe(0);
    const text = await textOf(folder, 'pylock.toml');
    expect(text).toMatch(/name = "zero"\nversion = "0\.1\.9"/);
    expect(text).toMatch(/name = "inner"\nversion = "1\.1"/);
  });

  it('writes nothing if the versions do not fit together', async () => {
    const folder = await asking('left==1.0\ninner==0.9\n');
    expect((await run(['lock', '-f', folder, '--write'])).status).toBe(0);
    const { status, stderr } = await run(['update', '-f', folder, '--write']);
    expect(status).toBe(1);
    expect(stderr).toContain('uv could not resolve requirements.txt');
    expect(stderr).toContain('left==1.2 depends on inner>=1.0');
    expect(await textOf(folder, 'requirements.txt')).toBe('left==1.0\ninner==0.9\n');
  });
});
