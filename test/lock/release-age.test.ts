import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { type FakeRegistry, type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';

const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString();

let folder: string;
let registry: FakeRegistry;
const packages: NpmPackage[] = [];
const publish = (version: string, days: number): void => {
  packages.push({ name: 'left', version, archive: Buffer.from(version), published: daysAgo(days) });
};

beforeEach(async () => {
  packages.length = 0;
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-lock-age-'));
  registry = await startNpmRegistry(packages);
  await writeFile(path.join(folder, 'handler.js'), 'exports.main = () => 1;');
  await writeFile(path.join(folder, '.npmrc'), `registry=${registry.address}\n`);
});
afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true, force: true });
});

/** `buildless lock --write` of a source that asks for a version, with the configuration of a cluster. */
async function lock(asked: string): Promise<Finished> {
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ dependencies: { left: asked } }));
  const config = path.join(folder, '.config.yaml');
  await writeFile(config, `dependencies: { minimumReleaseAge: 7d, registries: { nodejs: ["${registry.address}"] } }\n`);
  return await buildless(['lock', '-f', folder, '--write', '--config', config]);
}
const locked = async (): Promise<unknown> => JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8'));

it('lock takes the newest version that is as old as the configuration demands', async () => {
  publish('1.0.0', 30);
  publish('1.1.0', 8);
  publish('1.2.0', 6);
  const { status, stderr } = await lock('^1.0.0');
  expect(status, stderr).toBe(0);
  expect(await locked()).toMatchObject({ packages: { 'node_modules/left': { version: '1.1.0' } } });
});

it('lock writes nothing if there is no such version, and says from when on there is one', async () => {
  publish('1.0.0', 1);
  const { status, stderr } = await lock('1.0.0');
  expect(status).toBe(1);
  expect(stderr).toContain('the cluster would refuse versions of the lock, so it is not written');
  expect(stderr).toMatch(/left 1\.0\.0 was published at .*, and has to be 7d old; wait until /);
  await expect(locked()).rejects.toThrow('ENOENT');
});
