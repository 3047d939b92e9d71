import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime } from './python-function.ts';

let runtime: PythonRuntime;
let scratch: string;

beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-termination-'));
  await chmod(scratch, 0o755);
});
afterAll(async () => {
  await runtime.close();
  await rm(scratch, { recursive: true, force: true });
});

/** Starts what cannot be started; its exit status, log and termination message. */
async function fails(files: Record<string, string>, env: Record<string, string> = {}) {
  const termination = path.join(scratch, 'termination-log');
  await writeFile(termination, '');
  await chmod(termination, 0o666);
  const started = await runtime.start(files, { ...env, BUILDLESS_TERMINATION_LOG: termination });
  const status = await started.exited;
  return { status, log: started.log(), message: await readFile(termination, 'utf8'), folder: started.folder };
}

describe('a handler that cannot be loaded ends the process with one message', () => {
  it('names the files that are there where the file is missing', async () => {
    const { status, message, log, folder } = await fails({ 'index.py': 'def main(e, c): pass\n', 'lib/x.py': '' });
    expect(status).toBe(1);
    expect(message).toBe(
      [
        `${folder}: the handler is missing.`,
        `  looked for: handler.py or handler/__init__.py (MOD_NAME is 'handler')`,
        `  found:      index.py, lib/`,
        `  to fix it:  name the file and the function in the annotation buildless.dev/handler, as FILE.EXPORT.`,
      ].join('\n'),
    );
    expect(JSON.parse(log)).toMatchObject({ level: 'error', msg: `the Function cannot be started\n${message}` });
  });

  it('names file, line and code of a syntax error', async () => {
    const { status, message, log, folder } = await fails({
      'handler.py': 'x = 1\ndef main(event, context)\n    return 1\n',
    });
    expect(status).toBe(1);
    expect(message).toMatch(
      new RegExp(`^${folder}/handler\\.py, line 2: SyntaxError: expected ':'\n +def main\\(event, context\\)\n +\\^$`),
    );
    expect(log).not.toContain('Traceback');
  });

  it('names file and line of a syntax error in a module that the handler imports', async () => {
    const { message, folder } = await fails({ 'handler.py': 'import lib.a\n', 'lib/a.py': '\n\nif True:\nx = 1\n' });
    expect(message).toContain(`${folder}/lib/a.py, line 4: IndentationError: expected an indented block`);
  });

  it('names the import of a missing module, where it was looked for, and what is installed', async () => {
    const { status, message, log, folder } = await fails({
      'handler.py': 'import json\nimport reqests\ndef main(event, context): pass\n',
      '.python-packages/requests/__init__.py': '',
      '.python-packages/requests-2.34.2.dist-info/METADATA': '',
    });
    expect(status).toBe(1);
    expect(message).toContain(`${folder}/handler.py, line 2: import reqests: No module named 'reqests'.`);
    expect(message).toContain(`looked for: reqests in ${folder}, in its installed packages, and in Python 3.`);
    expect(message).toContain('found:      handler.py; installed: requests\n');
    expect(message).toContain('to fix it:  import requests, or add the package that has reqests to requirements.txt');
    expect(log).not.toContain('Traceback');
  });

  it('says what to declare for a package that Kyma has in its image', async () => {
    const { message } = await fails({ 'handler.py': 'import requests\n' });
    expect(message).toContain('add requests with its version to requirements.txt');
    expect(message).toContain("Kyma's image includes it; Buildless's does not");
  });

  it('names the functions that are there where the export is missing, and the nearest', async () => {
    const { status, message, folder } = await fails({
      'handler.py': 'def mian(event, context): pass\ndef other(event, context): pass\n_hidden = print\n',
    });
    expect(status).toBe(1);
    expect(message).toContain(`${folder}/handler.py: main is missing.`);
    expect(message).toContain(`looked for: def main(event, context) (FUNC_HANDLER is 'main')`);
    expect(message).toContain('found:      mian, other\n');
    expect(message).toContain('Did you mean mian?');
  });

  it('refuses an export that is no function', async () => {
    const { message } = await fails({ 'handler.py': 'main = {"a": 1}\n' });
    expect(message).toContain('main is not a function');
  });

  it('refuses a handler that does not take event and context', async () => {
    const { status, message, folder } = await fails({ 'handler.py': '\n\ndef main(event): pass\n' });
    expect(status).toBe(1);
    expect(message).toContain(`${folder}/handler.py, line 3: main cannot be called.`);
    expect(message).toContain('found:      def main(event)\n');
  });

  it('names the line of an exception, and keeps its trace for the log', async () => {
    const { status, message, log, folder } = await fails({
      'handler.py': 'import os\nurl = os.environ["DATABASE_URL"]\n',
    });
    expect(status).toBe(1);
    expect(message).toContain(
      `${folder}/handler.py, line 2: url = os.environ["DATABASE_URL"]: KeyError: 'DATABASE_URL'`,
    );
    expect(message).not.toContain('Traceback');
    expect(log).toContain('Traceback (most recent call last)');
    expect(log).not.toContain('buildless_server');
  });

  it('does not take sys.exit() in the module for an orderly end', async () => {
    const { status, message } = await fails({ 'handler.py': 'import sys\nsys.exit(0)\n' });
    expect(status).toBe(1);
    expect(message).toContain('line 2: sys.exit(0): SystemExit: 0');
  });

  it('refuses a module that is called as one of Python that is loaded', async () => {
    const { status, message } = await fails({ 'queue.py': 'def main(e, c): pass\n' }, { MOD_NAME: 'queue' });
    expect(status).toBe(1);
    expect(message).toContain('the module cannot be called queue');
  });

  it.each([
    ['FUNC_PORT', 'http', "FUNC_PORT is 'http': give a whole number from 0 to 65535."],
    ['FUNC_TIMEOUT', '-1', "FUNC_TIMEOUT is '-1': give a number above 0."],
    ['REQ_MB_LIMIT', 'nan', "REQ_MB_LIMIT is 'nan': give a number above 0."],
    ['CHERRYPY_NUMTHREADS', '0', "CHERRYPY_NUMTHREADS is '0': give a whole number from 1 to 10000."],
  ])('refuses %s=%s', async (name, value, expected) => {
    const { status, message } = await fails({ 'handler.py': 'def main(e, c): pass\n' }, { [name]: value });
    expect(status).toBe(1);
    expect(message).toBe(expected);
  });

  it('keeps the termination message within the 4096 bytes of Kubernetes', async () => {
    const { message } = await fails({ 'handler.py': `raise ValueError('ü' * 5000)\n` });
    const bytes = Buffer.byteLength(message);
    expect(bytes).toBeLessThanOrEqual(4096);
    expect(bytes).toBeGreaterThan(4090);
    expect(message).not.toContain('\uFFFD');
  });
});

describe('a handler is found', () => {
  it.each([
    ['pkg/mod', 'run'],
    ['pkg.mod', 'run'],
    ['pkg', 'run'],
  ])('as MOD_NAME %s', async (module, name) => {
    const started = await runtime.start(
      {
        'pkg/__init__.py': 'from .mod import run\n',
        'pkg/mod.py': 'from pkg.other import word\ndef run(event, context): return word\n',
        'pkg/other.py': 'word = "found"\n',
      },
      { MOD_NAME: module, FUNC_HANDLER: name },
    );
    expect(await (await started.call()).text()).toBe('found');
  });

  it('in a file whose name is no Python name', async () => {
    const started = await runtime.start(
      { 'my-handler.py': 'def main(event, context): return "dashed"\n' },
      { MOD_NAME: 'my-handler' },
    );
    expect(await (await started.call()).text()).toBe('dashed');
  });

  it('as an object that can be called, a decorated function or a function with defaults', async () => {
    const started = await runtime.start({
      'handler.py': [
        'import functools',
        'def decorator(function):',
        '    @functools.wraps(function)',
        '    def inner(*args): return function(*args)',
        '    return inner',
        'class Handler:',
        '    @decorator',
        '    def __call__(self, event, context, more=1): return "called"',
        'main = Handler()',
      ].join('\n'),
    });
    expect(await (await started.call()).text()).toBe('called');
  });
});
