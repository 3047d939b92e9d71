import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { COMMAND, ROOT } from './command.ts';

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'buildless-terminal-')), 'shop');
  await mkdir(folder);
});
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill('SIGTERM');
  await rm(path.dirname(folder), { recursive: true, force: true });
});

/** A terminal of its own for a command; what is typed into it comes by the standard input. */
const TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

it('run on a terminal shows log lines for people, in colours, and ends by Ctrl-C', async () => {
  await writeFile(
    path.join(folder, 'handler.js'),
    "const { hidden } = require('./node.js');\nmodule.exports = {\n  main: () => hidden(),\n};\n",
  );
  await writeFile(path.join(folder, 'node.js'), "exports.hidden = () => {\n  throw new Error('no');\n};\n");
  const args = ['run', '-f', folder, '--runtime', 'nodejs22', '--port', '0'];
  const temporary = path.dirname(folder);
  const terminal = spawn('python3', ['-I', '-c', TERMINAL, process.execPath, COMMAND, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: undefined, TERM: 'xterm', TMPDIR: temporary, XDG_STATE_HOME: temporary },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child = terminal;
  let output = '';
  terminal.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const until = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(stripVTControlCharacters(output));
      if (found !== null) return found;
      if (terminal.exitCode !== null) throw new Error(output);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const [, url = ''] = await until(/answers at (http:\S+)/);
  expect((await fetch(url)).status).toBe(500);
  // Time, level unless it is the usual one, and message; then the trace, in the files of the author.
  await until(/shop \| \d\d:\d\d:\d\d handler\.main listens on port \d+\r\n/);
  await until(/shop \| \d\d:\d\d:\d\d error: main failed\r\n/);
  await until(new RegExp(`at exports\\.hidden \\(${folder}/node\\.js:2:9\\)`));
  // Those of the server.
  await until(/\.\.\. \d+ frames of packages\r\n/);
  expect(output).toContain('\u001b[36mshop |\u001b[39m ');
  expect(output).not.toContain('server.mjs');
  expect(output).not.toContain('{"level"');
  const closed = once(terminal, 'close');
  terminal.stdin.write('\u0003');
  await closed;
  expect(terminal.exitCode).toBe(130);
  expect(output).toContain('another Ctrl-C does not wait for it');
});
