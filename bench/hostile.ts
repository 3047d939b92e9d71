/**
 * Reviews that are meant to stop the webhook: the CPU that each costs at 1 MiB, and what 100 of the most expensive ones of one
 * namespace do to a review of another.
 *
 *   npm run bench -- hostile [--quick] [-o json]
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { createAuthority } from '../src/certificates/authority.ts';
import { largestLock } from '../test/hostile/largest-lock.ts';
import { configMapReview } from '../test/hostile/reviews.ts';
import { ask, get } from '../test/server/client.ts';
import { reviewText } from '../test/server/running.ts';
import { startBuildless, type Buildless } from './admission/buildless.ts';
import type { FloodAnswer } from './hostile/flood.ts';
import { startProcess } from './measure/measured-process.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';

const { quick, json } = benchOptions();
const BYTES = quick ? 128 * 1024 : 1024 * 1024;
const SHOWN = 15;
const AT_ONCE = 100;
const CONNECTIONS = 6000;
/** Handshakes at the same time. */
const HANDSHAKES = 50;

interface Cost {
  readonly name: string;
  readonly milliseconds: number;
  readonly codes: readonly string[];
}

const costs = measureCosts();
const shared = await measureSharing();
const silent = await measureSilence();
print(
  {
    tables: [
      {
        title: `The ${SHOWN} most expensive of ${costs.length} reviews, ${BYTES / 1024} KiB each`,
        columns: ['review', 'CPU', 'answer'],
        rows: costs
          .slice(0, SHOWN)
          .map(({ name, milliseconds, codes }) => [
            name,
            `${milliseconds.toFixed(0)} ms`,
            codes.join(', ') || 'admitted',
          ]),
      },
      {
        title: `${AT_ONCE} reviews of one namespace at once, each with a new lock of 2,000 packages`,
        columns: ['what', 'answered', 'slowest'],
        rows: shared.map(({ what, answered, slowest }) => [what, answered, `${slowest.toFixed(0)} ms`]),
      },
      {
        title: `${CONNECTIONS} TLS connections that say nothing after their handshake`,
        columns: ['memory before', 'memory with them', 'still open', 'a review meanwhile'],
        rows: [
          [
            `${silent.before.toFixed(0)} MB`,
            `${silent.after.toFixed(0)} MB`,
            String(silent.open),
            `${silent.milliseconds.toFixed(0)} ms`,
          ],
        ],
      },
    ],
    notes: [
      'CPU of parsing, both judgement and answer, one after the other in a process of its own, with nothing remembered. Target: below 1 s each.',
      'Targets with one namespace that floods: below 1 s for another one and for /healthz, and no answer after 5 s.',
    ],
    figures: { costs: costs.slice(0, SHOWN), shared, silent },
  },
  json,
);

function measureCosts(): readonly Cost[] {
  progress('answering each review of the corpus');
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'test/hostile/measure.ts', String(BYTES)],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 256 * 1024 * 1024 },
  );
  if (status !== 0) throw new Error('the corpus was not answered');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Partial<Cost>)
    .filter((line): line is Cost => line.milliseconds !== undefined)
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

async function measureSharing(): Promise<readonly { what: string; answered: string; slowest: number }[]> {
  progress('flooding from one namespace');
  const { server, ca, folder, send, stop } = await startServer();
  try {
    const small = reviewText('small', { namespace: 'shop' });
    const flood = startFlood(server.port, folder, ca);
    await flood.begun;
    const answering = { ended: false };
    const all = flood.answers.finally(() => (answering.ended = true));
    const probes: Probe[] = [];
    while (!answering.ended) {
      const started = performance.now();
      const [smallAnswer, otherAnswer, health] = await Promise.all([
        send(small),
        send(configMapReview(largestLock(500, `other-${probes.length}-`), undefined, 'shop')),
        get(server.plainPort, '/healthz').then(() => performance.now() - started),
      ]);
      probes.push({ smallAnswer, otherAnswer, health });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const answers = await all;
    const busy = answers.filter((answer) => answer.busy).length;
    const slowest = Math.max(...answers.map(({ milliseconds }) => milliseconds));
    return [
      { what: 'reviews of that namespace', answered: `${AT_ONCE - busy} judged, ${busy} too-busy`, slowest },
      probed(
        'Pods of another namespace',
        probes.map(({ smallAnswer }) => smallAnswer),
      ),
      probed(
        'locks of 500 packages of another namespace',
        probes.map(({ otherAnswer }) => otherAnswer),
      ),
      {
        what: '/healthz',
        answered: `${probes.length} ok`,
        slowest: Math.max(...probes.map(({ health }) => health)),
      },
    ];
  } finally {
    await stop();
  }
}

async function measureSilence(): Promise<Record<'before' | 'after' | 'open' | 'milliseconds', number>> {
  progress(`opening ${CONNECTIONS} connections`);
  const { server, ca, send, stop } = await startServer();
  const sockets: TLSSocket[] = [];
  try {
    await send(reviewText('before', { namespace: 'shop' }));
    const before = server.process.megabytes();
    while (sockets.length < CONNECTIONS) {
      const opened = Array.from({ length: HANDSHAKES }, () =>
        connect({ host: '127.0.0.1', servername: 'localhost', port: server.port, ca }),
      );
      sockets.push(...opened);
      // Closed by the server to make room, perhaps.
      await Promise.all(
        opened.map((socket) =>
          Promise.race([once(socket, 'secureConnect'), once(socket, 'close')]).catch(() => undefined),
        ),
      );
    }
    const { milliseconds } = await send(reviewText('meanwhile', { namespace: 'shop' }));
    const open = sockets.filter(({ closed }) => !closed).length;
    return { before, after: server.process.megabytes(), open, milliseconds };
  } finally {
    for (const socket of sockets) socket.destroy();
    await stop();
  }
}

interface Started {
  readonly server: Buildless;
  readonly ca: string;
  readonly folder: string;
  readonly send: (body: string) => Promise<TimedText>;
  readonly stop: () => Promise<void>;
}

async function startServer(): Promise<Started> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  const authority = await createAuthority({ commonName: 'Benchmark CA', seconds: 86_400 });
  const leaf = await authority.issue({ hosts: ['localhost', '127.0.0.1'], seconds: 86_400 });
  const files = { certFile: path.join(folder, 'tls.crt'), keyFile: path.join(folder, 'tls.key') };
  writeFileSync(files.certFile, leaf.cert);
  writeFileSync(files.keyFile, leaf.key);
  const server = await startBuildless(files, folder, { sources: ['--manifests', path.resolve('examples/hello-node')] });
  return {
    server,
    ca: authority.cert,
    folder,
    send: async (body) => {
      const started = performance.now();
      const { text } = await ask({ port: server.port, ca: authority.cert, path: '/validate?timeout=5s', body });
      return { text, milliseconds: performance.now() - started };
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

function startFlood(
  port: number,
  folder: string,
  ca: string,
): { readonly begun: Promise<unknown>; readonly answers: Promise<readonly FloodAnswer[]> } {
  const caFile = path.join(folder, 'ca.crt');
  writeFileSync(caFile, ca);
  const { child } = startProcess({
    args: [
      '--import',
      'tsx',
      path.join(import.meta.dirname, 'hostile/flood.ts'),
      String(port),
      caFile,
      String(AT_ONCE),
    ],
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout === null) throw new Error('no standard output');
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  return {
    begun: once(child.stdout, 'data'),
    answers: once(child, 'close').then(() =>
      output
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as FloodAnswer),
    ),
  };
}

interface TimedText {
  readonly text: string;
  readonly milliseconds: number;
}

interface Probe {
  readonly smallAnswer: TimedText;
  readonly otherAnswer: TimedText;
  readonly health: number;
}

function probed(what: string, answers: readonly TimedText[]): { what: string; answered: string; slowest: number } {
  const allowed = answers.filter(({ text }) => text.includes('"allowed":true')).length;
  return {
    what,
    answered:
      allowed === answers.length ? `${allowed} allowed` : `${allowed} allowed, ${answers.length - allowed} refused`,
    slowest: Math.max(...answers.map(({ milliseconds }) => milliseconds)),
  };
}
