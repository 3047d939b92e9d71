import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { answering, get, Runs, writeFunction } from '../run/running-command.ts';

const runs = new Runs();
beforeAll(() => runs.open());
afterEach(() => runs.endAll());
afterAll(() => runs.remove());

interface Target {
  readonly id: string;
  readonly webSocketDebuggerUrl: string;
}

const targets = async (): Promise<readonly Target[]> =>
  (await (await fetch('http://127.0.0.1:9229/json/list')).json()) as readonly Target[];

it('run --inspect --watch: a debugger finds each version at the same port', async () => {
  const command = await runs.runFunction({ files: answering('one') }, ['--port', '0', '--watch', '--inspect']);
  const url = await command.url();
  const [first] = await targets();
  expect(first?.webSocketDebuggerUrl).toMatch(/^ws:\/\/127\.0\.0\.1:9229\//);
  const from = command.output.length;
  await writeFunction(runs.file, { files: answering('two') });
  await command.until('answers at', from);
  expect(await get(url)).toBe('two');
  const [second] = await targets();
  expect(second?.id).not.toBe(first?.id);
});
