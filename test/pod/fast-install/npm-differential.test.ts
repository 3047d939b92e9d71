import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeOutcome } from '../../../src/pod/nodejs/install/judged-outcome.ts';
import { ownPlatform } from '../../../src/pod/nodejs/install/own-platform.ts';
import { readInstalledPackages } from '../../../src/pod/nodejs/install/installed-packages.ts';
import { folderOfNpm, NPM_VERSIONS } from '../../npm-versions.ts';
import { PUBLIC_REGISTRY } from '../../../src/dependencies/npm/registries.ts';
import { Folders } from '../pod-programs.ts';
import { FastPod } from './fast-pod.ts';
import { NPM_SETS } from './npm-sets.ts';

const folders = new Folders();
let pod: FastPod;
const installedBy: Record<'bun' | 'npm', string[]> = { bun: [], npm: [] };

beforeAll(async () => {
  pod = await FastPod.open(folders);
});
afterAll(async () => {
  await folders.removeAll();
});

/**
 * What Node.js itself finds: from the handler and from each package, every package that it names, and whether the handler
 * can load what it asks for. Knows nothing of locks.
 */
const PROBE = `
import { createRequire } from 'node:module';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
const read = (folder) => JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const where = (from, name) => createRequire(path.join(from, 'x.js')).resolve.paths('no-builtin')
  .filter((folder) => folder.startsWith(process.cwd()))
  .map((folder) => path.join(folder, name)).find((folder) => existsSync(path.join(folder, 'package.json')));
const titled = (folder) => { const { name, version } = read(folder); return name + '@' + version; };
const lines = new Set();
const queue = [process.cwd()];
const seen = new Set(queue);
for (const folder of queue) {
  const { dependencies, optionalDependencies, peerDependencies } = read(folder);
  const from = folder === process.cwd() ? 'handler' : titled(folder);
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
    const found = where(folder, name);
    lines.add(from + ' > ' + name + ': ' + (found === undefined ? 'nothing' : titled(found)));
    if (found !== undefined && !seen.has(realpathSync(found))) { seen.add(realpathSync(found)); queue.push(found); }
  }
}
for (const name of JSON.parse(process.argv[2])) {
  const found = where(process.cwd(), name);
  lines.add('handler > ' + name + ': ' + (found === undefined ? 'nothing' : titled(found)));
}
const own = read(process.cwd());
for (const name of Object.keys({ ...own.dependencies, ...own.optionalDependencies })) {
  const loaded = await import(name).then(() => 'loads', (error) => error.code ?? error.name);
  lines.add('load ' + name + ': ' + loaded);
}
console.log(JSON.stringify([...lines].sort()));
process.exit(0);
`;

function probe(folder: string, names: readonly string[]): unknown {
  const script = path.join(folder, 'probe.mjs');
  const options = {
    cwd: folder,
    encoding: 'utf8' as const,
    stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'],
  };
  try {
    return JSON.parse(execFileSync(process.execPath, [script, JSON.stringify(names)], options)) as unknown;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').find((line) => line.includes('Error')) : error;
  }
}

const namesOf = async (folder: string): Promise<string[]> => {
  const lock = JSON.parse(await readFile(path.join(folder, 'package-lock.json'), 'utf8')) as { packages: object };
  return [...new Set(Object.keys(lock.packages).flatMap((place) => place.split('node_modules/').at(-1) ?? []))].filter(
    (name) => name !== '',
  );
};

describe('auto finds for a handler what npm ci finds', () => {
  it.each(Object.entries(NPM_SETS))('with %s', async (title, { '.npmrc': npmrc, ...manifest }) => {
    const files = { 'package.json': manifest, 'handler.js': '', ...(npmrc !== undefined && { '.npmrc': npmrc }) };
    const { source, root } = await pod.stage(files);
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--silent', '--engine-strict=false'];
    // Each version has half of the sets.
    const version = NPM_VERSIONS[Object.keys(NPM_SETS).indexOf(title) % 2] ?? NPM_VERSIONS[0];
    const env = { ...process.env, PATH: `${folderOfNpm(version)}:${process.env.PATH ?? ''}` };
    const npm = (folder: string, ...args: readonly string[]): void => {
      execFileSync('npm', [...args, ...quiet, '--omit-lockfile-registry-resolved=false'], { cwd: folder, env });
    };
    npm(source, 'install', '--package-lock-only');

    const own = await pod.stage({});
    execFileSync('cp', ['-rT', source, own.source]);
    npm(own.source, 'ci', '--omit=dev', '--prefer-offline');
    const installation = { installer: `npm ${version}`, platform: ownPlatform(version), log: () => undefined };
    const registry = process.env.npm_config_registry ?? PUBLIC_REGISTRY;
    expect(judgeOutcome(own.source, { ...installation, level: 'locked', scripts: false, registry })).toBeUndefined();
    const { code, output } = await pod.prepare('nodejs', { source, root }, { flags: ['--fast=bun', '--version=20'] });

    expect(code, output).toBe(0);
    installedBy[output.includes('bun installed') ? 'bun' : 'npm'].push(`${title}: ${output}`);
    const fast = path.join(root, 'function');
    const names = await namesOf(source);
    for (const folder of [own.source, fast]) await writeFile(path.join(folder, 'probe.mjs'), PROBE);
    const expected = probe(own.source, names);
    expect(expected).toBeInstanceOf(Array);
    expect(probe(fast, names)).toEqual(expected);
    expect(readInstalledPackages(fast)).toEqual(readInstalledPackages(own.source));
    expect(existsSync(path.join(fast, 'bun.lock'))).toBe(false);
  });

  it('and bun does most of it', () => {
    expect(installedBy.bun.length, installedBy.npm.join('\n')).toBeGreaterThan(Object.keys(NPM_SETS).length * 0.7);
  });
});
