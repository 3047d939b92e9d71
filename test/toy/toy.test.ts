import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOptions } from '../../scripts/bundle.mjs';
import { get, RunningCommand, writeFunction } from '../run/running-command.ts';

const source = (file: string): string => path.join(import.meta.dirname, file);

/** The product with Toy: what `npm run build` makes, of its entries with one language more. */
async function buildProduct(folder: string): Promise<void> {
  const shared: BuildOptions = await bundleOptions();
  const bundle = (entry: string, outfile: string): Promise<unknown> =>
    build({ ...shared, entryPoints: [source(entry)], outfile: path.join(folder, outfile) });
  await Promise.all([bundle('command.ts', 'buildless.mjs'), bundle('prepare.ts', 'pod/prepare.mjs')]);
  await mkdir(path.join(folder, 'pod/toy'));
  await copyFile(source('server.py'), path.join(folder, 'pod/toy/server.py'));
}

describe('a language that is added in some rows', () => {
  let folder: string;
  let command: string;
  let manifest: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-toy-'));
    command = path.join(folder, 'buildless.mjs');
    manifest = path.join(folder, 'function.yaml');
    await buildProduct(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const buildless = (...args: readonly string[]): { readonly output: string; readonly status: number | null } => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [command, ...args], { encoding: 'utf8' });
    return { output: stdout + stderr, status };
  };

  it('has its Functions run from a manifest to an HTTP answer', async () => {
    await writeFunction(manifest, { runtime: 'toy1', files: { 'handler.toy': 'hello\n' } });
    const running = await RunningCommand.start(['-f', manifest, '--port', '0'], {}, command);
    try {
      expect(await get(await running.url())).toBe('serious: hello\n');
      expect(running.output).toContain('ready to run with Toy');
      expect(await running.interrupt()).toBe(130);
    } finally {
      await running.dispose();
    }
  });

  it('is injected without a second init container, as it has nothing to install', async () => {
    await writeFunction(manifest, { runtime: 'toy1', files: { 'handler.toy': '' } });
    const { output, status } = buildless('inject', '-f', manifest);
    expect({ output, status }).toMatchObject({ status: 0 });
    expect(output).toContain('"image": "registry.example/toy:1.0.0"');
    expect(output).toContain('--language=toy');
    expect(output).not.toContain('buildless-install');
  });

  it('has its handler looked for, and its dependencies judged by its own row', async () => {
    await writeFunction(manifest, { runtime: 'toy1', files: { 'other.toy': '', 'toys.txt': 'duck' } });
    const { output, status } = buildless('validate', '-f', manifest);
    expect(status).toBe(1);
    expect(output).toContain('configmap:hello has no handler.toy');
    expect(output).toContain('toys.txt: Toy has no packages');
  });

  it('is a language of the configuration', () => {
    expect(buildless('schema').output).toContain('"toy"');
  });
});
