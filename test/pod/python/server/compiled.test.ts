import { execFileSync } from 'node:child_process';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime } from './python-function.ts';

/** How each module beyond Python's own was loaded, and what is left of the table. */
const HANDLER = `
import sys
from buildless_server import compiled, settings
def main(event, context):
    loaders = {}
    for name, module in sys.modules.items():
        if name != '__main__': loaders.setdefault(type(getattr(module, '__loader__', None)).__module__, []).append(name)
    return {
        'compiled': loaders.get('buildless_server.compiled', []),
        'files': loaders.get('_frozen_importlib_external', []),
        'marker': getattr(settings, 'MARKER', None),
        'finders': [finder for finder in map(repr, sys.meta_path) if 'buildless' in finder],
        'left': len(compiled._table),
    }
`;
interface Report {
  readonly compiled: readonly string[];
  readonly files: readonly string[];
  readonly marker: string | null;
  readonly finders: readonly string[];
  readonly left: number;
}

let runtime: PythonRuntime;
let table: string;
let whole: Buffer;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  const folder = path.join(runtime.folder, 'compiled');
  table = path.join(folder, (await readdir(folder))[0] ?? '');
  whole = await readFile(table);
});
afterAll(() => runtime.close());

async function report(api: 'event' | 'http' = 'event'): Promise<Report> {
  const handler = api === 'event' ? HANDLER : HANDLER.replace('main(event, context)', 'main()');
  const started = await runtime.start({ 'handler.py': handler }, { BUILDLESS_API: api });
  const answer = (await (await started.call()).json()) as Report;
  started.process.kill('SIGTERM');
  expect(await started.exited).toBe(0);
  return answer;
}

/** Replaces the code of a module in the table, as if its source had had one line more. */
function mark(program: string): void {
  execFileSync(process.env.BUILDLESS_TEST_PYTHON ?? 'python3', [
    '-c',
    `
import marshal, sys
path, runtime = sys.argv[1:]
table = marshal.load(open(path, 'rb'))
file, digest, code = table['buildless_server.settings']
source = open(file).read() + "\\nMARKER = 'of the table'\\n"
code = marshal.dumps(compile(source, file, 'exec', dont_inherit=True))
${program}
table['buildless_server.settings'] = (file, digest, code)
marshal.dump(table, open(path, 'wb'))
`,
    table,
    runtime.folder,
  ]);
}

describe('what the image has compiled', () => {
  it('is all that a start imports from files, but what Python imports before and what the Function brings', async () => {
    const { compiled, files, finders, left } = await report();
    expect(compiled.length).toBeGreaterThan(60);
    expect(compiled).toContain('buildless_server.application');
    expect(compiled).toContain('cheroot.server');
    expect(files).toEqual(expect.arrayContaining(['handler', 'buildless_server', 'buildless_server.compiled']));
    expect(files.filter((name) => /^(?:buildless_server\.(?!compiled$)|cheroot\.)/.test(name))).toEqual([]);
    expect({ finders, left }).toEqual({ finders: [], left: 0 });
  });

  it('is all that a start of the API http imports as well, and no more than it needs for others', async () => {
    const { compiled, files, left } = await report('http');
    // A folder without a file of its own.
    const folders = ['flask.sansio'];
    expect(compiled).toEqual(
      expect.arrayContaining(['flask.app', 'werkzeug.routing', 'buildless_server.http_api.api']),
    );
    expect(
      files.filter((name) =>
        /^(?:buildless_server\.(?!compiled$)|(?:cheroot|flask|werkzeug|jinja2|click)\.)/.test(name),
      ),
    ).toEqual(folders);
    expect(left).toBe(0);
    expect((await report()).compiled.filter((name) => /flask|http_api/.test(name))).toEqual([]);
  });

  it('is used in the place of the source', async () => {
    mark('');
    expect((await report()).marker).toBe('of the table');
  });

  it('is not used where the source is another', async () => {
    mark('digest = bytes(8)');
    expect((await report()).marker).toBeNull();
  });

  it('is not used where the source is elsewhere', async () => {
    mark("file = '/elsewhere/settings.py'");
    expect((await report()).marker).toBeNull();
  });

  it.each([
    ['is cut short', () => whole.subarray(0, 1000)],
    ['is empty', () => Buffer.alloc(0)],
    ['is not a table', () => Buffer.from('i\x01\x00\x00\x00')],
    ['has other values', () => Buffer.from('[\x01\x00\x00\x00i\x01\x00\x00\x00', 'latin1')],
  ])('is left alone where it %s', async (_, content) => {
    await writeFile(table, content());
    const { compiled, left } = await report();
    expect({ compiled, left }).toEqual({ compiled: [], left: 0 });
  });

  it('need not be there', async () => {
    await rm(table);
    const { compiled, files } = await report();
    expect(compiled).toEqual([]);
    expect(files).toContain('buildless_server.application');
  });

  it('is not made where the server cannot be started', async () => {
    await appendFile(path.join(runtime.folder, 'buildless_server/settings.py'), '\nraise ValueError("broken")\n');
    const compiler = path.resolve(import.meta.dirname, '../../../../scripts/compile-python.py');
    expect(() => execFileSync('python3', [compiler, runtime.folder], { stdio: 'pipe' })).toThrow(
      'did not start a Function',
    );
  });
});
