import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { buildBinary, PLATFORMS } from '../../scripts/binary.mjs';
import { deployment, source } from './functions.ts';
import { cluster, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectlOk, ROOT } from './kubectl.ts';
import { installManifests } from './manifests.ts';

const HERE = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const NODE = [process.execPath, path.join(ROOT, 'dist/buildless.mjs')] as const;

describe('the file without Node.js as a plugin of kubectl', () => {
  given(installManifests);
  let folder = '';

  beforeAll(async () => {
    if (PLATFORMS[HERE] === undefined) return;
    folder = mkdtempSync(path.join(tmpdir(), 'buildless-plugin-'));
    symlinkSync(await buildBinary(folder), path.join(folder, 'kubectl-buildless'));
  });
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  async function run([program = '', ...args]: readonly string[]): Promise<{
    readonly status: unknown;
    readonly stdout: string;
  }> {
    const env = {
      PATH: `${folder}:${path.dirname(cluster().kubectl)}`,
      HOME: folder,
      KUBECONFIG: cluster().kubeconfig,
    };
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [stdout, status] = await Promise.all([text(child.stdout), closed]);
    return { status, stdout };
  }

  it('tells of the cluster what Node.js tells: status, history and doctor', async (context) => {
    if (folder === '') context.skip(`there is no bun for ${HERE}`);
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('hello', 1));
    for (const args of [
      ['status', '-n', namespace, '-o', 'json'],
      ['status', '-n', namespace],
      ['history', 'hello', '-n', namespace],
      ['doctor', '-o', 'json'],
      ['uninstall', '--dry-run'],
    ]) {
      const plugin = await run([cluster().kubectl, 'buildless', ...args]);
      const node = await run([...NODE, ...args]);
      // Ages go on.
      const still = ({ status, stdout }: typeof node): object => ({
        status,
        stdout: stdout.replaceAll(/\b\d+s\b/g, '0s'),
      });
      expect(still(plugin)).toEqual(still(node));
      expect(plugin.stdout).not.toBe('');
    }
  });
});
