import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerProgram } from '../../src/run/container-program.ts';
import { openToDebugger } from '../../src/run/debugger.ts';
import type { Interpreter } from '../../src/run/interpreter.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-debugger-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const programOf = (command: string, env: Readonly<Record<string, string>> = {}): ContainerProgram => ({
  name: 'function',
  terminationLog: '',
  unknownVariables: [],
  program: { command, args: ['server'], directory: '/', env },
});

/** A Python that has debugpy, or has not. */
async function python(has: boolean): Promise<Interpreter> {
  const command = path.join(folder, has ? 'with' : 'without');
  await writeFile(command, `#!/bin/sh\nexit ${has ? 0 : 1}\n`);
  await chmod(command, 0o755);
  return { language: 'python', command, version: '3.12.1', same: true };
}

describe('--inspect', () => {
  it('gives Node.js an option beside those of the author', async () => {
    const node: Interpreter = { language: 'nodejs', command: 'node', version: '22.1.0', same: true };
    const opened = await openToDebugger(programOf('node', { NODE_OPTIONS: '--no-warnings' }), node);
    expect(opened).toMatchObject({ program: { args: ['server'], env: { NODE_OPTIONS: '--no-warnings --inspect' } } });
  });

  it('starts Python with debugpy, which listens on the loopback alone', async () => {
    const interpreter = await python(true);
    expect(await openToDebugger(programOf(interpreter.command), interpreter)).toMatchObject({
      program: {
        args: [
          '-Xfrozen_modules=off',
          '-m',
          'debugpy',
          '--listen',
          '5678',
          '--configure-subProcess',
          'False',
          'server',
        ],
      },
    });
  });

  it('says what to install where Python has no debugpy', async () => {
    const interpreter = await python(false);
    expect(await openToDebugger(programOf(interpreter.command), interpreter)).toEqual({
      kind: 'wrong-input',
      problem: `--inspect needs debugpy, which ${interpreter.command} does not have`,
      fix: `install it: ${interpreter.command} -m pip install debugpy`,
    });
  });

  it('says that it cannot start another program with debugpy', async () => {
    const opened = await openToDebugger(programOf('sh'), await python(true));
    expect(opened).toMatchObject({
      problem: '--inspect starts Python with debugpy, and the container function runs sh',
    });
  });
});
