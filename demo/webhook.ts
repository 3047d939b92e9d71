import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { V1Pod } from '@kubernetes/client-node';
import type { AdmissionResponse } from '../src/admission/review.ts';

const COMMAND = path.resolve(import.meta.dirname, '../dist/buildless.mjs');

/** The built webhook as a process of its own, and an API server's side of the conversation with it. */
export interface Webhook {
  readonly url: string;
  /** Sends the AdmissionReview of a Pod's creation, over HTTPS and trusting only the CA made for the occasion. */
  readonly review: (to: 'mutate' | 'validate', pod: V1Pod, namespace: string) => Promise<AdmissionResponse>;
  readonly stop: () => Promise<void>;
}

/** Runs the built command and waits for it. */
export async function runCommand(...args: string[]): Promise<void> {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`buildless ${args.join(' ')} ended with status ${String(code)}`);
}

/** Makes certificates in a folder and starts the webhook with them; ConfigMaps come from the given manifests. */
export async function startWebhook(certificates: string, manifests: readonly string[]): Promise<Webhook> {
  await runCommand('certs', '--out', certificates, '--host', 'localhost', '127.0.0.1');
  const child = spawn(
    process.execPath,
    [
      ...[COMMAND, 'serve', '--address', '127.0.0.1', '--port', '0', '--health-port', '0', '--drain', '0'],
      ...['--tls-cert', path.join(certificates, 'tls.crt'), '--tls-key', path.join(certificates, 'tls.key')],
      ...['--manifests', ...manifests],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const port = await tlsPortOf(child);
  const ca = await readFile(path.join(certificates, 'ca.crt'));
  return {
    url: `https://localhost:${port}`,
    review: async (to, pod, namespace) => {
      const body = JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: randomUUID(),
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          operation: 'CREATE',
          namespace,
          name: pod.metadata?.name ?? '',
          userInfo: { username: 'demo' },
          object: pod,
          oldObject: null,
          dryRun: false,
        },
      });
      const sent = request({
        host: 'localhost',
        port,
        path: `/${to}?timeout=5s`,
        method: 'POST',
        ca,
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      });
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      const answer = await text(response);
      if (response.statusCode !== 200) throw new Error(`/${to} answered ${String(response.statusCode)}: ${answer}`);
      return (JSON.parse(answer) as { response: AdmissionResponse }).response;
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function tlsPortOf(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the webhook has no output');
  const seen: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    seen.push(line);
    const entry = JSON.parse(line) as { msg?: string; tlsPort?: number };
    if (entry.msg !== 'listening' || entry.tlsPort === undefined) continue;
    child.stdout.resume();
    return entry.tlsPort;
  }
  throw new Error(`the webhook ended before it listened:\n${seen.join('\n')}`);
}
