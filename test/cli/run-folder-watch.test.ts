import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { Agent, get as request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { get, Runs, type RunningCommand } from '../run/running-command.ts';

const runs = new Runs();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-shop-'));
});
afterEach(async () => {
  await runs.endAll();
  await rm(folder, { recursive: true, force: true });
});

const save = (name: string, content: string): Promise<void> => writeFile(path.join(folder, name), content);
const watch = (...args: readonly string[]): Promise<RunningCommand> =>
  runs.run(['-f', folder, '--port', '0', '--watch', ...args]);

/** Asks again and again, over connections that are kept and over new ones; @returns everything that was not an answer. */
function poll(url: string): { readonly answers: Set<string>; readonly end: () => Promise<readonly string[]> } {
  const answers = new Set<string>();
  const faults: string[] = [];
  const agents = [new Agent({ keepAlive: true, maxSockets: 1 }), new Agent({ keepAlive: false })];
  let over = false;
  const asking = agents.map(async (agent) => {
    while (!over) {
      await new Promise<void>((resolve) => {
        request(url, { agent }, (response) => {
          if (response.statusCode !== 200) faults.push(String(response.statusCode));
          void text(response).then((body) => {
            answers.add(body);
            resolve();
          });
        }).on('error', (error) => {
          faults.push(error.message);
          resolve();
        });
      });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return {
    answers,
    end: async () => {
      over = true;
      await Promise.all(asking);
      for (const agent of agents) agent.destroy();
      return faults;
    },
  };
}

async function untilSeen(answers: ReadonlySet<string>, answer: string): Promise<void> {
  while (!answers.has(answer)) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('run --watch of a folder', () => {
  it.each([
    [
      'Node.js',
      ['--runtime', 'nodejs22'],
      'handler.js',
      (word: string) => `const { say } = require('./lib/say.js'); module.exports = { main: () => say('${word}') };`,
      'lib/say.js',
      (mark: string) => `module.exports = { say: (word) => word + '${mark}' };`,
    ],
    [
      'Python',
      ['--runtime', 'python312'],
      'handler.py',
      (word: string) => `from lib.say import say\ndef main(event, context):\n    return say('${word}')\n`,
      'lib/say.py',
      (mark: string) => `def say(word):\n    return word + '${mark}'\n`,
    ],
  ])(
    'serves edits of %s without one request that fails, each with one restart',
    async (_, args, handler, ofWord, module, ofMark) => {
      await mkdir(path.join(folder, 'lib'));
      await save(handler, ofWord('one'));
      await save(module, ofMark('!'));
      const command = await watch(...args);
      const { answers, end } = poll(await command.url());
      await untilSeen(answers, 'one!');
      await save(handler, ofWord('two'));
      await untilSeen(answers, 'two!');
      await save(module, ofMark('?'));
      await untilSeen(answers, 'two?');
      // As editors do.
      await save(`.${handler}.swp`, ofWord('three'));
      await rename(path.join(folder, `.${handler}.swp`), path.join(folder, handler));
      await untilSeen(answers, 'three?');
      expect(await end()).toEqual([]);
      expect(command.output.split('an edit: running').length - 1).toBe(3);
    },
  );

  it('shows an error once, with the file and the line of the author, and serves the last good version', async () => {
    await save('handler.js', "module.exports = { main: () => 'good' };");
    const command = await watch('--runtime', 'nodejs22');
    const { answers, end } = poll(await command.url());
    await untilSeen(answers, 'good');
    const from = command.output.length;
    await save('handler.js', '\n\nmodule.exports = { main: () => ');
    await command.until('before this edit stays up', from);
    const told = command.output.slice(from);
    expect(told.split('error: ').length - 1).toBe(1);
    expect(told).toMatch(new RegExp(`error: \\S+: ${folder}/handler\\.js, line \\d+: SyntaxError`));
    expect(told).not.toContain('/volumes/buildless-app/');
    await save('handler.js', "module.exports = { main: () => 'better' };");
    await untilSeen(answers, 'better');
    expect(await end()).toEqual([]);
    expect([...answers]).toEqual(['good', 'better']);
  });

  it('shows the trace of an error with the files of the author', async () => {
    await save('handler.js', "module.exports = {\n  main: () => {\n    throw new Error('no');\n  } };");
    const command = await watch('--runtime', 'nodejs22');
    await get(await command.url());
    await command.until(`${folder}/handler.js:3:`);
  });

  it('does not start again for what is not part of the source, and installs again only if dependencies change', async () => {
    await save('handler.js', "module.exports = { main: () => 'one ' + require('ms')(60000) };");
    await save('package.json', '{"dependencies":{"ms":"2.1.3"}}');
    await save('.gitignore', '*.log\n');
    const command = await watch('--runtime', 'nodejs22');
    const { answers, end } = poll(await command.url());
    await untilSeen(answers, 'one 1m');
    const from = command.output.length;
    await save('debug.log', 'x');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(command.output.slice(from)).not.toContain('an edit');
    await save('handler.js', "module.exports = { main: () => 'two ' + require('ms')(60000) };");
    await untilSeen(answers, 'two 1m');
    expect(command.output.slice(from)).not.toContain('installing with npm');
    await save('package.json', '{"description":"x","version":"2.0.0","dependencies":{"ms":"2.1.3"}}');
    await command.until('packages kept: no dependency has changed', command.output.lastIndexOf('an edit: running'));
    await command.until('answers at', command.output.lastIndexOf('packages kept'));
    expect(command.output.slice(from)).not.toContain('installing with npm');
    await save('package.json', '{"dependencies":{"ms":"2.1.2"}}');
    await command.until('installing with npm', from);
    await command.until('answers at', command.output.lastIndexOf('installing with npm'));
    expect(await end()).toEqual([]);
    // What the folder is, and that npm resolves without a lock, is no news after an edit.
    expect(command.output.split('the source of a Function').length - 1).toBe(1);
    expect(command.output.split('warning: ').length).toBe(new Set(command.output.split('warning: ')).size);
  });
});
