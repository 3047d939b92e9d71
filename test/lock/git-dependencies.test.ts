import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { serveRepository, type ServedRepository } from '../git-repository.ts';
import { folderOfNpm, NPM_VERSIONS } from '../npm-versions.ts';
import { type FakeRegistry, startNpmRegistry } from '../pod/install/fake-registry.ts';

let top = '';
let mark = '';
let repository: ServedRepository;
let registry: FakeRegistry;

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-locking-'));
  mark = path.join(top, 'ran');
  const inner = { other: `git+http://127.0.0.1:1/other.git#${'a'.repeat(40)}` };
  const scripts = { prepare: `echo ran > ${mark}` };
  const manifest = { name: 'dependency', version: '1.0.0', scripts, devDependencies: inner };
  repository = await serveRepository(
    { 'package.json': JSON.stringify(manifest), '.npmrc': 'git=./program.sh\n' },
    { 'program.sh': `#!/bin/sh\necho ran > ${mark}\nexit 1\n` },
  );
  const dependencies = { dependency: repository.spec };
  registry = await startNpmRegistry([{ name: 'outer', version: '1.0.0', archive: Buffer.from('x'), dependencies }]);
}, 120_000);
afterAll(async () => {
  await repository.close();
  await registry.close();
  await rm(top, { recursive: true, force: true });
});

async function lock(
  version: (typeof NPM_VERSIONS)[number],
  manifest: Readonly<Record<string, unknown>>,
  npmrc = '',
): Promise<Finished> {
  const folder = await mkdtemp(path.join(top, 'source-'));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(path.join(folder, '.npmrc'), npmrc);
  return await buildless(['lock', '-f', folder, '--write'], '', top, {
    ...process.env,
    PATH: `${folderOfNpm(version)}:${process.env.PATH ?? ''}`,
    npm_config_registry: registry.address,
    npm_config_cache: path.join(top, 'cache'),
  });
}

describe.each(NPM_VERSIONS)('buildless lock with npm %s', (version) => {
  it.each(['dependencies', 'optionalDependencies', 'devDependencies'])(
    'refuses a Git dependency in %s before npm could run programs of it',
    async (group) => {
      const { status, stderr } = await lock(version, {
        dependencies: { outer: '1.0.0' },
        [group]: { dependency: repository.spec },
      });
      expect(existsSync(mark)).toBe(false);
      expect(status).toBe(1);
      expect(stderr).toContain('package.json:1:');
      expect(stderr).toContain('"dependency" comes from Git');
      expect(stderr).toContain('buildless.dev/install-scripts: allow (for a folder: --install-scripts)');
    },
  );

  it('runs no program of a Git dependency that a package of a registry asks for', async () => {
    const { status, stderr } = await lock(version, { dependencies: { outer: '1.0.0' } });
    expect(existsSync(mark)).toBe(false);
    expect(status).toBe(1);
    expect(stderr).toContain(`a dependency comes from Git (${repository.spec.replace('git+', '').split('#')[0] ?? ''}`);
  });

  it('starts no program that the .npmrc of the source names', async () => {
    const npmrc = `git=${path.join(top, 'program.sh')}\n`;
    await writeFile(path.join(top, 'program.sh'), `#!/bin/sh\necho ran > ${mark}\n`, { mode: 0o755 });
    await lock(version, { dependencies: { outer: '1.0.0' } }, npmrc);
    expect(existsSync(mark)).toBe(false);
  });
});
