/**
 * Start-up: the command's help over a bare start of Node.js, and the webhook from its start to ready, with its memory
 * while nothing happens. Interleaved, so that what else the machine does meets all of them.
 *
 *   npm run bench -- startup [--quick] [-o json]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority } from '../src/certificates/authority.ts';
import { FakeApiServer } from '../test/api-server/fake-api-server.ts';
import { startBuildless } from './admission/buildless.ts';
import { until } from './admission/served.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median } from './measure/statistics.ts';

const { quick, json } = benchOptions();
const STARTS = quick ? 5 : 21;
const IDLE_MILLISECONDS = quick ? 1000 : 5000;

interface Start {
  readonly readyMilliseconds: number;
  readonly idleMegabytes: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
const api = new FakeApiServer();
try {
  const files = await issue();
  const kubeconfig = await api.start();
  api.put('Namespace', 'default', { labels: { 'buildless.dev/functions': 'enabled' } });
  const empty = path.join(folder, 'empty.mjs');
  writeFileSync(empty, '');
  const command = path.resolve('dist/buildless.mjs');

  const bare: number[] = [];
  const help: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    bare.push(await timeOf([empty]));
    help.push(await timeOf([command, '--help']));
  }
  progress(`${STARTS} starts of the command`);

  const ways = {
    'a cluster': ['--kubeconfig', kubeconfig],
    files: ['--manifests', path.resolve('examples/hello-node')],
  };
  const webhooks: Record<keyof typeof ways, Start[]> = { 'a cluster': [], files: [] };
  for (let start = 0; start < Math.ceil(STARTS / 4); start += 1) {
    webhooks['a cluster'].push(await startWebhook(files, ways['a cluster']));
    webhooks.files.push(await startWebhook(files, ways.files));
    progress(`${start + 1} starts of the webhook`);
  }

  const over = median(help.map((value, index) => value - (bare[index] ?? NaN)));
  const ready = (way: keyof typeof ways): number =>
    median(webhooks[way].map(({ readyMilliseconds }) => readyMilliseconds));
  const memory = (way: keyof typeof ways): number => median(webhooks[way].map(({ idleMegabytes }) => idleMegabytes));
  print(
    {
      tables: [
        {
          title: 'Start-up',
          columns: ['what', 'time', 'over bare Node.js', 'memory idle', 'target'],
          rows: [
            ['node, an empty module', `${median(bare).toFixed(0)} ms`, '', '', ''],
            [
              'buildless --help',
              `${median(help).toFixed(0)} ms`,
              `${over.toFixed(0)} ms`,
              '',
              '150 ms over bare Node.js',
            ],
            ...(['a cluster', 'files'] as const).map((way) => [
              `buildless serve, sources from ${way}, to ready`,
              `${ready(way).toFixed(0)} ms`,
              `${(ready(way) - median(bare)).toFixed(0)} ms`,
              `${memory(way).toFixed(0)} MB`,
              '1 s, 110 MB',
            ]),
          ],
        },
      ],
      notes: [
        `Medians of ${STARTS} starts of the command and ${webhooks.files.length} of the webhook, interleaved. "Over bare" is the median of the differences within a round.`,
        `The cluster is a stand-in for the API server that answers list, watch and get; memory is the resident set ${IDLE_MILLISECONDS / 1000} s after ready.`,
      ],
      figures: { bare, help, webhooks },
    },
    json,
  );
} finally {
  await api.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function issue(): Promise<{ readonly certFile: string; readonly keyFile: string }> {
  const authority = await createAuthority({ commonName: 'Benchmark CA', seconds: 86_400 });
  const { cert, key } = await authority.issue({ hosts: ['localhost'], seconds: 86_400 });
  const files = { certFile: path.join(folder, 'tls.crt'), keyFile: path.join(folder, 'tls.key') };
  writeFileSync(files.certFile, cert);
  writeFileSync(files.keyFile, key);
  return files;
}

/** Milliseconds from its start to its end. */
async function timeOf(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const [status] = (await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit')) as [number | null];
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${String(status)}`);
  return performance.now() - started;
}

async function startWebhook(
  files: { readonly certFile: string; readonly keyFile: string },
  sources: readonly string[],
): Promise<Start> {
  const started = performance.now();
  const webhook = await startBuildless(files, folder, { sources });
  try {
    await until('readiness', async () => ((await isReady(webhook.plainPort)) ? true : undefined));
    const readyMilliseconds = performance.now() - started;
    await new Promise((resolve) => setTimeout(resolve, IDLE_MILLISECONDS));
    return { readyMilliseconds, idleMegabytes: webhook.process.megabytes() };
  } finally {
    await webhook.stop();
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    http
      .get({ host: '127.0.0.1', port, path: '/readyz', agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on('error', () => {
        resolve(false);
      });
  });
}
