import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApiServer, type FakeApiServer } from './api-server.ts';
import { buildless, ROOT } from './command.ts';

const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

const deployment = (image: string): object => ({ spec: { template: { spec: { containers: [{ image }] } } } });

/** Has a webhook of another version, and no controller. */
function installed(at: string): object | undefined {
  if (at === '/version') return { major: '1', minor: '34' };
  if (at !== '/apis/apps/v1/namespaces/buildless-system/deployments/buildless-webhook') return undefined;
  return deployment('mirror.example/buildless:0.0.9@sha256:aa');
}

let cluster: FakeApiServer;
beforeAll(async () => {
  cluster = await startApiServer(installed);
});
afterAll(() => cluster.close());

describe('version', () => {
  it('prints its own version without asking a cluster', async () => {
    const { status, stdout } = await buildless(['version', '--client', '--kubeconfig', 'none']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `command   ${version}\n` });
  });

  it('prints what is installed, and why a part is not known', async () => {
    const { status, stdout } = await buildless(['version', ...cluster.options]);
    expect(status).toBe(0);
    expect(stdout).toBe(
      `command   ${version}\nwebhook   0.0.9\ncontrol   unknown (not installed in namespace buildless-system)\n`,
    );
  });

  it.each(['json', 'yaml'])('has a form for pipelines: %s', async (form) => {
    const { stdout } = await buildless(['version', ...cluster.options, '-o', form]);
    expect(stdout).toContain('mirror.example/buildless:0.0.9@sha256:aa');
    expect(stdout).toContain(version);
  });
});
