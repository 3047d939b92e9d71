import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePodPrograms, Folders, listTree, type Run, type RunEnd, runInPod, writeTree } from '../pod-programs.ts';
import { writeExpected } from '../../../src/pod/prepare/expected.ts';
import { sourceOf } from '../../dependencies/python/sources.ts';
import { Registries, startRefusing, startRegistry, startSilent } from './fake-registry.ts';

const folders = new Folders();
const registries = new Registries();
let programs = '';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
});
afterAll(async () => {
  await registries.closeAll();
  await folders.removeAll();
});

/** A root as `prepare` leaves it for the installer. */
async function stage(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const root = await folders.open('root');
  await writeTree(path.join(root, 'staging'), files);
  await writeExpected(root, sourceOf(files));
  execFileSync('chmod', ['-R', 'a+rwX', root]);
  return root;
}

type Options = Pick<Run, 'env' | 'killAfter' | 'stopAt' | 'starveAt'> & { readonly flags?: readonly string[] };

const install = async (root: string, { flags = [], ...run }: Options = {}): Promise<RunEnd> =>
  await runInPod({
    command: 'python3',
    args: [path.join(programs, 'python/install.py'), `--root=${root}`, '--timeout=120', ...flags],
    ...run,
  });

async function pipConf(...lines: readonly string[]): Promise<string> {
  const folder = await folders.open('secret');
  await writeTree(folder, { 'pip.conf': `[global]\n${lines.join('\n')}\n` });
  return `--registry=${path.join(folder, 'pip.conf')}`;
}

const packagesIn = async (root: string): Promise<string[]> => {
  const files = await listTree(path.join(root, 'function/.python-packages'));
  return files.flatMap((file) => /^([^/]+)\.dist-info\/METADATA$/.exec(file)?.[1] ?? []);
};

/** Of PyPI: the only file of the release, a wheel for every platform. */
const IDNA = 'idna==3.10';
const IDNA_HASH = 'sha256:946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3';

describe('install with pip from the public index', () => {
  it('installs what a constraints file includes with -r, from a file in UTF-16, as pip reads both', async () => {
    const root = await stage({
      'requirements.txt': Buffer.from('\ufeff-c limits.txt\r\n', 'utf16le'),
      'limits.txt': '-r more.txt\n',
      'more.txt': `${IDNA}\n`,
    });

    const { code, output } = await install(root);

    expect(output).toContain('requirements.txt: 1 requirement, without hashes');
    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['idna-3.10']);
  });

  it('installs without hashes, beside the source and compiled', async () => {
    const root = await stage({ 'handler.py': '', 'requirements.txt': `# pinned\n${IDNA}\n` });

    const { code, output, termination } = await install(root);

    expect(output).toMatch(
      /installing with pip \d+\.\S+ \(requirements\.txt: 1 requirement, without hashes\)\n[^]*installed 1 package in \d+\.\d s/,
    );
    expect([code, termination]).toEqual([0, '']);
    expect(await packagesIn(root)).toEqual(['idna-3.10']);
    expect(existsSync(path.join(root, 'function/.python-packages/idna/__pycache__'))).toBe(true);
    expect((await stat(path.join(root, 'function/.python-packages/idna/core.py'))).mode & 0o777).toBe(0o644);
    expect(await listTree(root)).toContain('function/handler.py');
    expect(existsSync(path.join(root, 'staging'))).toBe(false);
    expect(existsSync(path.join(root, '.installing'))).toBe(false);
  });

  it('installs with hashes', async () => {
    const root = await stage({ 'requirements.txt': `${IDNA} \\\n    --hash=${IDNA_HASH}\n` });
    const { code, output } = await install(root);
    expect(output).toContain('1 requirement, all with hashes');
    expect(code).toBe(0);
  });

  it('trusts no archive with another hash', async () => {
    const root = await stage({ 'requirements.txt': `${IDNA} --hash=sha256:${'0'.repeat(64)}\n` });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/^idna==3\.10: integrity mismatch/);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });

  it('names the requirement that has no hash where others have one', async () => {
    const root = await stage({ 'requirements.txt': `${IDNA} --hash=${IDNA_HASH}\nsix==1.17.0\n` });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/^six==1\.17\.0: .*hash/);
  });

  it('installs a pylock.toml with any pip, for this platform only', async () => {
    const wheel = `{ name = "idna-3.10-py3-none-any.whl", hashes = { sha256 = "${IDNA_HASH.slice(7)}" } }`;
    const root = await stage({
      'pylock.toml': [
        'lock-version = "1.0"',
        'created-by = "test"',
        '[[packages]]',
        'name = "idna"',
        'version = "3.10"',
        `wheels = [${wheel}]`,
        '[[packages]]',
        'name = "colorama"',
        'version = "0.4.6"',
        `marker = "sys_platform == 'win32'"`,
        `wheels = [${wheel}]`,
        '[[packages]]',
        'name = "pytest"',
        'version = "8.0.0"',
        `marker = "'dev' in dependency_groups"`,
        `wheels = [${wheel}]`,
        '',
      ].join('\n'),
    });
    const { code, output } = await install(root);
    expect(output).toContain('pylock.toml: 2 packages');
    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['idna-3.10']);
  });

  it('names a package that does not exist', async () => {
    const root = await stage({ 'requirements.txt': 'buildless-no-such-package==1.0.0\n' });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(
      /^buildless-no-such-package==1\.0\.0: the index \S+ answered 404: the package does not exist/,
    );
  });

  it('lists the versions of a package that has not the one asked for', async () => {
    const root = await stage({ 'requirements.txt': 'idna==99.0\n' });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/^idna==99\.0: this version does not exist \(the last 10 of \d+: /);
  });

  it('says which packages do not go together', async () => {
    const root = await stage({ 'requirements.txt': 'requests==2.32.3\nurllib3==1.20\n' });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('urllib3==1.20');
    expect(termination).toContain('requests 2.32.3 depends on urllib3<3');
  });

  it('is complete after having been killed at any point', async () => {
    const root = await stage({ 'requirements.txt': 'requests==2.32.3\nflask==3.0.3\n' });
    for (const killAfter of [300, 900, 1800, 2700]) {
      await install(root, { killAfter });
      expect(existsSync(path.join(root, 'staging')) || (await packagesIn(root)).length > 0).toBe(true);
    }
    const { code } = await install(root);
    expect(code).toBe(0);
    const search = path.join(root, 'function/.python-packages');
    const program = 'import flask, requests; print(requests.__version__)';
    const env = { PATH: process.env.PATH, PYTHONPATH: search, PYTHONDONTWRITEBYTECODE: '1' };
    expect(execFileSync('/usr/bin/env', ['python3', '-c', program], { env, encoding: 'utf8' })).toBe('2.32.3\n');
  });

  it('ends quickly when the Pod is told to stop', async () => {
    const root = await stage({ 'requirements.txt': 'requests==2.32.3\n' });
    const { code } = await install(root, { stopAt: 'installing with pip' });
    expect(code).toBe(143);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  });
});

describe('packages that run code of their own to be installed', () => {
  it('are refused where the index has no wheel of them, and the message says what allows them', async () => {
    const root = await stage({ 'requirements.txt': 'docopt==0.6.2\n' });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toMatch(/^docopt==0\.6\.2: it has no wheel, only a source distribution/);
    expect(termination).toContain('set buildless.dev/install-scripts: allow');
  });

  it('are installed with --allow-scripts', async () => {
    const root = await stage({ 'requirements.txt': 'docopt==0.6.2\n' });
    const { code } = await install(root, { flags: ['--allow-scripts'] });
    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['docopt-0.6.2']);
  });

  it('are built once where there is a cache', async () => {
    const cache = await folders.open('cache');
    const flags = ['--allow-scripts', `--cache=${cache}`];
    const first = await install(await stage({ 'requirements.txt': 'docopt==0.6.2\n' }), { flags });
    const second = await install(await stage({ 'requirements.txt': 'docopt==0.6.2\n' }), { flags });
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.output).toContain('Building wheel for docopt');
    expect(second.output).not.toContain('Building wheel for docopt');
  });

  it.each([
    ['a folder', './package'],
    ['an editable folder', '-e package'],
    ['a folder without "./"', 'vendor/package'],
    ['an archive', 'package.tar.gz'],
    ['an address', 'https://packages.example/package-1.0.tar.gz'],
    ['a name with an address', 'package @ git+https://git.example/package.git@v1'],
    ['a constraint with an address', '-c constraints.txt'],
    ['a file of requirements from elsewhere', '-r https://packages.example/requirements.txt'],
    ['an option that asks for sources', '--no-binary :all:'],
    ['the same, shortened and quoted', '--pre --no"-"bin=package'],
    ['all of it in an included file', '-r more.txt'],
    ['the source itself', '.'],
    ['a folder with a setting of the build', './package -C k=v'],
  ])('are refused before pip starts where requirements.txt names %s', async (_name, line) => {
    const root = await stage({
      'requirements.txt': `${IDNA}\n${line}\n`,
      'more.txt': './package\n',
      'constraints.txt': 'idna @ file:///buildless/package.tar.gz\n',
      'package/setup.py': "open('/tmp/ran', 'w')\n",
      'setup.py': "open('/tmp/ran', 'w')\n",
    });
    const { code, output, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('not a wheel, so its own code would run to install it: ');
    expect(output).not.toContain('installing with pip');
  });

  it('are not what a wheel in the source is', async () => {
    const folder = await folders.open('wheel');
    const wheel = await makeWheel(folder, 'plain', '1.0');
    const root = await stage({ 'requirements.txt': './wheels/plain-1.0-py3-none-any.whl\n' });
    await writeTree(path.join(root, 'staging'), { 'wheels/plain-1.0-py3-none-any.whl': wheel });
    const { code } = await install(root);
    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['plain-1.0']);
  });
});

/** The smallest wheel there is (packaging.python.org, "Binary distribution format"). */
async function makeWheel(folder: string, name: string, version: string): Promise<Uint8Array> {
  const file = path.join(folder, `${name}-${version}-py3-none-any.whl`);
  const program = [
    'import sys, zipfile',
    'file, name, version = sys.argv[1:]',
    'info = f"{name}-{version}.dist-info"',
    'with zipfile.ZipFile(file, "w") as wheel:',
    '    wheel.writestr(f"{name}.py", "")',
    '    wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")',
    '    wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")',
    '    wheel.writestr(f"{info}/RECORD", "")',
  ].join('\n');
  execFileSync('python3', ['-c', program, file, name, version]);
  return await readFile(file);
}

describe('install with pip from an index of its own', () => {
  const PASSWORD = 'pa55word-of-the-test';

  it('reads no pip.conf of the source, wherever pip has a place for one', async () => {
    const conf = '[global]\nindex-url = http://127.0.0.1:1/simple\n';
    const places = ['pip.conf', '.pip/pip.conf', '.config/pip/pip.conf', 'pip/pip.conf'];
    const files = Object.fromEntries(places.map((place) => [place, conf]));
    const root = await stage({ ...files, 'requirements.txt': `${IDNA}\n` });
    const { code, output } = await install(root);
    expect(code, output).toBe(0);
    expect(await packagesIn(root)).toEqual(['idna-3.10']);
  });

  it('uses the pip.conf of the Secret and prints none of its credentials', async () => {
    const wheel = await makeWheel(await folders.open('wheel'), 'private', '1.0');
    const file = 'private-1.0-py3-none-any.whl';
    const index = await registries.use(
      startRegistry((address, response) => {
        if (address === '/simple/private/') {
          response.setHeader('content-type', 'text/html').end(`<a href="/files/${file}">${file}</a>`);
        } else if (address === `/files/${file}`) {
          response.end(wheel);
        } else {
          response.writeHead(404).end();
        }
      }),
    );
    const host = new URL(index.address).host;
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });

    const { code, output } = await install(root, {
      flags: [await pipConf(`index-url = http://deploy:${PASSWORD}@${host}/simple`)],
    });

    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['private-1.0']);
    expect(output).not.toContain(PASSWORD);
  });

  it('says that the index does not accept the credentials, without showing them', async () => {
    const index = await registries.use(startRefusing(401));
    const host = new URL(index.address).host;
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });
    const { code, output, termination } = await install(root, {
      flags: [await pipConf(`index-url = http://deploy:${PASSWORD}@${host}/simple`)],
    });
    expect(code).toBe(1);
    expect(termination).toMatch(
      /^private==1\.0: the index http:\/\/127\.0\.0\.1:\d+ answered 401: the credentials are missing, wrong/,
    );
    expect(output + termination).not.toContain(PASSWORD);
  });

  it('says that pip ignores an index without TLS, which is neither asked nor said to lack anything', async () => {
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });
    const { code, termination } = await install(root, {
      flags: [await pipConf('index-url = http://pypi.example/simple')],
    });
    expect(code).toBe(1);
    expect(termination).toMatch(
      /^private==1\.0: pip ignores the index at pypi\.example, .*trusted-host = pypi\.example/,
    );
  });

  it('prints no credentials of requirements.txt, whatever fails', async () => {
    const index = `http://deploy:${encodeURIComponent('p@ss/word-of-it')}@127.0.0.1:1/simple`;
    const root = await stage({ 'requirements.txt': `--index-url ${index}\nprivate==1.0\n` });
    const { code, output, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain('the index http://127.0.0.1:1 cannot be reached (connection refused)');
    expect(output + termination).not.toContain('word-of-it');
  });

  it('gives an index up that does not answer', async () => {
    const index = await registries.use(startSilent());
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });
    const { code, termination } = await install(root, {
      flags: [await pipConf(`index-url = ${index.address}simple`), '--timeout=3'],
    });
    expect(code).toBe(1);
    expect(termination).toContain('pip did not finish within 3 s: the index http://127.0.0.1:');
    expect(termination).toContain('gave no answer in that time');
  });

  it('says that pip was killed, most likely for want of memory', async () => {
    const index = await registries.use(startSilent());
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });
    const { code, termination } = await install(root, {
      flags: [await pipConf(`index-url = ${index.address}simple`)],
      starveAt: 'installing with pip',
    });
    expect(code).toBe(1);
    expect(termination).toContain('pip was killed, most likely as it ran out of memory');
  });

  it('says that the index is out of order', async () => {
    const index = await registries.use(startRefusing(500));
    const root = await stage({ 'requirements.txt': 'private==1.0\n' });
    const { code, termination } = await install(root, {
      flags: [await pipConf(`index-url = ${index.address}simple`, 'retries = 0')],
    });
    expect(code).toBe(1);
    expect(termination).toMatch(/^private==1\.0: the index \S+ (answered 500|cannot be reached)/);
  });

  it('names the key that the Secret lacks', async () => {
    const root = await stage({ 'requirements.txt': `${IDNA}\n` });
    const { code, termination } = await install(root, { flags: ['--registry=/buildless-registry/pip.conf'] });
    expect(code).toBe(1);
    expect(termination).toContain('has no key "pip.conf"');
  });
});

describe('install with pip and files of a certain kind', () => {
  it('does not take modules of the source for its own', async () => {
    const module_ = "raise SystemExit('taken for the standard library')\n";
    const root = await stage({ 'requirements.txt': `${IDNA}\n`, 'random.py': module_, 'pip.py': module_ });
    const { code } = await install(root, { env: { PYTHONPATH: path.join(root, 'staging') } });
    expect(code).toBe(0);
  });

  it("follows no setting of pip in this process' environment", async () => {
    const root = await stage({ 'requirements.txt': `${IDNA}\n` });
    const { code } = await install(root, { env: { PIP_NO_INDEX: '1', PIP_DRY_RUN: '1', PIP_USER: '1' } });
    expect(code).toBe(0);
    expect(await packagesIn(root)).toEqual(['idna-3.10']);
  });

  it.each([
    ['no requirements.txt', { 'handler.py': '' }],
    ['an empty requirements.txt', { 'requirements.txt': '# nothing\n\n' }],
  ])('shows the Function as it is where there is %s', async (_name, files) => {
    const root = await stage(files);
    const { code, output } = await install(root);
    expect(code).toBe(0);
    expect(output).toContain('neither requirements.txt nor pylock.toml asks for packages');
    expect(await listTree(path.join(root, 'function'))).toEqual(Object.keys(files));
  });

  it('is done at once where it finished before', async () => {
    const root = await folders.open('root');
    await writeTree(root, { 'function/handler.py': '' });
    const { code, output } = await install(root);
    expect([code, output]).toEqual([0, 'the packages were installed before\n']);
  });

  it.each([
    ['requirements.txt', 'requests==2.32.3 urllib3\n', 'requirements.txt cannot be read: '],
    ['requirements.txt', '-r missing.txt\nidna==3.10\n', 'includes missing.txt, which is missing'],
    ['pylock.toml', 'lock-version = \n', 'pylock.toml is not valid TOML'],
    ['pylock.toml', 'lock-version = "9.0"\npackages = []\n', "lock-version is '9.0'"],
    [
      'pylock.toml',
      'lock-version = "1.0"\n[[packages]]\nname = "x"\nversion = "1"\n[packages.sdist]\nurl = "https://x.example/x.tar.gz"\n',
      'set buildless.dev/install-scripts: allow',
    ],
    [
      'pylock.toml',
      'lock-version = "1.0"\n[[packages]]\nname = "x"\n[packages.vcs]\ntype = "git"\n',
      'x comes from a repository',
    ],
  ])('says what is wrong with %s: %j', async (file, text, problem) => {
    const root = await stage({ [file]: text });
    const { code, termination } = await install(root);
    expect(code).toBe(1);
    expect(termination).toContain(problem);
  });

  it('cuts a long message to what the kubelet reads, between two characters', async () => {
    const lines = Array.from({ length: 400 }, (_, index) => `./größe-${index}`);
    const root = await stage({ 'requirements.txt': `${lines.join('\n')}\n` });
    const { termination } = await install(root);
    expect(Buffer.byteLength(termination)).toBeLessThanOrEqual(4096);
    expect(termination).toMatch(/\.\.\.$/);
    expect(termination).not.toContain('\uFFFD');
  });
});
