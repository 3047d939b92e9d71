import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { pythonWithDebugpy } from '../pip-versions.ts';
import { AdapterClient } from '../run/debug/adapter-client.ts';
import { InspectorClient } from '../run/debug/inspector-client.ts';
import { get, Runs, type RunningCommand } from '../run/running-command.ts';

const runs = new Runs();
let folder: string;
beforeAll(async () => {
  // A space, as URLs and arguments have it in another way than paths.
  folder = path.join(await realpath(await mkdtemp(path.join(tmpdir(), 'buildless debugged-'))), 'shop');
  await mkdir(folder);
});
afterEach(() => runs.endAll());
afterAll(() => rm(path.dirname(folder), { recursive: true, force: true }));

interface Debugged {
  readonly command: RunningCommand;
  readonly url: string;
  readonly port: number;
  readonly save: (code: string) => Promise<void>;
}

async function debug(runtime: string, file: string, code: string, env: NodeJS.ProcessEnv = {}): Promise<Debugged> {
  await writeFile(file, code);
  const args = ['--runtime', runtime, '--port', '0', '--watch', '--inspect-port', '0'];
  const command = await runs.run(['-f', path.dirname(file), ...args], env);
  const [, port] = await command.until(/debugger: attach to port (\d+)/);
  const url = await command.url();
  const save = async (changed: string): Promise<void> => {
    const from = command.output.length;
    await writeFile(file, changed);
    await command.until('answers at', from);
  };
  return { command, url, port: Number(port), save };
}

describe('run --inspect --watch of Node.js', () => {
  const codeOf = (word: string): string =>
    `module.exports = {\n  main: () => {\n    const word = '${word}';\n    return word;\n  },\n};\n`;

  const typed = (word: string): string =>
    `export function main(): string {\n  interface Unused {}\n  const word: string = '${word}';\n  return word;\n}\n`;

  it.each([
    ['Chrome', 'handler.js', codeOf, (url: string) => ({ url })],
    // js-debug on a file system that folds case.
    [
      'VS Code',
      'handler.ts',
      typed,
      (url: string) => ({ urlRegex: url.replace(/[.*+?/]/g, String.raw`\$&`).replace('handler', '[hH]andler') }),
    ],
  ])(
    'stops at the breakpoint that %s sets in the %s of the author, and after an edit in the same session again',
    async (debuggerName, name, codeOf, selectorOf) => {
      const own = path.join(folder, debuggerName.replace(' ', '-').toLowerCase());
      await mkdir(own);
      const file = path.join(own, name);
      const source = pathToFileURL(file).href;
      const { command, url, port, save } = await debug('nodejs22', file, codeOf('one'));
      const client = await InspectorClient.attach(port);
      await client.ask('Runtime.enable');
      await client.ask('Debugger.enable');
      const parsed = await client.event('Debugger.scriptParsed', 0, (params) => params.url === source);
      const { result } = await client.ask('Debugger.setBreakpointByUrl', { ...selectorOf(source), lineNumber: 3 });
      expect(result?.locations).toContainEqual(expect.objectContaining({ scriptId: parsed.scriptId, lineNumber: 3 }));

      const stops = async (from: number): Promise<unknown> => {
        const answer = get(url);
        const { callFrames, hitBreakpoints } = (await client.event('Debugger.paused', from)) as {
          readonly callFrames: readonly { readonly location: object; readonly callFrameId: string }[];
          readonly hitBreakpoints: readonly string[];
        };
        expect(hitBreakpoints).toEqual([result?.breakpointId]);
        const [{ location, callFrameId } = { location: {}, callFrameId: '' }] = callFrames;
        const isThere = (params: object): boolean =>
          'scriptId' in params && 'scriptId' in location && params.scriptId === location.scriptId;
        expect(await client.event('Debugger.scriptParsed', from, isThere)).toMatchObject({ url: source });
        const evaluated = await client.ask('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'word' });
        await client.ask('Debugger.resume');
        const { value } = evaluated.result?.result as { readonly value: unknown };
        expect(await answer).toBe(value);
        return value;
      };
      expect(await stops(0)).toBe('one');
      let from = client.events.length;
      await save(codeOf('two'));
      // As a page does that is loaded again.
      await client.event('Runtime.executionContextsCleared', from);
      const resolved = await client.event('Debugger.breakpointResolved', from);
      expect(resolved.breakpointId).toBe(result?.breakpointId);
      expect(await stops(from)).toBe('two');

      await client.ask('Debugger.removeBreakpoint', { breakpointId: result?.breakpointId });
      expect(await get(url)).toBe('two');
      from = client.events.length;
      await save(codeOf('three'));
      expect(await get(url)).toBe('three');
      expect(client.events.slice(from).map(({ method }) => method)).not.toContain('Debugger.paused');
      expect(client.isOpen).toBe(true);
      // It does not wait for the debugger, as Node.js would.
      expect(await command.interrupt()).toBe(130);
      expect(command.output).not.toContain('Waiting for the debugger');
      expect(client.isOpen).toBe(false);
    },
  );

  it('lets a program that waits at a breakpoint go on when an edit replaces it', async () => {
    const { url, port, save } = await debug('nodejs22', path.join(folder, 'handler.js'), codeOf('one'));
    const client = await InspectorClient.attach(port);
    await client.ask('Debugger.enable');
    await client.ask('Debugger.setBreakpointByUrl', {
      url: pathToFileURL(path.join(folder, 'handler.js')).href,
      lineNumber: 3,
    });
    const waiting = get(url);
    await client.event('Debugger.paused');
    await save(codeOf('two'));
    expect(await waiting).toBe('one');
    await client.event('Debugger.resumed');
    client.close();
  });

  it('finds the target of each version at one port, and refuses who knows neither the host nor the target', async () => {
    const { port, save } = await debug('nodejs22', path.join(folder, 'handler.js'), codeOf('one'));
    const list = async (): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
    const first = await list();
    expect(first).toMatchObject([
      { webSocketDebuggerUrl: expect.stringMatching(new RegExp(`^ws://127\\.0\\.0\\.1:${port}/`)) as string },
    ]);
    await save(codeOf('two'));
    expect(await list()).not.toEqual(first);
    const statusOf = (url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
      new Promise((resolve) => {
        request({ host: '127.0.0.1', port, path: url, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('upgrade', (response, socket) => {
            socket.destroy();
            resolve(response.statusCode);
          })
          .on('error', () => {
            resolve(undefined);
          })
          .end();
      });
    const upgrade = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    };
    expect(await statusOf('/json/list', { Host: 'evil.example' })).not.toBe(200);
    expect(await statusOf('/5b0cd3f4-0000-0000-0000-000000000000', upgrade)).toBeUndefined();
    const [target] = (await list()) as readonly { readonly id: string }[];
    expect(await statusOf(`/${target?.id ?? ''}`, { ...upgrade, Host: 'evil.example' })).toBeUndefined();
    expect(await statusOf(`/${target?.id ?? ''}`, upgrade)).toBe(101);
  });
});

it('run --inspect --watch of Python stops in the file of the author before and after an edit', async () => {
  const python = await pythonWithDebugpy();
  const PATH = [path.dirname(python), process.env.PATH].join(path.delimiter);
  const file = path.join(folder, '../python/handler.py');
  await mkdir(path.dirname(file));
  const codeOf = (word: string): string => `def main(event, context):\n    word = '${word}'\n    return word\n`;
  const { url, port, save } = await debug('python311', file, codeOf('one'), { PATH });
  const client = await AdapterClient.attach(port, file, 3);
  const stops = async (from: number): Promise<unknown> => {
    const answer = get(url);
    const { threadId } = await client.event('stopped', from);
    const { body: trace } = await client.ask('stackTrace', { threadId });
    const [frame] = trace?.stackFrames as readonly {
      readonly id: number;
      readonly source: { readonly path: string };
    }[];
    expect(frame?.source.path).toBe(file);
    const { body } = await client.ask('evaluate', { expression: 'word', frameId: frame?.id });
    await client.ask('continue', { threadId });
    expect(`'${await answer}'`).toBe(body?.result);
    return body?.result;
  };
  expect(await stops(0)).toBe("'one'");
  const from = client.events.length;
  await save(codeOf('two'));
  await client.event('thread', from);
  expect(await stops(from)).toBe("'two'");
  client.close();
});
