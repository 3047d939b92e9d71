import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchFastInstallers } from '../../scripts/fast-installers.mjs';
import { readInstalledPackages } from '../../src/pod/nodejs/install/installed-packages.ts';
import { spdx } from '../../src/sbom/spdx.ts';
import { buildless, type Finished } from '../cli/command.ts';
import { FastPod, locked, type FilesOfTest } from '../pod/fast-install/fast-pod.ts';
import { Folders, KEPT } from '../pod/pod-programs.ts';
import { RECORDED_BILL } from './recorded-bill.ts';

const folders = new Folders();
let pod: FastPod;
const PYTHON = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim();
const RUNTIME = `python${PYTHON.replace('.', '')}`;

/** One of everything: a scope, an alias, the same package twice, packages for one platform, for development, and optional ones. */
const NPM = {
  name: 'shop',
  dependencies: {
    '@sindresorhus/is': '7.0.2',
    chokidar: '3.6.0',
    debug: '2.6.9',
    esbuild: '0.25.12',
    ms: '2.1.3',
    old: 'npm:ms@0.7.0',
  },
  devDependencies: { semver: '7.6.3' },
};

interface Bom {
  readonly serialNumber: string;
  readonly components: readonly {
    readonly purl?: string;
    readonly hashes?: readonly unknown[];
    readonly licenses?: readonly unknown[];
    readonly externalReferences?: readonly { readonly hashes?: readonly unknown[] }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const sources: Record<'npm' | 'pylock' | 'hashes', { folder: string; files: FilesOfTest }> = {
  npm: { folder: '', files: {} },
  pylock: { folder: '', files: {} },
  hashes: { folder: '', files: {} },
};

const sbom = (source: keyof typeof sources, ...args: readonly string[]): Promise<Finished> =>
  buildless(['sbom', '-f', sources[source].folder, '--runtime', source === 'npm' ? 'nodejs22' : RUNTIME, ...args]);
const bomOf = async (source: keyof typeof sources, ...args: readonly string[]): Promise<Bom> => {
  const { status, stdout, stderr } = await sbom(source, ...args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as Bom;
};
const purlsIn = ({ components }: Bom): readonly string[] =>
  components.flatMap(({ purl }) => (purl?.startsWith('pkg:oci/') === false ? [purl] : [])).sort();

beforeAll(async () => {
  pod = await FastPod.open(folders);
  const top = await folders.open('sbom');
  const make = async (name: keyof typeof sources, files: FilesOfTest): Promise<string> => {
    const folder = path.join(top, name);
    await mkdir(folder);
    for (const [file, content] of Object.entries(files))
      await writeFile(path.join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    return folder;
  };
  const npm = await make('npm', { 'handler.js': 'exports.main = () => 1;', 'package.json': NPM });
  execFileSync('npm', ['install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: npm });
  const lock = await readFile(path.join(npm, 'package-lock.json'), 'utf8');
  sources.npm = { folder: npm, files: { 'package.json': NPM, 'package-lock.json': lock, 'handler.js': '' } };

  const asked = 'flask==3.0.3\ncolorama==0.4.6; sys_platform == "win32"\n';
  const pylock = await make('pylock', {
    'handler.py': 'def main(event, context): return 1',
    'requirements.txt': asked,
  });
  const result = await buildless(['lock', '-f', pylock, '--runtime', RUNTIME, '--write']);
  expect(result.status, result.stderr).toBe(0);
  const files = Object.fromEntries(
    await Promise.all(
      ['requirements.txt', 'pylock.toml'].map(async (file) => [file, await readFile(path.join(pylock, file), 'utf8')]),
    ),
  ) as FilesOfTest;
  sources.pylock = { folder: pylock, files: { ...files, 'handler.py': '' } };

  const text = await locked(['requests==2.32.3'], PYTHON);
  const hashed = { 'handler.py': 'def main(event, context): return 1', 'requirements.txt': text };
  sources.hashes = { folder: await make('hashes', hashed), files: hashed };
}, 180_000);
afterAll(() => folders.removeAll());

const DISTRIBUTIONS = `
import importlib.metadata as metadata, json, re
found = metadata.distributions(path=['.python-packages'])
print(json.dumps(sorted('pkg:pypi/' + re.sub('[-_.]+', '-', each.metadata['Name']).lower() + '@' + each.version for each in found)))
`;

describe('the bill of a Function lists what is on the disk after the Pod installed it', () => {
  it('from npm', { timeout: 120_000 }, async () => {
    const staged = await pod.stage(sources.npm.files);
    const { code, output } = await pod.prepare('nodejs', staged, { flags: ['--fast=bun'] });
    expect(code, output).toBe(0);
    const installed = readInstalledPackages(path.join(staged.root, 'function'));
    const purls = [...installed.values()].map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`);
    const platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
    expect(purlsIn(await bomOf('npm', '--platform', platform))).toEqual([...new Set(purls)].sort());
    expect(purls.length).toBeGreaterThan(15);
  });

  it.each(['pylock', 'hashes'] as const)('from PyPI: %s', { timeout: 120_000 }, async (source) => {
    const staged = await pod.stage(sources[source].files);
    const { code, output } = await pod.prepare('python', staged, { flags: ['--fast=uv', `--version=${PYTHON}`] });
    expect(code, output).toBe(0);
    const cwd = path.join(staged.root, 'function');
    const installed: unknown = JSON.parse(
      execFileSync('python3', ['-I', '-c', DISTRIBUTIONS], { cwd, encoding: 'utf8' }),
    );
    expect(purlsIn(await bomOf(source))).toEqual(installed);
  });
});

describe('a bill', () => {
  it.each(['npm', 'pylock', 'hashes'] as const)('of %s is valid CycloneDX 1.6', async (source) => {
    const { stdout } = await sbom(source);
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(stdout)).toBeNull();
  });

  it('is valid SPDX 2.3, as the tools of the SPDX project read it', { timeout: 180_000 }, async () => {
    const folder = await folders.open('spdx');
    const uv = path.join(await fetchFastInstallers(KEPT), 'uv');
    execFileSync(uv, ['venv', '--quiet', '--no-config', '--python', 'python3', path.join(folder, 'tools')]);
    const python = path.join(folder, 'tools/bin/python');
    execFileSync(uv, ['pip', 'install', '--quiet', '--no-config', '--python', python, 'spdx-tools==0.8.5']);
    const texts = {
      npm: (await sbom('npm', '-o', 'spdx-json')).stdout,
      pylock: (await sbom('pylock', '-o', 'spdx-json')).stdout,
      hashes: (await sbom('hashes', '-o', 'spdx-json')).stdout,
      recorded: JSON.stringify(spdx(RECORDED_BILL, new Date(0))),
    };
    for (const [source, text] of Object.entries(texts)) {
      const file = path.join(folder, `${source}.spdx.json`);
      await writeFile(file, text);
      execFileSync(path.join(folder, 'tools/bin/pyspdxtools'), ['-i', file, '--version', 'SPDX-2.3'], {
        stdio: 'pipe',
      });
    }
  });

  it('is the same each time, and another one for another platform', async () => {
    const [one, same, other] = [await sbom('npm'), await sbom('npm'), await sbom('npm', '--platform', 'linux/arm64')];
    expect(same.stdout).toBe(one.stdout);
    const [serial, otherSerial] = [one, other].map(({ stdout }) => (JSON.parse(stdout) as Bom).serialNumber);
    expect(otherSerial).not.toBe(serial);
    expect(purlsIn(JSON.parse(one.stdout) as Bom)).toContain('pkg:npm/%40esbuild/linux-x64@0.25.12');
    expect(purlsIn(JSON.parse(other.stdout) as Bom)).toContain('pkg:npm/%40esbuild/linux-arm64@0.25.12');
  });

  it('of npm has a hash and a licence of each package, and who asks for whom', async () => {
    const { components, dependencies } = await bomOf('npm');
    const packages = components.filter(({ purl }) => purl?.startsWith('pkg:npm/'));
    expect(packages.filter(({ hashes, licenses }) => hashes?.length !== 1 || licenses?.length !== 1)).toEqual(
      // Its package.json has no licence field.
      packages.filter(({ purl }) => purl === 'pkg:npm/ms@0.7.0'),
    );
    const asks = new Map(dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
    expect(asks.get('function')).toEqual([
      'runtime-image',
      'pkg:npm/%40sindresorhus/is@7.0.2',
      'pkg:npm/chokidar@3.6.0',
      'pkg:npm/debug@2.6.9',
      'pkg:npm/esbuild@0.25.12',
      'pkg:npm/ms@0.7.0',
      'pkg:npm/ms@2.1.3',
    ]);
    // Not the one at the top of the tree.
    expect(asks.get('pkg:npm/debug@2.6.9')).toEqual(['pkg:npm/ms@2.0.0']);
  });

  it('of Python has the hashes of each file, of which one is installed, and leaves out what another system needs', async () => {
    for (const source of ['pylock', 'hashes'] as const) {
      const bom = await bomOf(source);
      const packages = bom.components.filter(({ purl }) => purl?.startsWith('pkg:pypi/'));
      const unhashed = packages.filter(
        ({ hashes = [], externalReferences = [] }) =>
          hashes.length + externalReferences.flatMap((each) => each.hashes ?? []).length === 0,
      );
      expect(unhashed).toEqual([]);
      expect(purlsIn(bom).filter((purl) => purl.includes('colorama'))).toEqual([]);
    }
  });

  it('of SPDX has the time of SOURCE_DATE_EPOCH', async () => {
    const args = ['sbom', '-f', sources.npm.folder, '--runtime', 'nodejs22', '-o', 'spdx-json'];
    const { stdout } = await buildless(args, '', undefined, { ...process.env, SOURCE_DATE_EPOCH: '1767225600' });
    expect(JSON.parse(stdout)).toMatchObject({ creationInfo: { created: '2026-01-01T00:00:00Z' } });
    const wrong = await buildless(args, '', undefined, { ...process.env, SOURCE_DATE_EPOCH: 'yesterday' });
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('the list of licences', () => {
  it('of npm has a line for each package, by licence, and what is not known comes last', async () => {
    const { status, stdout } = await sbom('npm', '-o', 'licences');
    expect(status).toBe(0);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head?.split(/ {2,}/)).toEqual(['LICENCE', 'PACKAGE', 'VERSION']);
    const cells = lines.map((line) => line.split(/ {2,}/));
    expect(cells).toContainEqual(['ISC', 'glob-parent', '5.1.2']);
    expect(cells.at(-1)).toEqual(['unknown', 'ms', '0.7.0']);
    const known = cells.slice(0, -1).map(([licence = '']) => licence);
    expect(known).toEqual([...known].sort());
  });

  it('has the verdicts of the configuration, also as JSON', async () => {
    const folder = await folders.open('licences');
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, 'dependencies: { licences: { refused: [ISC], exceptions: [anymatch] } }\n');
    const { stdout } = await sbom('npm', '-o', 'licences', '--config', config);
    expect(stdout).toMatch(/^ISC +anymatch +3\.1\.3 +allowed$/m);
    expect(stdout).toMatch(/^ISC +glob-parent +5\.1\.2 +refused$/m);
    expect(stdout).toMatch(/^unknown +ms +0\.7\.0 +unknown$/m);
    const json = await sbom('npm', '-o', 'licences-json', '--config', config);
    const { licences } = JSON.parse(json.stdout) as { licences: { licence?: string; packages: object[] }[] };
    expect(licences.find(({ licence }) => licence === 'ISC')?.packages).toContainEqual({
      name: 'glob-parent',
      version: '5.1.2',
      purl: 'pkg:npm/glob-parent@5.1.2',
      verdict: 'refused',
    });
  });

  it('of Python is unknown, as no lock has licences', async () => {
    const { stdout } = await sbom('pylock', '-o', 'licences');
    expect(stdout).toMatch(/^unknown +flask +3\.0\.3$/m);
  });

  it('is what validate compares with the configuration, without a registry', async () => {
    const folder = await folders.open('licences-validate');
    const config = path.join(folder, 'config.yaml');
    await writeFile(config, 'dependencies: { licences: { refused: [ISC] } }\n');
    const { status, stdout } = await buildless(['validate', '-f', sources.npm.folder, '--config', config]);
    expect(stdout).toContain(
      '"glob-parent" 5.1.2 has the licence ISC, which this cluster refuses; it comes with package.json > chokidar@3.6.0 > glob-parent@5.1.2',
    );
    expect(stdout).not.toContain('licence-unknown');
    expect(status).toBe(1);
    const python = await buildless(['validate', '-f', sources.pylock.folder, '--config', config]);
    expect(python.status, python.stdout).toBe(0);
  });
});

describe('there is no bill', () => {
  it.each<[string, readonly string[], number, string]>([
    [
      'of a Function whose lock is missing',
      ['-f', 'examples/python-pydantic'],
      1,
      'none of the 5 requirements has a --hash',
    ],
    [
      'of several Functions',
      ['-f', 'examples/hello-node', '-f', 'examples/hello-python'],
      2,
      'choose one with --function',
    ],
    [
      'of a source that is not in the input',
      ['-f', '-'],
      2,
      'the files of git+https://git.example/shop?ref=main are not in the input',
    ],
    ['of nothing', [], 2, 'give either the name of a Function or files'],
    ['of both', ['shop', '-f', '-'], 2, 'give either the name of a Function or files'],
  ])('%s: %s', async (_what, args, status, message) => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'shop',
        labels: { 'buildless.dev/function': 'shop' },
        annotations: {
          'buildless.dev/runtime': 'nodejs22',
          'buildless.dev/source': 'git+https://git.example/shop?ref=main',
        },
      },
      spec: { containers: [{ name: 'function', image: 'auto' }] },
    };
    const result = await buildless(['sbom', ...args], JSON.stringify(pod));
    expect(result).toMatchObject({ status, stdout: '' });
    expect(result.stderr).toContain(message);
  });
});
