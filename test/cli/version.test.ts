import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildless, ROOT } from './command.ts';

const { version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as { version: string };

const deployment = (image: string): object => ({ spec: { template: { spec: { containers: [{ image }] } } } });

/** An API server with a webhook of another version, and no controller. */
async function withCluster(act: (kubeconfig: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-version-'));
  const server = createServer(({ url = '' }, response) => {
    const found = url.includes('/version')
      ? { major: '1', minor: '34' }
      : url.endsWith('/namespaces/buildless-system/deployments/buildless-webhook') &&
        deployment('mirror.example/buildless:0.0.9@sha256:aa');
    const body = found === false ? { kind: 'Status', code: 404, message: 'not found' } : found;
    response.writeHead(found === false ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const kubeconfig = path.join(folder, 'config');
  await writeFile(
    kubeconfig,
    `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:${port}', insecure-skip-tls-verify: true } }]
contexts: [{ name: here, context: { cluster: c, user: '' } }]
current-context: here
`,
  );
  try {
    await act(kubeconfig);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

describe('version', () => {
  it('prints its own version without asking a cluster', async () => {
    const { status, stdout } = await buildless(['version', '--client', '--kubeconfig', 'none']);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `command   ${version}\n` });
  });

  it('prints what is installed, and why a part is not known', async () => {
    await withCluster(async (kubeconfig) => {
      const { status, stdout } = await buildless(['version', '--kubeconfig', kubeconfig]);
      expect(status).toBe(0);
      expect(stdout).toBe(
        `command   ${version}\nwebhook   0.0.9\ncontrol   unknown (not installed in namespace buildless-system)\n`,
      );
    });
  });

  it.each(['json', 'yaml'])('has a form for pipelines: %s', async (form) => {
    await withCluster(async (kubeconfig) => {
      const { stdout } = await buildless(['version', '--kubeconfig', kubeconfig, '-o', form]);
      expect(stdout).toContain('mirror.example/buildless:0.0.9@sha256:aa');
      expect(stdout).toContain(version);
    });
  });
});
