/**
 * Reviews: the webhook beside a bare node:https server and beside Pepr, in one run. In each round every server has its
 * turn, so that what else the machine does meanwhile meets all of them; what is compared are the rounds' ratios.
 *
 *   npm run bench -- admission [--quick] [--no-pepr] [-o json]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuthority } from '../src/certificates/authority.ts';
import { startBare } from './admission/bare.ts';
import { startBuildless } from './admission/buildless.ts';
import { startLoadGenerator } from './admission/load-generator.ts';
import { startPepr } from './admission/pepr.ts';
import type { Certificate, Served } from './admission/served.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress, type Table } from './measure/report.ts';
import { median, quantile } from './measure/statistics.ts';

const CONNECTIONS = [1, 50] as const;
const SERVER_CORE = 0;
const LOAD_CORE = 1;

const { quick, json, given } = benchOptions('no-pepr');
const ROUNDS = quick ? 3 : 5;
const ROUND_MILLISECONDS = quick ? 1000 : 3000;
const WARM_UP_MILLISECONDS = 500;
/** Until the compiler has seen enough: its threads' work is not to be counted. In reviews, as machines differ. */
const FIRST_WARM_UP_REVIEWS = quick ? 5_000 : 20_000;
const LONGEST_WARM_UP_MILLISECONDS = 60_000;

interface Measured {
  readonly reviewsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly cpuMicroseconds: number;
}

const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
const servers: Served[] = [];
const load = startLoadGenerator(LOAD_CORE);
try {
  const certificate = await issue();
  const buildless = await startBuildless(certificate, folder, {
    sources: ['--manifests', path.resolve('examples/hello-node')],
    core: SERVER_CORE,
  });
  servers.push(await startBare(certificate, SERVER_CORE), buildless, {
    ...buildless,
    name: 'Buildless, each Pod of another template',
    manyTemplates: true,
    stop: () => Promise.resolve(),
  });
  const notes: string[] = [];
  if (given.has('no-pepr')) {
    notes.push('Pepr was left out (--no-pepr).');
  } else {
    progress('installing pepr from npm, beside the product (--no-pepr leaves it out)');
    const peprFolder = path.join(folder, 'pepr');
    mkdirSync(peprFolder);
    const pepr = await startPepr(certificate, peprFolder, SERVER_CORE);
    if ('reason' in pepr) notes.push(`Pepr is not measured: ${pepr.reason}`);
    else servers.push(pepr);
  }

  for (const server of servers) await warmUp(server, certificate);
  const warm = buildless.handlerTimes().length;
  const results = await measureAll(certificate);
  const times = buildless.handlerTimes().slice(warm);

  const table = (count: (typeof CONNECTIONS)[number]): Table => ({
    title: `${count} connection${count === 1 ? '' : 's'}`,
    columns: ['server', 'ratio to bare', 'reviews/s', 'p50', 'p99', 'CPU a review', 'CPU ratio', 'memory'],
    rows: servers.map((server) => {
      const rounds = results.get(server)?.get(count) ?? [];
      const bare = results.get(servers[0] ?? server)?.get(count) ?? [];
      const ratio = (value: (round: Measured) => number): number =>
        median(rounds.map((round, index) => value(round) / (bare[index] === undefined ? NaN : value(bare[index]))));
      return [
        server.name,
        ratio(({ reviewsPerSecond }) => reviewsPerSecond).toFixed(2),
        median(rounds.map(({ reviewsPerSecond }) => reviewsPerSecond)).toFixed(0),
        `${median(rounds.map(({ p50 }) => p50)).toFixed(2)} ms`,
        `${median(rounds.map(({ p99 }) => p99)).toFixed(2)} ms`,
        `${median(rounds.map(({ cpuMicroseconds }) => cpuMicroseconds)).toFixed(0)} us`,
        ratio(({ cpuMicroseconds }) => cpuMicroseconds).toFixed(2),
        `${server.process.megabytes().toFixed(0)} MB`,
      ];
    }),
  });
  notes.push(
    `The webhook's own time, from the last byte of a review to its answer, in its log: median ${quantile(times, 0.5).toFixed(3)} ms, p99 ${quantile(times, 0.99).toFixed(3)} ms over ${times.length} injections of both kinds.`,
    'Targets: 0.5 of the bare server at 1 connection, 0.4 at 50, a median below 0.5 ms of the webhook itself. Pods of one template are the replicas of a Deployment; another template each time is the worst case, in which nothing is known of an earlier Pod.',
    `${ROUNDS} interleaved rounds of ${ROUND_MILLISECONDS / 1000} s for each server and number of connections; medians; a ratio is the median of the rounds' ratios.`,
  );
  const figures = servers.map((server) => ({
    server: server.name,
    megabytes: server.process.megabytes(),
    rounds: Object.fromEntries(results.get(server) ?? []),
  }));
  print({ tables: CONNECTIONS.map(table), notes, figures: { servers: figures, handler: median(times) } }, json);
} finally {
  for (const server of servers) await server.stop();
  await load.stop();
  rmSync(folder, { recursive: true, force: true });
}

async function issue(): Promise<Certificate> {
  const authority = await createAuthority({ commonName: 'Benchmark CA', seconds: 86_400 });
  const leaf = await authority.issue({ hosts: ['localhost', '127.0.0.1'], seconds: 86_400 });
  const certificate = {
    ca: authority.cert,
    certFile: path.join(folder, 'tls.crt'),
    keyFile: path.join(folder, 'tls.key'),
  };
  writeFileSync(certificate.certFile, leaf.cert);
  writeFileSync(certificate.keyFile, leaf.key);
  return certificate;
}

async function warmUp(
  { name, port, path: pathname, manyTemplates = false }: Served,
  { ca }: Certificate,
): Promise<void> {
  progress(`warming up: ${name}`);
  const end = performance.now() + LONGEST_WARM_UP_MILLISECONDS;
  await load.open({ port, path: pathname, ca, connections: 10, manyTemplates });
  for (let reviews = 0; reviews < FIRST_WARM_UP_REVIEWS && performance.now() < end;)
    reviews += (await load.run(1000)).reviews;
  await load.close();
}

async function measureAll(certificate: Certificate): Promise<ReadonlyMap<Served, ReadonlyMap<number, Measured[]>>> {
  const results = new Map(servers.map((server) => [server, new Map(CONNECTIONS.map((n) => [n, [] as Measured[]]))]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const connections of CONNECTIONS) {
      // Each time another one is first.
      const order = [...servers.slice(round % servers.length), ...servers.slice(0, round % servers.length)];
      for (const server of order) {
        const measured = await measure(server, connections, certificate);
        results.get(server)?.get(connections)?.push(measured);
        progress(
          `round ${round + 1}/${ROUNDS}, ${String(connections).padStart(2)} connections, ${server.name.padEnd(40)} ${measured.reviewsPerSecond.toFixed(0)} reviews/s`,
        );
      }
    }
  }
  return results;
}

async function measure(
  { port, path: pathname, manyTemplates = false, process: server }: Served,
  connections: number,
  { ca }: Certificate,
): Promise<Measured> {
  await load.open({ port, path: pathname, ca, connections, manyTemplates });
  await load.run(WARM_UP_MILLISECONDS);
  const before = server.cpuMicroseconds();
  const result = await load.run(ROUND_MILLISECONDS);
  const cpu = server.cpuMicroseconds() - before;
  await load.close();
  return {
    reviewsPerSecond: (result.reviews / result.milliseconds) * 1000,
    p50: result.p50,
    p99: result.p99,
    cpuMicroseconds: cpu / result.reviews,
  };
}
