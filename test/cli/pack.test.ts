import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, writeFunction } from '../run/running-command.ts';
import { ROOT } from './command.ts';

const run = promisify(execFile);

describe('a packed tarball, installed elsewhere with nothing else to download', () => {
  let folder = '';
  let command = '';

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-pack-'));
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT });
    const [tarball = ''] = await readdir(folder);
    const quiet = ['--no-audit', '--no-fund'];
    await run('npm', ['install', '--offline', ...quiet, '--prefix', folder, path.join(folder, tarball)]);
    command = path.join(folder, 'node_modules/.bin/buildless');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect((await run(command, ['--version'])).stdout.trim()).toBe(version);
  });

  it('injects an example of its own', async () => {
    const example = path.join(folder, 'node_modules/@buildless-dev/buildless/examples/hello-python');
    const { stdout } = await run(command, ['inject', '-f', example], { cwd: folder });
    expect(stdout).toContain('/buildless/runtime/install.py');
  });

  it('makes new Functions, whose tests pass', async () => {
    for (const [template, runTests] of [
      ['http', ['npm', 'test']],
      ['python', ['python3', '-m', 'unittest']],
    ] as const) {
      const cwd = path.join(folder, `new-${template}`);
      await run(command, ['init', cwd, '--template', template]);
      const [program, ...args] = runTests;
      const { stdout, stderr } = await run(program, args, { cwd });
      expect(stdout + stderr).toMatch(/^(?:# fail 0|OK)$/m);
    }
  });

  it('has events for tests under its own name', async () => {
    const code = "import { event } from '@buildless-dev/buildless/testing'; console.log(event({ a: 1 }).data.a)";
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code], { cwd: folder });
    expect(stdout).toBe('1\n');
  });

  it.each([
    ['nodejs20', { 'handler.js': "module.exports = { main: () => 'packed' };" }],
    ['python311', { 'handler.py': "def main(event, context):\n    return 'packed'\n" }],
  ])('runs a Function in %s', async (runtime, files) => {
    const file = path.join(folder, 'function.yaml');
    await writeFunction(file, { runtime, files });
    const child = spawn(command, ['run', '-f', file, '--port', '0'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      expect(await get(await urlOf(child))).toBe('packed');
    } finally {
      child.kill('SIGINT');
      const [status] = (await once(child, 'exit')) as [number | null];
      expect(status).toBe(130);
    }
  });
});

async function urlOf({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('no output');
  const seen: string[] = [];
  for await (const line of createInterface(stdout)) {
    seen.push(line);
    const url = /answers at (http:\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    stdout.resume();
    return url;
  }
  throw new Error(`it ended before it answered:\n${seen.join('\n')}`);
}
