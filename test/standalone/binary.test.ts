import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { BUN_VERSION, buildBinary, PLATFORMS } from '../../scripts/binary.mjs';
import { formatOf } from '../../scripts/release/binary-format.ts';
import { at, ROOT } from '../installation/shipped.ts';

const HERE = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const VERSION = String(at(JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')), 'version'));

/** Why it cannot be tested here. */
function missing(): string | undefined {
  if (process.platform !== 'linux' || PLATFORMS[HERE] === undefined) return 'this needs Linux on x64 or arm64';
  if (process.getuid?.() !== 0) return 'only root may chroot';
  const lacking = ['chroot', 'ldd', 'mknod', 'unshare'].find((program) => spawnSync('which', [program]).status !== 0);
  return lacking === undefined ? undefined : `${lacking} was not found`;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const reason = missing();

describe('the one file without Node.js, in a chroot that has the C library and nothing else', () => {
  let folder = '';
  let file = '';
  let machine = '';

  beforeAll(async () => {
    if (reason !== undefined) return;
    folder = mkdtempSync(path.join(tmpdir(), 'buildless-binary-'));
    chmodSync(folder, 0o755);
    file = await buildBinary(folder);
    machine = path.join(folder, 'machine');
    const put = (from: string, to: string): void => {
      mkdirSync(path.dirname(path.join(machine, to)), { recursive: true });
      copyFileSync(from, path.join(machine, to));
    };
    for (const [, library = ''] of execFileSync('ldd', [file], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g))
      put(library, library);
    put(file, 'bin/buildless');
    symlinkSync('buildless', path.join(machine, 'bin/kubectl-buildless'));
    mkdirSync(path.join(machine, 'tmp'));
    chmodSync(path.join(machine, 'tmp'), 0o777);
    mkdirSync(path.join(machine, 'proc'));
    mkdirSync(path.join(machine, 'dev'));
    for (const [name, minor] of Object.entries({ null: '3', urandom: '9' }))
      execFileSync('mknod', ['-m', '666', path.join(machine, 'dev', name), 'c', '1', minor]);
    for (const example of ['hello-node', 'hello-python', 'floating'])
      put(path.join(ROOT, 'examples', example, 'function.yaml'), `tmp/${example}.yaml`);
  });
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  /** In a mount namespace of its own, which ends with the program: the only way to /proc, which each container has. */
  const run = (command: string, args: readonly string[]): Ended => {
    const script = 'mount -t proc proc "$0/proc" && exec chroot --userspec=65532:65532 "$0" "$@"';
    return spawnSync('unshare', ['--mount', 'sh', '-c', script, machine, `/bin/${command}`, ...args], {
      encoding: 'utf8',
      env: { HOME: '/tmp', PATH: process.env.PATH },
    });
  };
  const test = (promise: string, body: (context: TestContext) => void | Promise<void>): void => {
    it(promise, async (context) => {
      if (reason !== undefined) context.skip(reason);
      await body(context);
    });
  };

  test('tells its version, and is called as kubectl calls its plugin', () => {
    expect(run('buildless', ['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(run('kubectl-buildless', ['doctor', '--help']).stdout).toContain('Usage: kubectl buildless doctor');
  });

  test('injects, refuses and explains as Node.js does', () => {
    const node = (args: readonly string[]): Ended =>
      spawnSync(process.execPath, [path.join(ROOT, 'dist/buildless.mjs'), ...args], {
        encoding: 'utf8',
        cwd: path.join(machine, 'tmp'),
      });
    for (const args of [
      ['inject', '-f', 'hello-node.yaml'],
      ['inject', '-f', 'hello-python.yaml', '-o', 'diff'],
      ['validate', '-f', 'floating.yaml', '-o', 'json'],
      ['explain', 'dependencies-float'],
      ['schema', 'config'],
      ['status', '--help'],
    ]) {
      const inside = args.map((word) => (word.endsWith('.yaml') ? `/tmp/${word}` : word));
      const there = run('buildless', inside);
      const here = node(args);
      const named = (text: string): string => text.replaceAll('/tmp/', '');
      expect({ ...ended(there), stdout: named(there.stdout) }).toEqual({ ...ended(here), stdout: named(here.stdout) });
    }
  });

  test('makes new Functions from the templates that it has in it', () => {
    expect(run('buildless', ['-q', 'init', '/tmp/new/hello'])).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(path.join(machine, 'tmp/new/hello/.buildless')).sort()).toEqual([
      'express.cjs',
      'index.d.ts',
      'testing.d.ts',
      'testing.mjs',
    ]);
    expect(run('buildless', ['-q', 'validate', '-f', '/tmp/new/hello', '--level', 'locked'])).toMatchObject({
      status: 0,
    });
    expect(run('buildless', ['-q', 'manifest', '-f', '/tmp/new/hello']).stdout).toContain('kind: Deployment');
  });

  test('says what "run" and "lock" need of this machine', () => {
    const nodejs = run('buildless', ['run', '-f', '/tmp/hello-node.yaml', '--port', '0']);
    expect(nodejs.status).toBe(2);
    expect(nodejs.stderr).toContain('Node.js 20.19 or newer with npm was not found on this machine');
    const python = run('buildless', ['run', '-f', '/tmp/hello-python.yaml', '--port', '0']);
    expect(python.status).toBe(2);
    expect(python.stderr).toContain('Node.js 20.19 or newer was not found on this machine');
    const lock = run('buildless', ['lock', '-f', '/tmp/floating.yaml']);
    expect(lock.stderr).toContain('Node.js 20.19 or newer was not found');
    expect(lock.stderr).not.toContain('fault of Buildless');
  });

  test('says that the programs of the cluster are elsewhere', () => {
    for (const command of ['serve', 'control', 'resolve']) {
      const { status, stderr } = run('buildless', [command]);
      expect(status).toBe(2);
      expect(stderr).toContain(`"${command}" is in the image and in the npm package only`);
    }
  });

  test('reads no settings of bun from the folder that it is called in', () => {
    writeFileSync(path.join(machine, 'evil.js'), 'console.log("ran"); process.exit(7);');
    writeFileSync(path.join(machine, 'bunfig.toml'), 'preload = ["./evil.js"]\n');
    writeFileSync(path.join(machine, '.env'), 'NO_COLOR=\nBUILDLESS_SEEN=1\nKUBECONFIG=/evil\n');
    expect(run('buildless', ['--version'])).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
    expect(run('buildless', ['doctor']).stderr).not.toContain('/evil');
  });

  test('runs a Function with the Node.js of the PATH, from programs that it unpacks once', () => {
    const cache = path.join(folder, 'cache');
    const input = path.join(folder, 'function.yaml');
    writeFileSync(input, readFileSync(path.join(ROOT, 'examples/scheduled-job/function.yaml')));
    const env = { ...process.env, XDG_CACHE_HOME: cache };
    for (const time of ['first', 'second']) {
      const { status, stdout, stderr } = spawnSync(file, ['run', '-f', input], { encoding: 'utf8', env });
      expect({ time, status, stderr, stdout }).toMatchObject({ status: 0 });
    }
    const [build = '', ...others] = readdirSync(path.join(cache, 'buildless/toolkit'));
    expect(others).toEqual([]);
    expect(existsSync(path.join(cache, 'buildless/toolkit', build, 'pod/prepare.mjs'))).toBe(true);
  });

  test('has the format of its platform, and a size that a download can have', async () => {
    expect(await formatOf(file)).toEqual({ format: 'ELF', machine: HERE.split('-')[1] });
    expect(statSync(file).size).toBeLessThan(140 * 1024 * 1024);
  });

  it('carries the bun of the toolkit', () => {
    const toolkit = readFileSync(path.join(ROOT, 'scripts/fast-installers.mjs'), 'utf8');
    expect(toolkit).toContain(`version: '${BUN_VERSION}'`);
  });
});

const ended = ({ status, stdout, stderr }: Ended): Ended => ({ status, stdout, stderr });
