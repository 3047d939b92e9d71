import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchFastInstallers } from '../../scripts/fast-installers.mjs';
import { buildless, type Finished } from '../cli/command.ts';
import type { FakeRegistry } from '../pod/install/fake-registry.ts';
import { type DistributionFile, makeSdist, makeWheel, startIndex } from '../pod/install/python-index.ts';
import { writeTree } from '../pod/pod-programs.ts';

/** Through the real uv and pip, with a package whose setup.py leaves a trace. */
let top = '';
let trace = '';
let sdist: DistributionFile;
let index: FakeRegistry;
let runtime = '';
const environments: Record<'uv' | 'pip', NodeJS.ProcessEnv> = { uv: {}, pip: {} };

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-programs-'));
  trace = path.join(top, 'setup-ran');
  sdist = makeSdist(top, 'evil', '1.0', trace);
  const files = await startIndex([sdist]);
  const asks = await makeWheel(top, 'asks', '1.0', { requires: [`evil @ ${files.address}files/${sdist.file}`] });
  const own = await startIndex([asks, sdist]);
  index = {
    ...own,
    close: async () => {
      await Promise.all([own.close(), files.close()]);
    },
  };
  const kept = path.resolve(import.meta.dirname, '../../node_modules/.cache/buildless/bin');
  const tools = await fetchFastInstallers(kept);
  const bare = (process.env.PATH ?? '').split(path.delimiter).filter((each) => !existsSync(path.join(each, 'uv')));
  const env = { ...process.env, PIP_INDEX_URL: `${index.address}simple`, UV_DEFAULT_INDEX: `${index.address}simple` };
  environments.pip = { ...env, PATH: bare.join(path.delimiter) };
  environments.uv = { ...env, PATH: [tools, ...bare].join(path.delimiter) };
  const script = 'import sys; print("python%d%d" % sys.version_info[:2])';
  runtime = execFileSync('python3', ['-c', script], { encoding: 'utf8' }).trim();
}, 300_000);
beforeEach(async () => {
  await rm(trace, { force: true });
});
afterAll(async () => {
  await index.close();
  await rm(top, { recursive: true, force: true });
});

let count = 0;
async function lock(tool: 'uv' | 'pip', requirements: string, ...flags: readonly string[]): Promise<Finished> {
  const folder = path.join(top, `source-${(count += 1)}`);
  const setup = `open(${JSON.stringify(trace)}, 'w').close()\nfrom setuptools import setup\nsetup(name='own', version='1')\n`;
  await writeTree(folder, {
    'requirements.txt': `${requirements}\n`,
    'more.txt': '-e ./lib\n',
    'lib/setup.py': setup,
    'lib/pyproject.toml': '[project]\nname = "own"\ndynamic = ["version"]\n[build-system]\nrequires = ["setuptools"]\n',
    'evil-1.0.tar.gz': sdist.content,
  });
  return await buildless(['lock', '-f', folder, '--runtime', runtime, ...flags], '', top, environments[tool]);
}

describe.each(['uv', 'pip'] as const)('buildless lock through %s runs no code of a dependency', (tool) => {
  it.each([
    ['an archive of the source', './evil-1.0.tar.gz'],
    ['the same by its name', 'evil @ file:evil-1.0.tar.gz'],
    ['a project', './lib'],
    ['an editable one', '-e ./lib'],
    ['an editable one in an included file', '-r more.txt'],
    ['an archive at an address', 'evil @ https://host.example/evil-1.0.tar.gz'],
    ['a repository', `evil @ git+https://host.example/evil@${'a'.repeat(40)}`],
    ['sources asked for', '--no-binary evil\nevil==1.0'],
  ])('with %s, and says what allows it', async (_title, requirements) => {
    const { status, stderr } = await lock(tool, requirements);
    expect(stderr).toContain('a dependency would run its own code to be resolved');
    expect(stderr).toContain('buildless.dev/install-scripts: allow (for a folder: --install-scripts)');
    expect([status, existsSync(trace)]).toEqual([1, false]);
  });

  it.each([
    ['has no wheel', 'evil==1.0'],
    ['asks for an archive at an address', 'asks==1.0'],
  ])('if a package of an index %s', async (_title, requirements) => {
    const { status } = await lock(tool, requirements);
    expect([status, existsSync(trace)]).toEqual([1, false]);
  });
});
