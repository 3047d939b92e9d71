import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../../src/function/files.ts';
import { bundlePodPrograms, Folders, listTree, type RunEnd, PREPARE, runInPod, writeTree } from '../pod-programs.ts';

const folders = new Folders();
let programs = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
});
afterAll(async () => {
  await folders.removeAll();
});

/** A ConfigMap volume as the kubelet makes it: every key a link through `..data` into a dated folder. */
async function mountConfigMap(keys: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const mount = await folders.open('configmap');
  const dated = '..2026_11_24_02_13_00.123456789';
  await mkdir(path.join(mount, dated));
  await symlink(dated, path.join(mount, '..data'));
  for (const [key, content] of Object.entries(keys)) {
    await writeFile(path.join(mount, dated, key), content);
    await symlink(`..data/${key}`, path.join(mount, key));
  }
  return mount;
}

interface Call {
  readonly root: string;
  readonly from: string;
  readonly source?: string;
  readonly flags?: readonly string[];
  readonly killAfter?: number;
}

async function prepare({ root, from, source = 'configmap:hello', flags = [], killAfter }: Call): Promise<RunEnd> {
  const args = ['--language=nodejs', '--level=off', ...flags];
  return await runInPod({
    command: PREPARE.command,
    args: [
      ...PREPARE.options,
      path.join(programs, 'prepare.mjs'),
      `--source=${source}`,
      `--root=${root}`,
      `--from=${from}`,
      ...args,
    ],
    ...(killAfter !== undefined && { killAfter }),
  });
}

const HANDLER = 'export const main = () => "hello";\n';
const digest = (files: Readonly<Record<string, string>>): string =>
  digestOf(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));

describe('prepare with a ConfigMap', () => {
  it('turns keys into files, nested and binary ones too, and shows them with the programs of the language', async () => {
    const root = await folders.open('root');
    const bytes = new Uint8Array([0, 255, 128]);
    const from = await mountConfigMap({
      'handler.js': HANDLER,
      'lib..deep..x.js': 'export {};\n',
      'pkg..__init__.py': '',
      'logo.png': bytes,
      '.env': 'A=1\n',
    });

    const { code, output } = await prepare({ root, from, flags: ['--handler=handler.main'] });

    expect(output).toContain('source configmap:hello: 5 files, sha256:');
    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'function'))).toEqual([
      '.env',
      'handler.js',
      'lib/deep/x.js',
      'logo.png',
      'pkg/__init__.py',
    ]);
    expect(new Uint8Array(await readFile(path.join(root, 'function/logo.png')))).toEqual(bytes);
    expect(await listTree(path.join(root, 'runtime'))).toEqual(['install.mjs']);
    expect(await listTree(root)).not.toContainEqual(expect.stringMatching(/^\.preparing/));
  });

  it('lets every user read the result, whatever the umask', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'lib..x.js': 'export {};\n' });

    const program = `umask 077; exec "${PREPARE.command}" "$@"`;
    const args = [
      ...PREPARE.options,
      path.join(programs, 'prepare.mjs'),
      '--source=configmap:hello',
      `--root=${root}`,
      `--from=${from}`,
    ];
    await runInPod({ command: 'sh', args: ['-c', program, 'sh', ...args, '--language=nodejs', '--level=off'] });

    const modes = [
      'function',
      'function/lib',
      'runtime',
      'function/handler.js',
      'function/lib/x.js',
      'runtime/install.mjs',
    ];
    const found = await Promise.all(modes.map(async (name) => (await stat(path.join(root, name))).mode & 0o777));
    expect(found).toEqual([0o755, 0o755, 0o755, 0o644, 0o644, 0o644]);
  });

  it('leaves the source staged where an installer comes after it', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': '{}' });

    const { code } = await prepare({ root, from, flags: ['--install'] });

    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'staging'))).toEqual(['handler.js', 'package.json']);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it('gives a Python Function the Python programs', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.py': 'def main(event, context):\n    return "hello"\n' });

    const { code } = await prepare({ root, from, flags: ['--language=python', '--handler=handler.main'] });

    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'runtime'))).toContain('install.py');
  });

  it.each([
    ['event', []],
    ['http', ['compiled/cpython-314-http', 'vendor-http/flask/app.py']],
  ])('gives a Function of the API %s what its server needs, and nothing of the other', async (api, expected) => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.py': 'def main(): ...\n' });
    await writeTree(path.join(programs, 'python'), {
      'compiled/cpython-314': '',
      'compiled/cpython-314-http': '',
      'vendor-http/flask/app.py': '',
    });

    const { code } = await prepare({ root, from, flags: ['--language=python', `--api=${api}`] });

    expect(code).toBe(0);
    const copied = await listTree(path.join(root, 'runtime'));
    expect(copied).toContain('compiled/cpython-314');
    expect(copied.filter((file) => /-http(?:\/|$)/.test(file))).toEqual(expected);
  });

  it('replaces all that an earlier run left', async () => {
    const root = await folders.open('root');
    await writeTree(root, {
      'function/old.js': '',
      'function/node_modules/x/index.js': '',
      'staging/old.js': '',
      'runtime/old.mjs': '',
      '.preparing/source/old.js': '',
      '.installing/pip.log': '',
    });
    execFileSync('chmod', ['-R', 'a+rwX', root]);
    const from = await mountConfigMap({ 'handler.js': HANDLER });

    const { code } = await prepare({ root, from });

    expect(code).toBe(0);
    expect(await listTree(root)).toEqual(['function/handler.js', 'runtime/install.mjs']);
  });

  it('shows nothing unfinished wherever it is killed, and finishes when it runs again', async () => {
    const root = await folders.open('root');
    const keys = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`f${index}.js`, HANDLER.repeat(50)]));
    const from = await mountConfigMap(keys);

    for (let killAfter = 30; killAfter <= 210; killAfter += 20) {
      await prepare({ root, from, killAfter });
      if (existsSync(path.join(root, 'function'))) {
        expect(await listTree(path.join(root, 'function'))).toHaveLength(400);
      }
    }
    const { code } = await prepare({ root, from });

    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'function'))).toHaveLength(400);
    expect(existsSync(path.join(root, '.preparing'))).toBe(false);
  });

  it('refuses keys that name no file inside the source, all of them at once', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'a....b.js': '', 'lib..': '', x: '', 'x..y': '' });

    const { code, output, termination } = await prepare({ root, from });

    expect(code).toBe(1);
    expect(termination).toContain('the key "a....b.js" does not name a file inside the source');
    expect(termination).toContain('the key "lib.." does not name a file inside the source');
    expect(output).toContain(termination);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it('says that nothing is mounted', async () => {
    const root = await folders.open('root');
    const { code, termination } = await prepare({ root, from: path.join(root, 'nowhere') });
    expect(code).toBe(1);
    expect(termination).toContain('nothing is mounted at');
  });
});

describe('prepare after a change of the ConfigMap', () => {
  const admitted = digest({ 'handler.js': HANDLER });

  it('is quiet where the source is the one that was admitted', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': HANDLER });
    const { code, output } = await prepare({ root, from, flags: [`--digest=${admitted}`, '--level=locked'] });
    expect(code).toBe(0);
    expect(output).not.toContain('attention');
  });

  it('says so and goes on below the level "locked"', async () => {
    const root = await folders.open('root');
    const changed = { 'handler.js': `${HANDLER}// changed\n` };
    const from = await mountConfigMap(changed);
    const { code, output } = await prepare({ root, from, flags: [`--digest=${admitted}`, '--level=exact'] });
    expect(code).toBe(0);
    expect(output).toContain(
      `attention: configmap:hello changed after this Pod was admitted: it was ${admitted} and is ${digest(changed)}`,
    );
  });

  it('refuses at the level "locked"', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': `${HANDLER}// changed\n` });
    const { code, termination } = await prepare({ root, from, flags: [`--digest=${admitted}`, '--level=locked'] });
    expect(code).toBe(1);
    expect(termination).toContain('changed after this Pod was admitted');
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });
});

describe('prepare as the last check', () => {
  it('refuses dependencies that float, all findings at once', async () => {
    const root = await folders.open('root');
    const manifest = JSON.stringify({ dependencies: { axios: 'latest', lodash: '*' } });
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest });

    const { code, termination } = await prepare({ root, from, flags: ['--level=no-latest', '--install'] });

    expect(code).toBe(1);
    expect(termination).toContain('the dependency policy "no-latest" refuses this source:');
    expect(termination).toMatch(/package\.json.*axios/);
    expect(termination).toMatch(/package\.json.*lodash/);
    expect(existsSync(path.join(root, 'staging'))).toBe(false);
  });

  it('lets pass what is excepted, and refuses it once the exception has ended, with the day', async () => {
    const manifest = JSON.stringify({ dependencies: { axios: 'latest', '@shop/cart': '*' } });
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest });
    const flags = ['--level=no-latest', '--install', '--exception=axios:9999-12-31'];
    const root = await folders.open('root');
    const passed = await prepare({ root, from, flags: [...flags, '--exception=@shop/cart:9999-12-31'] });
    expect(passed.output).toContain('"axios" may float until 9999-12-31, by an exception of the configuration');
    expect(passed.code).toBe(0);
    const ended = await prepare({
      root: await folders.open('root'),
      from,
      flags: [...flags, '--exception=@shop/cart:2026-01-31'],
    });
    expect(ended.code).toBe(1);
    expect(ended.termination).toContain('(an exception for it ended on 2026-01-31)');
    expect(ended.termination).not.toContain('axios');
  });

  it('says in the termination message which line of which file floats, and what to write', async () => {
    const root = await folders.open('root');
    const manifest = '{\n  "dependencies": {\n    "axios": "latest"\n  }\n}\n';
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest });
    const { termination } = await prepare({ root, from, flags: ['--level=no-latest', '--install'] });
    // The sentence itself is the rule's (test/dependencies/npm).
    expect(termination).toMatch(
      /^the dependency policy "no-latest" refuses this source:\n- package\.json:3:14: "axios" is "latest", a tag[^;\n]*; write one version, [^\n]* \[dependencies-float\]$/,
    );
  });

  it('counts what a termination message cannot hold, and has it in the log', async () => {
    const root = await folders.open('root');
    const names = Array.from({ length: 100 }, (_, index) => `package-${index}`);
    const manifest = JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '*'])) });
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest });
    const { termination, output } = await prepare({ root, from, flags: ['--level=no-latest', '--install'] });
    const lines = termination.split('\n');
    expect(lines.at(-1)).toBe(`- and ${100 - (lines.length - 2)} more, which the log lists`);
    expect(lines.at(-2)).toMatch(/\[dependencies-float\]$/);
    expect(output).toContain('"package-99" is "*"');
  });

  it('takes a lock whose packages come from a registry that the administrator allows, and no other', async () => {
    const integrity = `sha512-${'A'.repeat(86)}==`;
    const lock = JSON.stringify({
      name: 'f',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': { dependencies: { left: '1.0.0' } },
        'node_modules/left': {
          version: '1.0.0',
          resolved: 'https://npm.registry.example/left/-/left-1.0.0.tgz',
          integrity,
        },
      },
    });
    const manifest = JSON.stringify({ dependencies: { left: '1.0.0' } });
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest, 'package-lock.json': lock });
    const flags = ['--level=locked', '--install'];
    const refused = await prepare({ root: await folders.open('root'), from, flags });
    expect(refused.termination).toContain('npm.registry.example');
    const allowed = [...flags, '--allowed-registry=https://npm.registry.example/'];
    expect(await prepare({ root: await folders.open('root'), from, flags: allowed })).toMatchObject({ code: 0 });
  });

  it('refuses an .npmrc of the source that names a registry which the administrator does not allow', async () => {
    const manifest = JSON.stringify({ dependencies: { left: '1.0.0' } });
    const npmrc = 'registry=https://npm.registry.example/\n';
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': manifest, '.npmrc': npmrc });
    const flags = ['--level=no-latest', '--install'];
    const refused = await prepare({ root: await folders.open('root'), from, flags });
    // The sentence itself is the rule's (test/dependencies/npm).
    expect(refused.termination).toMatch(/\n- \.npmrc:1:1: "registry" is at npm\.registry\.example, .*-invalid\]$/);
    const allowed = [...flags, '--allowed-registry=https://npm.registry.example/'];
    expect(await prepare({ root: await folders.open('root'), from, flags: allowed })).toMatchObject({ code: 0 });
  });

  it('lets the same dependencies pass at the level "off"', async () => {
    const root = await folders.open('root');
    const from = await mountConfigMap({ 'handler.js': HANDLER, 'package.json': '{"dependencies":{"axios":"latest"}}' });
    expect((await prepare({ root, from, flags: ['--level=off', '--install'] })).code).toBe(0);
  });

  it("names the handler's files that it looked for and the files that are there", async () => {
    const root = await folders.open('root');
    const keys = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`f${String(index).padStart(2, '0')}.js`, '']),
    );
    const from = await mountConfigMap(keys);

    const { code, termination } = await prepare({ root, from, flags: ['--handler=orders.create'] });

    expect(code).toBe(1);
    expect(termination).toContain('looked for orders.js, orders.mjs, orders.cjs');
    expect(termination).toMatch(/f00\.js, .*f19\.js, and 5 more$/);
  });

  it('rejects a source that it cannot read as one', async () => {
    const root = await folders.open('root');
    const { code, termination } = await prepare({ root, from: root, source: 'ftp://example' });
    expect(code).toBe(1);
    expect(termination).toContain('"ftp://example" is not a source');
  });
});

describe('prepare with an image', () => {
  const source = 'image:registry.example/orders:1.0.0';

  it('copies the tree with dotfiles, executables and links inside it', async () => {
    const root = await folders.open('root');
    const from = await folders.open('image');
    await writeTree(from, { 'handler.js': HANDLER, '.config/a.json': '{}', 'bin/tool': '#!/bin/sh\n', 'lib/a.js': '' });
    await chmod(path.join(from, 'bin/tool'), 0o700);
    execFileSync('chmod', ['-R', 'a+rX', from]);
    await symlink('../lib/a.js', path.join(from, 'bin/a.js'));
    await symlink('lib', path.join(from, 'libs'));
    await symlink('gone.js', path.join(from, 'dangling.js'));

    const { code, output } = await prepare({ root, from, source, flags: ['--handler=handler.main'] });

    expect(code).toBe(0);
    const files = ['.config/a.json', 'bin/a.js', 'bin/tool', 'handler.js', 'lib/a.js', 'libs'];
    expect(await listTree(path.join(root, 'function'))).toEqual(files);
    expect((await stat(path.join(root, 'function/bin/tool'))).mode & 0o777).toBe(0o755);
    expect((await stat(path.join(root, 'function/handler.js'))).mode & 0o777).toBe(0o644);
    expect(output).toContain('left out dangling.js: a link that points to nothing');
  });

  it.each([
    ['an absolute link', '/etc/hostname'],
    ['a link that climbs out', '../../../../etc/hostname'],
  ])('refuses %s', async (_name, target) => {
    const root = await folders.open('root');
    const from = await folders.open('image');
    await writeTree(from, { 'handler.js': HANDLER });
    await symlink(target, path.join(from, 'data.txt'));

    const { code, termination } = await prepare({ root, from, source });

    expect(code).toBe(1);
    expect(termination).toContain(`the link data.txt of the source leads out of the source, to ${target}`);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it('refuses a link that leaves through another link', async () => {
    const root = await folders.open('root');
    const from = await folders.open('image');
    await writeTree(from, { 'handler.js': HANDLER, 'a/b/c.js': '' });
    await symlink('a/b', path.join(from, 'z'));
    await symlink('z/../../../', path.join(from, 'zz'));

    const { code, termination } = await prepare({ root, from, source });

    expect(code).toBe(1);
    expect(termination).toContain('leads out of the source');
  });

  it('refuses what is no file', async () => {
    const root = await folders.open('root');
    const from = await folders.open('image');
    execFileSync('mkfifo', [path.join(from, 'pipe')]);
    const { code, termination } = await prepare({ root, from, source });
    expect(code).toBe(1);
    expect(termination).toContain('pipe of the source is not a file, folder or link');
  });

  it('says which file it may not read', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'files of another user can be made by root only');
    const root = await folders.open('root');
    const from = await folders.open('image');
    await writeTree(from, { 'handler.js': HANDLER });
    await chmod(path.join(from, 'handler.js'), 0o600);
    const { code, termination } = await prepare({ root, from, source });
    expect(code).toBe(1);
    expect(termination).toMatch(/access denied \(.*handler\.js\) for user 12345/);
  });
});

describe('a Git dependency, for which npm runs programs', () => {
  const commit = 'a'.repeat(40);
  const manifest = JSON.stringify({ dependencies: { dependency: `git+https://git.example/x.git#${commit}` } });
  const files = { 'handler.js': HANDLER, 'package.json': manifest };

  it.each([['--install'], ['--fast=bun', '--version=22', '--timeout=60'], ['--fast=bun', '--asked', '--timeout=60']])(
    'is refused before anything is installed: %s',
    async (...flags) => {
      const root = await folders.open('root');
      const { code, termination } = await prepare({ root, from: await mountConfigMap(files), flags });
      expect(code).toBe(1);
      expect(termination).toContain(
        'dependencies need install scripts:\n- package.json:1:31: "dependency" comes from Git',
      );
      expect(termination).toContain('set the annotation buildless.dev/install-scripts: allow [scripts-denied]');
      expect(existsSync(path.join(root, 'function'))).toBe(false);
    },
  );

  it('is left to npm of the runtime where its author allows them', async () => {
    const root = await folders.open('root');
    const flags = ['--install', '--allow-scripts'];
    expect(await prepare({ root, from: await mountConfigMap(files), flags })).toMatchObject({ code: 0 });
    expect(existsSync(path.join(root, 'staging/package.json'))).toBe(true);
  });
});
