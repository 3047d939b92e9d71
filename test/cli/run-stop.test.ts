import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startSilent } from '../pod/install/fake-registry.ts';
import { answering, Runs, writeFunction } from '../run/running-command.ts';

const runs = new Runs();
beforeAll(() => runs.open());
afterEach(() => runs.endAll());
afterAll(() => runs.remove());

describe('Ctrl-C', () => {
  const SPAWNING = `
    const { spawn } = require('node:child_process');
    spawn('sleep', ['600'], { stdio: 'ignore' });
    spawn('sleep', ['600'], { stdio: 'ignore', detached: true }).unref();
    module.exports = { main: () => 'up' };`;

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s leaves no process and no file', async (signal) => {
    const command = await runs.runFunction({ files: { 'handler.js': SPAWNING } });
    await command.url();
    expect((await command.processes()).filter((line) => line.startsWith('sleep'))).toHaveLength(2);
    expect(await command.interrupt(signal)).toBe({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }[signal]);
    expect(await command.processes()).toEqual([]);
    expect(await command.leftovers()).toEqual([]);
  });

  it('kills what does not end within the grace of the Pod', async () => {
    const stubborn = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('running')`;
    const command = await runs.runFunction(
      {
        files: answering(''),
        container: { command: ['node', '-e', stubborn] },
        spec: { terminationGracePeriodSeconds: 1 },
      },
      [],
    );
    await command.until('hello | running');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('a second one does not wait', async () => {
    const stubborn = `process.on('SIGTERM', () => console.log('asked')); setInterval(() => {}, 1000); console.log('running')`;
    const command = await runs.runFunction(
      { files: answering(''), container: { command: ['node', '-e', stubborn] } },
      [],
    );
    await command.until('hello | running');
    command.child.kill('SIGINT');
    await command.until('hello | asked');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
  });

  it('ends an installation that hangs', async () => {
    const silent = await startSilent();
    const files = { ...answering(''), 'package.json': '{"dependencies":{"dayjs":"1.11.13"}}' };
    await writeFunction(runs.file, { files });
    const command = await runs.run(['-f', runs.file, '--port', '0'], { npm_config_registry: silent.address });
    await command.until('installing with npm');
    expect(await command.interrupt()).toBe(130);
    expect(await command.processes()).toEqual([]);
    expect(await command.leftovers()).toEqual([]);
    await silent.close();
  });
});
