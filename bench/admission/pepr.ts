import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { connect } from 'node:tls';
import { startProcess } from '../measure/measured-process.ts';
import { until, type Certificate, type Served } from './served.ts';

const VERSION = '1.1.4';
const LONGEST_INSTALLATION_MILLISECONDS = 300_000;

/**
 * Pepr from npm with a module of one mutation, without its logs, of which it writes several a review.
 *
 * @returns why it cannot be measured, where it cannot
 */
export async function startPepr(
  { certFile, keyFile }: Certificate,
  folder: string,
  core?: number,
): Promise<Served | { readonly reason: string }> {
  const reason = await install(folder);
  if (reason !== undefined) return { reason };
  copyFileSync(path.join(import.meta.dirname, 'pepr-module.mjs'), path.join(folder, 'module.mjs'));
  const store = await startStore();
  const kubeconfig = path.join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, kubeconfigOf(store));
  const port = await freePort();
  const log = path.join(folder, 'pepr.log');
  const server = startProcess({
    args: ['module.mjs'],
    cwd: folder,
    env: {
      PORT: String(port),
      LOG_LEVEL: 'error',
      NODE_ENV: 'production',
      PEPR_API_PATH: 'bench',
      SSL_CERT_PATH: certFile,
      SSL_KEY_PATH: keyFile,
      KUBECONFIG: kubeconfig,
    },
    stdio: ['ignore', openSync(log, 'w'), openSync(log, 'a')],
    ...(core !== undefined && { core }),
  });
  const stop = async (): Promise<void> => {
    store.closeAllConnections();
    store.close();
    await server.stop();
  };
  try {
    // It binds its endpoints when its store has been read.
    await until('the start of pepr', async () => ((await answers(port)) ? true : undefined));
  } catch {
    await stop();
    return { reason: `pepr ${VERSION} did not start: ${readFileSync(log, 'utf8').slice(0, 500)}` };
  }
  return { name: `Pepr ${VERSION}`, process: server, port, path: '/mutate/bench?timeout=5s', stop };
}

async function install(folder: string): Promise<string | undefined> {
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const npm = spawn('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `pepr@${VERSION}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_INSTALLATION_MILLISECONDS,
    shell: process.platform === 'win32',
  });
  let errors = '';
  npm.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [status] = (await once(npm, 'close')) as [number | null];
  return status === 0 ? undefined : `npm install pepr@${VERSION} failed: ${errors.trim().slice(0, 500) || 'too slow'}`;
}

/** What stands in for the API server: the PeprStore that it reads before it serves, and a watch on it without events. */
async function startStore(): Promise<http.Server> {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    response.writeHead(200, { 'content-type': 'application/json' });
    const name = url.pathname.split('/').at(-1) ?? '';
    const metadata = { name, namespace: 'pepr-system', resourceVersion: '1' };
    const object = { apiVersion: 'pepr.dev/v1', kind: 'PeprStore', metadata, data: {} };
    if (url.searchParams.has('watch')) response.flushHeaders();
    else if (name === 'peprstores') {
      const named = /metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1] ?? 'store';
      const items = [{ ...object, metadata: { ...metadata, name: named } }];
      response.end(JSON.stringify({ kind: 'PeprStoreList', metadata: { resourceVersion: '1' }, items }));
    } else response.end(JSON.stringify(object));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function kubeconfigOf(store: http.Server): string {
  const { port } = store.address() as AddressInfo;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'bench',
    contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'bench' } }],
    clusters: [{ name: 'bench', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: { token: 'bench' } }],
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Whether it says OK at /healthz; who is asked is known, so the certificate is not looked at. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    });
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(text.startsWith('HTTP/1.1 200'));
    });
  });
}
