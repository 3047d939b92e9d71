import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, type Finished } from '../cli/command.ts';
import { environments } from './uv-on-path.ts';
import { startNpmRegistry, startRefusing } from '../pod/install/fake-registry.ts';
import { ODD_DEPLOYMENT } from '../manifests/odd-deployment.ts';

/** Against the real registries, through the real npm, uv and pip. */
const run = promisify(execFile);
let top = '';
let withUv: NodeJS.ProcessEnv = {};
let withoutUv: NodeJS.ProcessEnv = {};
let python = '';

beforeAll(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'buildless-locking-'));
  ({ withUv, withoutUv } = await environments(top));
  const version = await run('python3', ['-c', 'import sys; print("%d%d" % sys.version_info[:2])']);
  python = `python${version.stdout.trim()}`;
}, 300_000);
afterAll(async () => {
  await rm(top, { recursive: true, force: true });
});

let count = 0;
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  count += 1;
  const folder = path.join(top, `source-${count}`);
  await mkdir(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

const lock = (folder: string, args: readonly string[] = [], env = withUv): Promise<Finished> =>
  buildless(['lock', '-f', folder, ...args], '', top, env);
const isLocked = (folder: string): Promise<Finished> => buildless(['validate', '-f', folder, '--level', 'locked']);

describe('buildless lock of a folder with package.json', () => {
  it('shows a diff and changes nothing without --write', async () => {
    const folder = await folderWith({ 'package.json': '{"dependencies":{"dayjs":"^1.11.0"}}' });
    const { status, stdout } = await lock(folder);
    expect(status).toBe(0);
    expect(stdout).toContain(`+++ ${folder}/package-lock.json`);
    expect(stdout).toMatch(/^\+ +"integrity": "sha512-/m);
    expect((await isLocked(folder)).status).toBe(1);
    const whole = await lock(folder, ['--output', 'lock']);
    expect(JSON.parse(whole.stdout)).toMatchObject({ lockfileVersion: 3 });
  });

  it('writes what npm ci takes and the level "locked" admits, and changes nothing the second time', async () => {
    const manifest = '{"dependencies":{"is-odd":"^3.0.0"},"optionalDependencies":{"fsevents":"*"}}';
    const folder = await folderWith({ 'package.json': manifest });
    expect(await lock(folder, ['--write'])).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/: the source of a Function\n[^]*\/package-lock\.json is locked\.\n$/) as string,
    });
    const text = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
    // Also what this machine does not install.
    expect(text).toContain('node_modules/fsevents');
    expect(await isLocked(folder)).toMatchObject({ status: 0 });
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });

    expect((await lock(folder, ['--write'])).stderr).toBe(
      `${folder}: the source of a Function\n${folder}/package-lock.json is locked already.\n`,
    );
    expect(await readFile(path.join(folder, 'package-lock.json'), 'utf8')).toBe(text);
  });

  it.each(['package-lock.json', 'npm-shrinkwrap.json'])(
    'keeps the versions of %s, and takes the newest with --refresh',
    async (file) => {
      const folder = await folderWith({ 'package.json': '{"dependencies":{"is-odd":"3.0.0"}}' });
      const text = (await lock(folder, ['--output', 'lock'])).stdout;
      const old = '{"dependencies":{"is-odd":"^3.0.0"}}';
      const again = await folderWith({
        'package.json': old,
        [file]: text.replaceAll('"is-odd": "3.0.0"', '"is-odd": "^3.0.0"'),
      });
      const versionIn = ({ stdout }: { stdout: string }): unknown => {
        const parsed = JSON.parse(stdout) as { packages: Record<string, { version: string }> };
        return parsed.packages['node_modules/is-odd']?.version;
      };
      expect(versionIn(await lock(again, ['--output', 'lock']))).toBe('3.0.0');
      expect(versionIn(await lock(again, ['--output', 'lock', '--refresh']))).toBe('3.0.1');
    },
  );

  it('never writes the address of a mirror', async () => {
    const registry = await startNpmRegistry([{ name: 'left', version: '1.0.0', archive: Buffer.from('x') }]);
    try {
      const folder = await folderWith({ 'package.json': '{"dependencies":{"left":"1.0.0"}}' });
      const env = { ...withUv, npm_config_registry: registry.address };
      const { status, stderr } = await lock(folder, ['--write'], env);
      expect(status).toBe(0);
      expect(stderr).toContain(`the addresses of ${new URL(registry.address).host} are left out`);
      const text = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
      expect(text).toContain('"integrity": "sha512-');
      expect(text).not.toContain('127.0.0.1');
      expect(await isLocked(folder)).toMatchObject({ status: 0 });
    } finally {
      await registry.close();
    }
  });

  it("passes npm's own message on, without credentials", async () => {
    const registry = await startRefusing(403);
    try {
      const folder = await folderWith({ 'package.json': '{"dependencies":{"left":"1.0.0"}}' });
      const address = registry.address.replace('http://', 'http://me:hunter2@');
      const { status, stdout, stderr } = await lock(folder, ['--write'], { ...withUv, npm_config_registry: address });
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/error: .*: npm \d+\.\S+ could not resolve package\.json/);
      expect(stderr).toContain('npm error code E403');
      expect(stderr).not.toContain('hunter2');
    } finally {
      await registry.close();
    }
  });
});

describe('buildless lock of a folder with requirements.txt', () => {
  it('writes a pylock.toml for both platforms through uv, which the level "locked" admits, once', async () => {
    const folder = await folderWith({ 'requirements.txt': 'markupsafe>=3,<4\nrequests==2.32.3\n' });
    expect(await lock(folder, ['--write', '--runtime', 'python312'])).toMatchObject({ status: 0 });
    const text = await readFile(path.join(folder, 'pylock.toml'), 'utf8');
    expect(text).toMatch(/MarkupSafe-\S+cp312\S+x86_64|markupsafe-\S+cp312\S+x86_64/);
    expect(text).toMatch(/markupsafe-\S+cp312\S+aarch64/i);
    expect(text).not.toMatch(/musllinux|win_amd64|macosx|cp311-cp311/);
    expect(await isLocked(folder)).toMatchObject({ status: 0 });
    expect((await lock(folder, ['--write', '--runtime', 'python312'])).stderr).toContain('is locked already');
    expect(await readFile(path.join(folder, 'pylock.toml'), 'utf8')).toBe(text);
  });

  it('locks for one platform alone where that is asked for', async () => {
    const folder = await folderWith({ 'requirements.txt': 'markupsafe==3.0.2\n' });
    const args = ['--runtime', 'python312', '--platform', 'linux/arm64', '--output', 'lock'];
    const { stdout } = await lock(folder, args);
    expect(stdout).toContain('aarch64');
    expect(stdout).not.toContain('x86_64');
  });

  it('does it through pip where uv is not there, for the Python and machine that pip runs on', async () => {
    const folder = await folderWith({ 'requirements.txt': 'markupsafe>=3,<4\n' });
    const { status, stderr } = await lock(folder, ['--write', '--runtime', python], withoutUv);
    expect({ status, stderr }).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('alone, as uv is missing') as string,
    });
    expect(await isLocked(folder)).toMatchObject({ status: 0 });
  });

  it('says what is missing where neither can do it', async () => {
    const folder = await folderWith({ 'requirements.txt': 'markupsafe>=3,<4\n' });
    const other = python === 'python313' ? 'python314' : 'python313';
    const version = await lock(folder, ['--runtime', other], { ...withoutUv, PATH: await onlyPython() });
    expect(version.status).toBe(1);
    expect(version.stderr).toMatch(
      /neither uv nor a Python 3\.1\d with pip 22\.2 or newer is there \(.*\)\n +install uv/,
    );
    const runtime = await lock(folder);
    expect(runtime).toMatchObject({ status: 2, stdout: '' });
    expect(runtime.stderr).toContain('give --runtime, e.g. --runtime python312');
  });

  it("passes uv's own message on", async () => {
    const folder = await folderWith({ 'requirements.txt': 'requests==0.0.0.1\n' });
    const { status, stderr } = await lock(folder, ['--runtime', 'python312']);
    expect(status).toBe(1);
    expect(stderr).toContain('uv could not resolve requirements.txt for Python 3.12 on linux/amd64');
    expect(stderr).toMatch(/requests==0\.0\.0\.1/);
  });

  it('leaves requirements alone that have their hashes already', async () => {
    const text = `markupsafe==3.0.2 --hash=sha256:${'a'.repeat(64)}\n`;
    const folder = await folderWith({ 'requirements.txt': text });
    const { status, stdout, stderr } = await lock(folder, ['--runtime', 'python312']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toContain('requirements.txt is locked already');
  });
});

/** A PATH with the one Python of this machine on it, under its plain name only. */
async function onlyPython(): Promise<string> {
  const folder = path.join(top, 'only-python');
  const { stdout } = await run('python3', ['-c', 'import sys; print(sys.executable)']);
  await mkdir(folder);
  await writeFile(path.join(folder, 'python3'), `#!/bin/sh\nexec ${stdout.trim()} "$@"\n`, { mode: 0o755 });
  return folder;
}

const MANIFEST = `# Who wrote this, and why.
apiVersion: v1
kind: ConfigMap
metadata:
    name: shop   # the source
    labels: {buildless.dev/function: shop}
data:
    handler.js: |
        module.exports = { main: () => "x" }; // kept
    package.json: '{"dependencies": {"dayjs": "^1.11.0"}}'

${ODD_DEPLOYMENT}`;

describe('buildless lock of a manifest', () => {
  it('writes the lock into the ConfigMap and leaves every other line as it was', async () => {
    const folder = await folderWith({ 'shop.yaml': MANIFEST });
    expect(await lock(folder, ['--write'])).toMatchObject({
      status: 0,
      stderr: `${folder}: a folder of manifests\n${folder}/shop.yaml is locked.\n`,
    });
    const text = await readFile(path.join(folder, 'shop.yaml'), 'utf8');
    const added = text.split('\n').filter((line) => !MANIFEST.split('\n').includes(line));
    expect(added[0]).toBe('    package-lock.json: |');
    const rest = MANIFEST.split('\n').filter((line) => line !== '');
    expect(text.split('\n').filter((line) => rest.includes(line))).toEqual(rest);
    expect(await isLocked(folder)).toMatchObject({ status: 0 });
    expect((await lock(folder, ['--write'])).stderr).toBe(
      `${folder}: a folder of manifests\n${folder}/shop.yaml is locked already.\n`,
    );
    expect(await readFile(path.join(folder, 'shop.yaml'), 'utf8')).toBe(text);
  });

  it('takes the version of Python from the Function', async () => {
    const manifest = MANIFEST.replace('nodejs22', 'python313')
      .replace(/package\.json: .*/, 'requirements.txt: markupsafe==3.0.2')
      .replace('handler.js', 'handler.py');
    const folder = await folderWith({ 'shop.yaml': manifest });
    expect(await lock(folder, ['--write'])).toMatchObject({ status: 0 });
    const text = await readFile(path.join(folder, 'shop.yaml'), 'utf8');
    expect(text).toMatch(/^ {4}pylock\.toml: \|\n {6}lock-version = "1\.0"$/m);
    expect(text).toContain('cp313-cp313-manylinux');
    expect(await isLocked(folder)).toMatchObject({ status: 0 });
    expect((await lock(folder, ['--write'])).stderr).toContain('is locked already');
  });

  it('keeps JSON as JSON', async () => {
    const configMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', labels: { 'buildless.dev/function': 'x' } },
      data: { 'handler.js': '', 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' },
    };
    const folder = await folderWith({ 'x.json': JSON.stringify(configMap, null, 2) });
    expect(await lock(path.join(folder, 'x.json'), ['--write'])).toMatchObject({ status: 0 });
    const written = JSON.parse(await readFile(path.join(folder, 'x.json'), 'utf8')) as typeof configMap;
    expect(Object.keys(written.data)).toEqual(['handler.js', 'package.json', 'package-lock.json']);
  });

  it('gives the manifest of a pipe back, locked', async () => {
    const { status, stdout } = await buildless(['lock', '-f', '-', '--write'], MANIFEST, top, withUv);
    expect(status).toBe(0);
    expect((await buildless(['validate', '-f', '-', '--level', 'locked'], stdout)).status).toBe(0);
  });

  it('says so where the lock does not fit into a ConfigMap', async () => {
    const folder = await folderWith({
      'shop.yaml': MANIFEST.replace('// kept', `// ${'x'.repeat(1024 * 1024 - 200)}`),
    });
    const { status, stdout, stderr } = await lock(folder, ['--write']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /ConfigMap shop: with its lock the ConfigMap has 102\d KiB, and Kubernetes allows 1024 KiB\n +need fewer packages, divide the source/,
    );
    expect(await readFile(path.join(folder, 'shop.yaml'), 'utf8')).not.toContain('package-lock.json');
  });

  it('locks several ConfigMaps of one source as a whole, and writes the lock next to package.json', async () => {
    const manifest = MANIFEST.replace(
      'annotations: {',
      'annotations: {buildless.dev/source: configmap:shop-data+shop, ',
    ).replace('---', '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop-data}\ndata: {words: a}\n---');
    const folder = await folderWith({ 'shop.yaml': manifest });
    expect(await lock(folder, ['--write'])).toMatchObject({ status: 0 });
    const text = await readFile(path.join(folder, 'shop.yaml'), 'utf8');
    expect(text).toContain('data: {words: a}');
    expect(text).toMatch(/name: shop {3}# the source[^]*package-lock\.json: \|[^]*name: shop-data/);
    expect((await lock(folder, ['--write'])).stderr).toBe(
      `${folder}: a folder of manifests\n${folder}/shop.yaml is locked already.\n`,
    );
  });

  it('refuses one ConfigMap for two versions of Python', async () => {
    const python312 = MANIFEST.replace('nodejs22', 'python312').replace(/package\.json: .*/, 'requirements.txt: x');
    const other = python312.slice(python312.indexOf('---')).replace('python312', 'python313');
    const folder = await folderWith({ 'shop.yaml': `${python312}${other}` });
    const { status, stderr } = await lock(folder);
    expect(status).toBe(2);
    expect(stderr).toContain('Functions of Python 3.12 and 3.13 share it, and one lock is for one version');
  });

  it('has nothing to do without dependencies', async () => {
    const folder = await folderWith({ 'shop.yaml': MANIFEST.replace(/ {4}package\.json: .*\n/, '') });
    const { status, stdout, stderr } = await lock(folder);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    expect(stderr).toBe(`${folder}: a folder of manifests\nThere is nothing to lock: no dependencies were found.\n`);
  });
});
