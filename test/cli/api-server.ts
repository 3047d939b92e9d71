import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface FakeApiServer {
  /** Options that name it. */
  readonly options: readonly string[];
  close(): Promise<void>;
}

/**
 * An API server of a few objects, with a kubeconfig whose context is `here`. What it really does is tested on a real one
 * (test/cluster).
 *
 * @param answer the object at a path; undefined if there is none
 */
export async function startApiServer(
  answer: (path: string, method: string) => object | undefined,
): Promise<FakeApiServer> {
  const server = createServer(({ method = '', url = '' }, response) => {
    const [at = ''] = url.split('?');
    const found = answer(at, method);
    response
      .writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(found ?? { kind: 'Status', code: 404 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  const folder = await mkdtemp(path.join(tmpdir(), 'buildless-api-server-'));
  const kubeconfig = path.join(folder, 'config');
  await writeFile(
    kubeconfig,
    `apiVersion: v1
kind: Config
clusters: [{ name: c, cluster: { server: 'http://127.0.0.1:${port}', insecure-skip-tls-verify: true } }]
users: [{ name: u, user: { token: t } }]
contexts: [{ name: here, context: { cluster: c, user: u } }]
current-context: here
`,
  );
  return {
    options: ['--kubeconfig', kubeconfig],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
