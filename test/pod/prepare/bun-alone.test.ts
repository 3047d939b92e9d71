import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUN_OPTIONS, BUN_OPTIONS_VARIABLE } from '../../../src/function/toolkit.ts';
import { FastPod } from '../fast-install/fast-pod.ts';
import { Folders, PREPARE } from '../pod-programs.ts';

const folders = new Folders();
let pod: FastPod;
beforeAll(async () => {
  pod = await FastPod.open(folders);
});
afterAll(async () => {
  await folders.removeAll();
});

/** Files that bun reads in the folder where it is started, each with something that shows. */
const HOSTILE = {
  'bunfig.toml': 'preload = ["./preload.js"]\n',
  '.bunfig.toml': 'preload = ["./preload.js"]\n',
  'preload.js': 'console.log("code of the folder ran");\n',
  '.env': 'FROM_FOLDER=variable-of-the-folder\n',
  '.env.production': 'FROM_FOLDER=variable-of-the-folder\n',
};
const PROGRAM = 'console.log("own", process.env.FROM_FOLDER ?? "")';

describe.skipIf(process.platform !== 'linux')('bun, started in a folder of hostile files', () => {
  let folder = '';
  let program = '';
  beforeAll(async () => {
    folder = await folders.open('hostile');
    const other = await folders.open('program');
    program = path.join(other, 'program.cjs');
    await writeFile(program, `#!${PREPARE.command}\n${PROGRAM}\n`);
    await chmod(program, 0o755);
    const scripts = { 'package.json': JSON.stringify({ scripts: { [program]: 'echo script of the folder' } }) };
    for (const [name, text] of Object.entries({ ...HOSTILE, ...scripts })) {
      await writeFile(path.join(folder, name), text);
    }
    await mkdir(path.join(folder, '.config'));
  });
  const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>>): string =>
    execFileSync(command, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { HOME: folder, XDG_CONFIG_HOME: folder, NODE_ENV: 'production', ...env },
    });

  it('runs its program alone, with our options', () => {
    expect(run(PREPARE.command, [...BUN_OPTIONS, program], {})).toBe('own \n');
  });

  it('runs its program alone where a "#!" line starts it', () => {
    expect(run(program, ['--config=bunfig.toml'], BUN_OPTIONS_VARIABLE)).toBe('own \n');
  });

  // So that the two above prove something.
  it('would run code of the folder without them', () => {
    expect(run(PREPARE.command, [program], {})).toContain('code of the folder ran');
  });
});

describe.skipIf(process.platform !== 'linux')('buildless-prepare, with a source that has such files', () => {
  it('runs none of them where npm installs instead of bun', async () => {
    const manifest = { dependencies: { 'is-odd': '3.0.1' } };
    const place = await pod.stage({ 'package.json': manifest, 'handler.js': '', ...HOSTILE });
    const lock = ['install', '--package-lock-only', '--ignore-scripts', '--no-audit'];
    execFileSync('npm', lock, { cwd: place.source, stdio: 'ignore' });
    // bun does not know it.
    await writeFile(path.join(place.source, '.npmrc'), 'offline=false\n');
    const { code, output } = await pod.prepare('nodejs', place, { flags: ['--fast=bun', '--version=22'] });
    expect(output).toContain('installing with npm');
    expect(output).not.toContain('code of the folder ran');
    expect(code, output).toBe(0);
  });
});
