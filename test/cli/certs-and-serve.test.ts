import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildless, ROOT, startBuildless } from './command.ts';

let folder: string;
const at = (name: string): string => path.join(folder, name);
const started: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-serve-'));
});
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

describe('buildless certs', () => {
  it('writes a CA and a leaf, the keys for the owner only', async () => {
    const { status, stdout } = await buildless([
      'certs',
      '--out',
      folder,
      '--host',
      'localhost',
      '--host',
      '127.0.0.1',
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('the certificate for localhost, 127.0.0.1');
    expect((await stat(at('tls.key'))).mode & 0o777).toBe(0o600);
    expect((await stat(at('ca.key'))).mode & 0o777).toBe(0o600);
  });

  it('replaces nothing unless told to', async () => {
    const { status, stderr } = await buildless(['certs', '--out', folder, '--host', 'localhost']);
    expect(status).toBe(2);
    expect(stderr).toContain('would be replaced');
  });

  it('refuses what is no host', async () => {
    const { status, stderr } = await buildless(['certs', '--out', at('other'), '--host', 'no host']);
    expect(status).toBe(2);
    expect(stderr).toContain('"no host" is neither a DNS name nor an IP address');
  });
});

interface Serving {
  readonly child: ChildProcess;
  readonly log: Record<string, unknown>[];
  readonly tlsPort: number;
  readonly plainPort: number;
}

async function serveWith(...more: string[]): Promise<Serving> {
  const child = startBuildless([
    ...['serve', '--address', '127.0.0.1', '--port', '0', '--health-port', '0', '--drain', '0'],
    ...['--tls-cert', at('tls.crt'), '--tls-key', at('tls.key'), ...more],
  ]);
  started.push(child);
  const log: Record<string, unknown>[] = [];
  if (child.stdout === null) throw new Error('no output');
  const lines = createInterface(child.stdout);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      reject(new Error(`ended with ${String(code)}: ${JSON.stringify(log)}`));
    });
    lines.on('line', (line) => {
      const entry = JSON.parse(line) as Record<string, unknown>;
      log.push(entry);
      const { msg, tlsPort, plainPort } = entry;
      if (msg === 'listening' && typeof tlsPort === 'number' && typeof plainPort === 'number')
        resolve({ child, log, tlsPort, plainPort });
    });
  });
}

async function review({ tlsPort }: Serving, to: string, object: object): Promise<Record<string, unknown>> {
  const sent = request({
    host: 'localhost',
    port: tlsPort,
    path: to,
    method: 'POST',
    agent: false,
    ca: await readFile(at('ca.crt')),
    headers: { 'content-type': 'application/json' },
  });
  sent.end(
    JSON.stringify({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u-1',
        operation: 'CREATE',
        kind: { group: '', version: 'v1', kind: 'Pod' },
        namespace: 'default',
        name: '',
        object,
      },
    }),
  );
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return (JSON.parse(await text(response)) as { response: Record<string, unknown> }).response;
}

const pod = (runtime: string): object => ({
  metadata: { labels: { 'buildless.dev/function': 'hello-node' }, annotations: { 'buildless.dev/runtime': runtime } },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
});

describe('buildless serve', () => {
  it('injects Pods with sources from files, is ready, counts, and ends with status 0 on SIGTERM', async () => {
    const serving = await serveWith('--manifests', path.join(ROOT, 'examples/hello-node'));
    const { allowed, patchType } = await review(serving, '/mutate?timeout=5s', pod('nodejs22'));
    expect({ allowed, patchType }).toEqual({ allowed: true, patchType: 'JSONPatch' });
    const plain = `http://127.0.0.1:${serving.plainPort}`;
    expect((await fetch(`${plain}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${plain}/metrics`)).text()).toMatch(
      /buildless_admission_reviews_total\{webhook="mutate",operation="CREATE",kind="Pod",outcome="injected"\} 1/,
    );
    serving.child.removeAllListeners('exit');
    serving.child.kill('SIGTERM');
    const [code] = (await once(serving.child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(serving.log.find(({ uid }) => uid === 'u-1')).toMatchObject({
      outcome: 'injected',
      webhook: 'mutate',
      kind: 'Pod',
    });
  });

  it('takes a new configuration without a restart, and keeps the last good one when the new one is bad', async () => {
    const config = at('config.yaml');
    await writeFile(config, '');
    const serving = await serveWith('--config', config, '--manifests', path.join(ROOT, 'examples/hello-node'));
    const logged = async (message: string): Promise<void> => {
      await expect
        .poll(() => serving.log.some(({ msg }) => String(msg).startsWith(message)), { timeout: 20_000 })
        .toBe(true);
    };
    expect(await review(serving, '/mutate', pod('mine'))).toMatchObject({ allowed: false });

    await writeFile(
      config,
      'runtimes:\n  mine:\n    language: nodejs\n    version: "22"\n    image: registry.example/mine:1.0.0\n    interpreter: node\n',
    );
    await logged('configuration reloaded');
    expect(await review(serving, '/mutate', pod('mine'))).toMatchObject({ allowed: true });

    await writeFile(config, 'runtimes: 7\n');
    await logged('configuration not reloaded');
    expect(await review(serving, '/mutate', pod('mine'))).toMatchObject({ allowed: true });
    serving.child.removeAllListeners('exit');
    serving.child.kill('SIGTERM');
    await once(serving.child, 'exit');
  });

  it('says what is wrong with certificates that cannot be read', async () => {
    const { status, stderr } = await buildless(['serve', '--tls-cert', at('none.crt'), '--tls-key', at('none.key')]);
    expect(status).toBe(2);
    expect(stderr).toContain('none.crt');
  });

  it('says so when there is no cluster to read from', async () => {
    const { status, stderr } = await buildless([
      'serve',
      '--tls-cert',
      at('tls.crt'),
      '--tls-key',
      at('tls.key'),
      '--port',
      '0',
      '--health-port',
      '0',
      '--kubeconfig',
      at('none'),
    ]);
    expect(status).toBe(2);
    expect(stderr).toContain('no cluster to read from');
  });
});
