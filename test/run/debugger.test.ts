import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerProgram } from '../../src/run/container-process.ts';
import { NODEJS } from '../../src/run/languages/nodejs.ts';
import { PYTHON } from '../../src/run/languages/python.ts';

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
async function python(has: boolean): Promise<string> {
  const command = path.join(folder, has ? 'with' : 'without');
  await writeFile(command, `#!/bin/sh\nexit ${has ? 0 : 1}\n`);
  await chmod(command, 0o755);
  return command;
}

describe('--inspect', () => {
  it('gives Node.js an option beside those of the author', async () => {
    const opened = await NODEJS.openToDebugger(programOf('node', { NODE_OPTIONS: '--no-warnings' }), 'node', 1234);
    expect(opened).toMatchObject({
      program: {
        args: ['server'],
        env: { NODE_OPTIONS: '--no-warnings --inspect=127.0.0.1:1234 --inspect-publish-uid=http' },
      },
    });
  });

  it('starts Python with debugpy, which listens on the loopback alone', async () => {
    const interpreter = await python(true);
    expect(await PYTHON.openToDebugger(programOf(interpreter), interpreter, 1234)).toMatchObject({
      program: {
        args: [
          '-Xfrozen_modules=off',
          '-m',
          'debugpy',
          '--listen',
          '127.0.0.1:1234',
          '--configure-subProcess',
          'False',
          'server',
        ],
      },
    });
  });

  it('says what to install where Python has no debugpy', async () => {
    const interpreter = await python(false);
    expect(await PYTHON.openToDebugger(programOf(interpreter), interpreter, 1234)).toEqual({
      kind: 'wrong-input',
      problem: `--inspect needs debugpy, which ${interpreter} does not have`,
      fix: `install it: ${interpreter} -m pip install debugpy`,
    });
  });

  it('says that it cannot start another program with debugpy', async () => {
    const opened = await PYTHON.openToDebugger(programOf('sh'), await python(true), 1234);
    expect(opened).toMatchObject({
      problem: '--inspect starts Python with debugpy, and the container function runs sh',
    });
  });
});
