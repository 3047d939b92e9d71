import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answering, get, Runs, writeFunction } from '../run/running-command.ts';

const runs = new Runs();
beforeAll(() => runs.open());
afterEach(() => runs.endAll());
afterAll(() => runs.remove());

describe('--watch', () => {
  it('serves an edit of the code, and keeps the packages', async () => {
    const files = (text: string): Record<string, string> => ({
      'handler.js': `const ms = require('ms'); module.exports = { main: () => '${text} ' + ms(60000) };`,
      'package.json': '{"dependencies":{"ms":"2.1.3"}}',
    });
    const command = await runs.runFunction({ files: files('first') }, ['--port', '0', '--watch']);
    const url = await command.url();
    expect(await get(url)).toBe('first 1m');
    let from = command.output.length;
    await writeFunction(runs.file, { files: files('second') });
    await command.until('answers at', from);
    expect(await get(url)).toBe('second 1m');
    expect(command.output.slice(from)).toContain('packages kept');
    expect(command.output.slice(from)).not.toContain('installing with npm');

    from = command.output.length;
    const [edited] = [{ ...files('third'), 'package.json': '{"dependencies":{"ms":"2.1.2"}}' }];
    await writeFunction(runs.file, { files: edited });
    await command.until('answers at', from);
    expect(await get(url)).toBe('third 1m');
    expect(command.output.slice(from)).toContain('installing with npm');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('keeps the Function up when an edit breaks the YAML, is refused, or cannot be installed', async () => {
    const command = await runs.runFunction({ files: answering('good') }, ['--port', '0', '--watch']);
    const url = await command.url();
    const good = await readFile(runs.file, 'utf8');
    for (const [bad, message] of [
      [`${good}\n  : [`, 'error:'],
      [good.replace('nodejs20', 'nodejs21'), 'unknown runtime "nodejs21"'],
      [
        good.replace('"handler.js"', '"package.json": "{\\"dependencies\\":{\\"ms\\":\\"9.9.9\\"}}", "handler.js"'),
        'error: buildless-install: ',
      ],
    ] as const) {
      const from = command.output.length;
      await writeFile(runs.file, bad);
      await command.until('the hello before this edit stays up', from);
      expect(command.output.slice(from)).toContain(message);
      expect(await get(url)).toBe('good');
    }
  });

  it.each([
    {
      what: 'a syntax error',
      bad: { 'handler.js': 'module.exports = { main: () => ' },
      message: 'SyntaxError',
    },
    {
      what: 'an exception of the module',
      bad: { 'handler.js': "throw new Error('not today');" },
      message: 'Error: not today',
    },
    {
      what: 'a dependency that the policy refuses',
      bad: { ...answering('floating'), 'package.json': '{"dependencies":{"ms":"latest"}}' },
      message: 'ms',
    },
  ])('serves the last good version throughout an edit with $what, and then the next good one', async (edit) => {
    const files = (text: string): Record<string, string> => ({
      'handler.js': `const ms = require('ms'); module.exports = { main: () => '${text} ' + ms(60000) };`,
      'package.json': '{"dependencies":{"ms":"2.1.3"}}',
    });
    const command = await runs.runFunction({ files: files('good') }, ['--port', '0', '--watch']);
    const url = await command.url();
    const answers = new Set<string>();
    const over = new AbortController();
    const polling = (async () => {
      while (!over.signal.aborted) {
        answers.add(await get(url).catch((error: unknown) => String(error)));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    let from = command.output.length;
    await writeFunction(runs.file, { files: { ...files('bad'), ...edit.bad } });
    await command.until('the hello before this edit stays up', from);
    over.abort();
    await polling;
    expect([...answers]).toEqual(['good 1m']);
    const told = command.output.slice(from);
    expect(told).toContain(edit.message);
    expect(told.split('error: ').length - 1).toBe(1);

    from = command.output.length;
    await writeFunction(runs.file, { files: files('better') });
    await command.until('answers at', from);
    expect(await get(url)).toBe('better 1m');
  });

  it('runs an edit of code that takes a port of its own', async () => {
    const files = (text: string, port: number): Record<string, string> => ({
      'handler.js': `const server = require('http').createServer().listen(${port});
        module.exports = { main: () => '${text} ' + server.address().port };`,
    });
    const command = await runs.runFunction({ files: files('first', 0) }, ['--port', '0', '--watch']);
    const url = await command.url();
    const port = Number((await get(url)).split(' ')[1]);
    const from = command.output.length;
    await writeFunction(runs.file, { files: files('second', port) });
    await command.until('answers at', from);
    expect(await get(url)).toBe(`second ${port}`);
  });

  it('waits for the next edit when the handler cannot be loaded', async () => {
    const command = await runs.runFunction({ files: { 'handler.js': 'syntax error' } }, ['--port', '0', '--watch']);
    await command.until('hello is not up; waiting for an edit');
    await writeFunction(runs.file, { files: answering('mended') });
    expect(await get(await command.url())).toBe('mended');
  });
});
