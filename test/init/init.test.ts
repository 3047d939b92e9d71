/** `buildless init` as a new user has it: everything that the folder promises works at once, without a registry. */
import { execFile, spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readKustomization } from '../../src/folders/kustomization/read.ts';
import { TEMPLATES } from '../../src/init/templates.ts';
import type { KubernetesObject } from '../../src/kubernetes/object.ts';
import { parseManifests } from '../../src/manifests/documents.ts';
import { buildless, ROOT } from '../cli/command.ts';
import { folderOf } from '../folders/folder.ts';
import { ON_BUN } from '../pod/bun/bun.ts';
import { get, Runs } from '../run/running-command.ts';

const execute = promisify(execFile);
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const ofNode = TEMPLATES.filter(({ writtenIn }) => writtenIn !== 'Python').map(({ name }) => name);
/** For a test of pytest alone. */
const PYTEST = 'pytest==8.4.2';

async function init(template: string, args: readonly string[] = []): Promise<string> {
  const folder = path.join(await folderOf({}), 'hello');
  const { status, stderr } = await buildless(['init', folder, '--template', template, ...args]);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: expect.stringContaining(`from the template ${template}, on `) as string,
  });
  return folder;
}

const byKind = (objects: readonly KubernetesObject[]): readonly KubernetesObject[] =>
  [...objects].sort((a, b) => (String(a.kind) < String(b.kind) ? -1 : 1));

describe.each(TEMPLATES.map(({ name, writtenIn, runtime }) => [name, writtenIn, runtime] as const))(
  'a new Function of the template %s, in %s',
  (template, writtenIn, runtime) => {
    const made = (): Promise<string> => init(template, ['--runtime', runtime]);

    it('has tests that pass at once', async () => {
      const folder = await made();
      const options = { cwd: folder, env: { ...process.env, npm_config_offline: 'true', NODE_OPTIONS: '' } };
      if (writtenIn !== 'Python') expect((await execute('npm', ['test'], options)).stdout).toMatch(/^# fail 0$/m);
      else expect((await execute('python3', ['-m', 'unittest'], options)).stderr).toMatch(/^Ran [12] tests?[^]*^OK$/m);
    });

    it('is locked, as a folder and as the manifest that it prints', async () => {
      const folder = await made();
      const fine = {
        status: 0,
        stdout: expect.stringMatching(/^Nothing found; 1 Function in [12] files? looked at\.\n$/) as string,
      };
      expect(await buildless(['validate', '-f', folder, '--level', 'locked'])).toMatchObject(fine);
      const { stdout } = await buildless(['manifest', '-f', folder]);
      expect(await buildless(['validate', '-f', '-', '--level', 'locked'], stdout)).toMatchObject(fine);
      expect(await buildless(['inject', '-f', folder])).toMatchObject({ status: 0 });
    });

    it.skipIf(!hasKubectl)('is what `kubectl kustomize` makes of it', async () => {
      const folder = await made();
      const own = await readKustomization(folder);
      const parsed = parseManifests((await execute('kubectl', ['kustomize', folder])).stdout, 'kubectl');
      if ('findings' in own || 'findings' in parsed) throw new Error('it cannot be read');
      expect(byKind(own.documents.map(({ object }) => object))).toEqual(
        byKind(parsed.documents.map(({ object }) => object)),
      );
    });
  },
);

describe('a new Function in Python', () => {
  it('has tests that pass under pytest too, whichever template it is of', { timeout: 300_000 }, async () => {
    const packages = await folderOf({});
    await execute('python3', ['-m', 'pip', 'install', '--quiet', '--target', packages, PYTEST]);
    const templates = TEMPLATES.filter(({ writtenIn }) => writtenIn === 'Python');
    for (const { name, runtime } of templates) {
      const folder = await init(name, ['--runtime', runtime]);
      const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1' };
      const { stdout } = await execute('python3', ['-m', 'pytest', '-q'], { cwd: folder, env });
      expect(stdout).toMatch(/^[12] passed in /m);
    }
  });
});

describe('a new Function of bun1', () => {
  const BUN_ON_PATH = { ...process.env, PATH: `${path.dirname(ON_BUN?.interpreter ?? '')}:${process.env.PATH ?? ''}` };

  it.skipIf(ON_BUN === undefined)('has tests that pass on Bun, whichever template it is of', async () => {
    for (const template of ofNode) {
      const folder = await init(template, ['--runtime', 'bun1']);
      const { stderr } = await execute('bun', ['test'], { cwd: folder, env: BUN_ON_PATH });
      expect(stderr).toMatch(/^ [12] pass\n 0 fail$/m);
    }
  });

  it('has tests that npm runs on Node.js, and says how Bun runs them', async () => {
    const folder = path.join(await folderOf({}), 'hello');
    const { stderr } = await buildless(['init', folder, '--runtime', 'bun1']);
    expect(stderr).toContain('\n  npm test   # on Bun: bun test\n');
    expect((await execute('npm', ['test'], { cwd: folder })).stdout).toMatch(/^# fail 0$/m);
  });

  it('runs its job by bun, as its image has no other program for it', async () => {
    const workload = await readFile(path.join(await init('cron', ['--runtime', 'bun1']), 'function.yaml'), 'utf8');
    expect(workload).toContain('command:\n                - bun\n                - job.js\n');
  });
});

describe('a new Function in Node.js', () => {
  // An editor brings the types of Node.js, which the job of `cron` needs.
  it.each(ofNode.filter((name) => name !== 'cron'))(
    'has types that the compiler finds nothing wrong with: %s',
    async (template) => {
      const folder = await init(template);
      const config = (await readdir(folder)).find((file) => /^[jt]sconfig\.json$/.test(file)) ?? '';
      const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
      const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], {
        cwd: folder,
        encoding: 'utf8',
      });
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    },
  );

  it('has types that find a mistake', async () => {
    const folder = await init('typescript');
    const file = path.join(folder, 'handler.ts');
    await execute('sed', ['-i.old', "s/event.data?.name ?? 'world'/event.data?.nam/", file]);
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.json'], { cwd: folder, encoding: 'utf8' });
    expect(stdout).toContain("Property 'nam' does not exist");
  });

  it('has the lock that npm would write', async () => {
    const folder = await init('http');
    const lock = await readFile(path.join(folder, 'package-lock.json'), 'utf8');
    await execute('npm', ['install', '--package-lock-only', '--offline', '--no-audit'], { cwd: folder });
    expect(await readFile(path.join(folder, 'package-lock.json'), 'utf8')).toBe(lock);
  });
});

describe('a new Function answers, run from its folder', () => {
  const runs = new Runs();
  beforeAll(() => runs.open());
  afterEach(() => runs.endAll());
  afterAll(() => runs.remove());

  it.each(['http', 'typescript', 'python'])('%s', async (template) => {
    const runtime = template === 'python' ? 'python311' : 'nodejs20';
    const command = await runs.run(['-f', await init(template, ['--runtime', runtime]), '--port', '0']);
    expect(JSON.parse(await get(await command.url()))).toEqual({ hello: 'world', from: 'hello' });
  });

  it.each(['nodejs20', 'python311'])('to a CloudEvent, on %s', async (runtime) => {
    const command = await runs.run(['-f', await init('cloud-event', ['--runtime', runtime]), '--port', '0']);
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': 'shop',
      'ce-type': 'shop.order.received.v1',
    };
    const body = JSON.stringify({ id: 'a-17', lines: [{ price: 3, pieces: 2 }] });
    const answer = await fetch(await command.url(), { method: 'POST', headers, body });
    expect(await answer.json()).toEqual({ id: 'a-17', total: 6 });
  });

  it.each(['nodejs20', 'bun1', 'python311'])('and ends, if it is a job, on %s', async (runtime) => {
    const command = await runs.run(['-f', await init('cron', ['--runtime', runtime])]);
    await command.until(/Report of \d{4}-\d\d-\d\d/);
    await command.until('hello ended with status 0');
  });
});

describe('buildless init', () => {
  it('overwrites nothing, and then writes nothing', async () => {
    const folder = await folderOf({ 'handler.js': '// mine', '.gitignore': '' });
    const { status, stdout, stderr } = await buildless(['init', folder]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      `error: ${folder}: the folder already has handler.js, .gitignore; nothing was written\n       name another folder, or move these files away\n`,
    );
    expect((await readdir(folder)).sort()).toEqual(['.gitignore', 'handler.js']);
    expect(await readFile(path.join(folder, 'handler.js'), 'utf8')).toBe('// mine');
  });

  it('makes the current folder a Function, beside what else is in it', async () => {
    const folder = await folderOf({ 'README.md': '' }, 'My_Function');
    const { status, stderr } = await buildless(['init'], '', folder);
    expect(status).toBe(0);
    expect(stderr).toBe(
      '.: the Function my-function from the template http, on nodejs22, in 16 files\nNext:\n  npm test\n  buildless run -f . --watch\n  kubectl apply -k .\n',
    );
    expect(await buildless(['-q', 'init', '--name', 'other', path.join(folder, 'sub')])).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('takes the template of the language of the runtime', async () => {
    const folder = await folderOf({});
    expect((await buildless(['init', folder, '--runtime', 'python313'])).stderr).toContain(
      'from the template python, on python313',
    );
    expect(await readFile(path.join(folder, '.python-version'), 'utf8')).toBe('3.13\n');
  });

  it.each([
    [['--runtime', 'node22'], 'error: unknown runtime "node22"\n       choose one of nodejs20, '],
    [
      ['--template', 'typescript', '--runtime', 'python312'],
      'error: the template typescript is in Node.js, and python312 runs Python\n       choose another runtime, or another template\n',
    ],
    [['--name', 'A_B'], 'error: "A_B" cannot be the name of a Function\n'],
    [['--template', 'java'], 'Allowed choices are http, cloud-event, cron, typescript, python.'],
  ])('refuses %j', async (args, message) => {
    const folder = await folderOf({});
    const { status, stderr } = await buildless(['init', folder, ...args]);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(await readdir(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('refuses a folder that is a file', async () => {
    const folder = await folderOf({ a: '' });
    const { status, stderr } = await buildless(['init', path.join(folder, 'a')]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/the files cannot be written \(E(?:NOTDIR|EXIST)\)\n {7}name a folder that may be written/);
  });

  it('lists the templates in its help', async () => {
    const { stdout } = await buildless(['init', '--help']);
    for (const { name, what, writtenIn } of TEMPLATES)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${what.replace(/[()]/g, '\\$&')}, in .*\\b${writtenIn}\\b`, 'm'));
  });
});
