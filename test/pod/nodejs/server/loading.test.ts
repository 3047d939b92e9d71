import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { FunctionProcess, withFunction } from '../../conformance/harness.ts';

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());

type Files = Readonly<Record<string, string>>;
type Env = Readonly<Record<string, string>>;

/** The termination message of a Function that must not start. */
async function refusal(files: Files, env: Env = {}): Promise<string> {
  const started = await FunctionProcess.launch({ language: 'nodejs', programs: built.programs, files, env });
  try {
    expect(await started.exited).toBe(1);
    const message = await started.terminationMessage();
    expect(started.log).toContain(JSON.stringify(`the Function cannot be started\n${message}`).slice(1, -1));
    return message.replaceAll(started.folder, '/function');
  } finally {
    await started.stop();
  }
}

describe('a handler that cannot be loaded ends the process, and one message says why', () => {
  it('a syntax error of a CommonJS module, with file, line and mark', async () => {
    expect(await refusal({ 'handler.js': 'const a = 1;\nmodule.exports = { main( };\n' })).toMatch(
      /^handler\.js, line 2: SyntaxError: Unexpected token '}'\n {2}module\.exports = \{ main\( \};\n +\^\n {2}looked for: main in handler\.js$/,
    );
  });

  it('a syntax error of an ES module, with file and line, also in a file that it imports', async () => {
    const files = { 'handler.mjs': `import './lib.mjs';\nexport const main = 1;`, 'lib.mjs': '\nconst = 1;\n' };
    expect(await refusal(files)).toMatch(/^lib\.mjs, line 2: SyntaxError: .*\n {2}const = 1;\n +\^/);
  });

  it('a missing export: what was looked for and what is there', async () => {
    const message = await refusal({ 'handler.js': 'module.exports = { mains() {}, version: "1" };' });
    expect(message).toMatch(/^handler\.js: main is missing\./);
    expect(message).toContain('found:      mains (a function), version (a string)');
    expect(message).toContain('Did you mean mains?');
  });

  it('an export that is no function', async () => {
    expect(await refusal({ 'handler.mjs': 'export const main = { a: 1 };' })).toMatch(
      /^handler\.mjs: main is an object, not a function\./,
    );
  });

  it('a missing package, and what to do', async () => {
    const message = await refusal({ 'handler.js': `\nconst dayjs = require('dayjs');\n`, 'package.json': '{}' });
    expect(message).toMatch(/^handler\.js, line 2: .*dayjs/);
    expect(message).toContain('add dayjs with its version to the dependencies in package.json');
  });

  it('a package that Kyma has in its image', async () => {
    const message = await refusal({ 'handler.mjs': `import axios from 'axios';\nexport const main = () => axios;` });
    expect(message).toContain("Kyma's image includes it; Buildless's does not.");
  });

  it('a package that was declared and not installed', async () => {
    const files = { 'handler.js': `require('dayjs');`, 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' };
    expect(await refusal(files)).toContain('package.json declares dayjs, but it was not installed');
  });

  it('a missing file', async () => {
    const message = await refusal({ 'handler.js': `require('./lib/orders');`, 'other.js': '' });
    expect(message).toMatch(/^handler\.js, line 1: .*the module \.\/lib\/orders was not found\./);
    expect(message).toContain('found:      handler.js, other.js');
  });

  it('an error that the module itself throws, with its place', async () => {
    expect(await refusal({ 'handler.js': `\n\nthrow new TypeError('no configuration');` })).toMatch(
      /^handler\.js, line 3: throw new TypeError\('no configuration'\);: TypeError: no configuration/,
    );
  });

  it('a top-level await that never ends', async () => {
    const message = await refusal({ 'handler.mjs': 'await new Promise(() => {});\nexport const main = () => 1;' });
    expect(message).toContain('its top-level await waits for something that never comes');
  });

  it('a handler that ends the process', async () => {
    expect(await refusal({ 'handler.js': 'process.exit(0);' })).toContain('it ended the process, with exit status 0');
  });

  it('no file of that name', async () => {
    const message = await refusal({ 'handlr.js': '' });
    expect(message).toMatch(/^\/function: the handler is missing\./);
    expect(message).toContain('looked for: handler.js, handler.mjs, handler.cjs, handler.ts');
    expect(message).toContain('Did you mean handlr?');
  });

  it('a variable without a meaning', async () => {
    expect(await refusal({ 'handler.js': '' }, { FUNC_TIMEOUT: 'soon' })).toBe(
      'FUNC_TIMEOUT is "soon": give a number from 0.001 to 2147483.',
    );
    expect(await refusal({ 'handler.js': '' }, { FUNC_PORT: '80.5' })).toContain('give a whole number');
  });

  it('a port that is taken', async () => {
    await withFunction(
      { language: 'nodejs', programs: built.programs, files: 'exports.main = () => 1;' },
      async ({ port }) => {
        const message = await refusal({ 'handler.js': 'exports.main = () => 1;' }, { FUNC_PORT: String(port) });
        expect(message).toMatch(new RegExp(`^Port ${port} \\(FUNC_PORT\\) cannot be listened on: .*EADDRINUSE`));
      },
    );
  });
});

describe('which file is the handler', () => {
  const answerOf = (files: Files, env: Env): Promise<string> =>
    withFunction({ language: 'nodejs', programs: built.programs, files, env }, async (started) => {
      return (await started.call({})).text;
    });
  const both = { 'handler.js': `exports.main = () => 'handler';`, 'src/app.js': `exports.main = () => 'app';` };
  const manifest = (main: string): Files => ({ ...both, 'package.json': JSON.stringify({ main }) });

  it('MOD_NAME names it, with an extension or without', async () => {
    expect(await answerOf(manifest('src/app.js'), { MOD_NAME: 'handler' })).toBe('handler');
    expect(await answerOf(both, { MOD_NAME: './src/app.js' })).toBe('app');
  });

  it('without MOD_NAME it is main of package.json', async () => {
    expect(await answerOf(manifest('./src/app.js'), { MOD_NAME: '' })).toBe('app');
    expect(await answerOf(manifest('src/app'), { MOD_NAME: '' })).toBe('app');
  });

  it('without a main that is there it is handler', async () => {
    expect(await answerOf(manifest('index.js'), { MOD_NAME: '' })).toBe('handler');
    expect(await answerOf(both, { MOD_NAME: '' })).toBe('handler');
  });
});

describe('a start loads of Node.js', () => {
  it.each(['event', 'http'])('neither TLS nor undici, which cost 60 ms and 15 MB (API "%s")', async (api) => {
    const handler = `const heavy = () => process.moduleLoadList.filter((name) => /undici|NativeModule (tls|https)$/.test(name)).join();
exports.main = (first, second) => (first.res === second ? second.send(\`loaded:\${heavy()}\`) : \`loaded:\${heavy()}\`);`;
    const env = { BUILDLESS_API: api };
    await withFunction({ language: 'nodejs', programs: built.programs, files: handler, env }, async (started) => {
      expect((await started.call({})).text).toBe('loaded:');
    });
  });
});
