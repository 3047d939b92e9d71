/**
 * How a Function's server does beside a bare one: requests per second, start and memory. All contenders run in each round,
 * one after the other, on one core, with the load on another; only ratios within a round are compared.
 *
 * `npm run bench -- functions [--nodejs|--python] [--event|--http]` builds what ships and runs this for those languages and
 * APIs, `--node PATH` with another Node.js for all contenders; `npx tsx bench/functions.ts --quick` takes dist/ as it is.
 */
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { cpus } from 'node:os';
import { subjects, type Comparison, type Field } from './functions/contenders.ts';
import { load } from './functions/load.ts';
import { start, type Started } from './functions/start.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress, type Table } from './measure/report.ts';
import { median, quantile } from './measure/statistics.ts';

const SERVER_CORE = 1;
const options = benchOptions('nodejs', 'python', 'event', 'http');
const scale = options.quick
  ? { rounds: 2, milliseconds: 500, warmUp: 2000, starts: 3 }
  : { rounds: 7, milliseconds: 2000, warmUp: 20_000, starts: 15 };
/** Targets of start and memory, beyond the bare runtime's. */
const MOST = { milliseconds: 150, megabytes: 30 };

/** Takes spans and forgets them. */
const collector = createServer((request, response) => {
  request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
}).listen(0);
const address = collector.address();
if (cpus().length > 1) spawnSync('taskset', ['-cp', '0', String(process.pid)], { stdio: 'ignore' });

const isAsked = (name: string, ...others: readonly string[]): boolean =>
  options.given.has(name) || others.every((other) => !options.given.has(other));

const measured: MeasuredField[] = [];
for (const { language, api, setUp } of subjects(
  options.node,
  `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
)) {
  if (isAsked(language, 'nodejs', 'python') && isAsked(api, 'event', 'http'))
    measured.push(await measureField(setUp()));
}
collector.close();
report();

interface MeasuredField {
  readonly field: Field;
  readonly starts: ReadonlyMap<string, Start>;
  /** Megabytes. */
  readonly idle: ReadonlyMap<string, number>;
  readonly loaded: ReadonlyMap<string, number>;
  readonly ratios: readonly Measured[];
}

async function measureField(field: Field): Promise<MeasuredField> {
  progress(field.title);
  const starts = await measureStarts(field);
  const running = new Map<string, Started>();
  for (const contender of field.contenders) running.set(contender.name, await start(contender, SERVER_CORE));
  const memory = (): ReadonlyMap<string, number> =>
    new Map([...running].map(([name, { megabytes }]) => [name, megabytes()]));
  const idle = memory();
  const ratios = await measureLoad(field, running);
  const loaded = memory();
  for (const { stop } of running.values()) await stop();
  return { field, starts, idle, loaded, ratios };
}

interface Start {
  readonly milliseconds: number;
  /** Milliseconds of a core: what a noisy machine changes least. */
  readonly cpu: number;
}

async function measureStarts({ contenders }: Field): Promise<ReadonlyMap<string, Start>> {
  const times = new Map(contenders.map(({ name }): [string, Start[]] => [name, []]));
  for (let round = 0; round < scale.starts; round += 1) {
    progress(`start ${round + 1} of ${scale.starts}`);
    for (const contender of contenders) {
      const started = await start(contender, SERVER_CORE);
      const cpu = started.cpuMicroseconds() / 1000;
      times.get(contender.name)?.push({ milliseconds: started.milliseconds, cpu });
      await started.stop();
    }
  }
  return new Map(
    [...times].map(([name, values]) => [
      name,
      {
        milliseconds: median(values.map(({ milliseconds }) => milliseconds)),
        cpu: median(values.map(({ cpu }) => cpu)),
      },
    ]),
  );
}

interface Rate {
  readonly perSecond: number;
  /** Milliseconds that 99 of 100 requests take at most. */
  readonly p99: number;
  /** Microseconds of a core that a request costs the server. */
  readonly cpu: number;
}

interface Measured {
  readonly comparison: Comparison;
  readonly own: Rate;
  readonly other: Rate;
  /** Of requests per second. */
  readonly ratio: number;
  /** The same, by CPU: what would be reached on a machine that does nothing else. */
  readonly byCpu: number;
}

async function measureOne(
  name: string,
  server: Started | undefined,
  { request, connections }: Pick<Comparison, 'request' | 'connections'>,
  milliseconds: number,
): Promise<Rate> {
  if (server === undefined) throw new Error(`${name} does not run`);
  const before = server.cpuMicroseconds();
  const { count, seconds, latencies } = await load(server.port, request, connections, milliseconds);
  return {
    perSecond: count / seconds,
    p99: quantile(latencies, 0.99),
    cpu: (server.cpuMicroseconds() - before) / count,
  };
}

async function measureLoad(
  { comparisons }: Field,
  running: ReadonlyMap<string, Started>,
): Promise<readonly Measured[]> {
  const rates = new Map<string, Rate[]>();
  const asked = comparisons.flatMap((comparison) =>
    [comparison.contender, comparison.against].map((name) => ({ key: keyOf(comparison, name), comparison, name })),
  );
  const distinct = [...new Map(asked.map((item) => [item.key, item])).values()];
  // By number, not by time: a slow machine compiles no sooner.
  for (const { name, comparison } of distinct) {
    const { what, request, connections } = comparison;
    progress(`warm-up of ${name}, ${what}`);
    for (let sent = 0; sent < scale.warmUp;) {
      const { port } = running.get(name) ?? { port: 0 };
      sent += (await load(port, request, connections, 500)).count;
    }
  }
  for (let round = 0; round < scale.rounds; round += 1) {
    progress(`load ${round + 1} of ${scale.rounds}`);
    for (const { key, name, comparison } of distinct) {
      rates.set(key, [
        ...(rates.get(key) ?? []),
        await measureOne(name, running.get(name), comparison, scale.milliseconds),
      ]);
    }
  }
  return comparisons.map((comparison) => {
    const own = rates.get(keyOf(comparison, comparison.contender)) ?? [];
    const other = rates.get(keyOf(comparison, comparison.against)) ?? [];
    const pairs = own.flatMap((rate, round) => {
      const beside = other[round];
      return beside === undefined ? [] : [{ rate, beside }];
    });
    return {
      comparison,
      own: medianOf(own),
      other: medianOf(other),
      ratio: median(pairs.map(({ rate, beside }) => rate.perSecond / beside.perSecond)),
      byCpu: median(pairs.map(({ rate, beside }) => beside.cpu / rate.cpu)),
    };
  });
}

function keyOf({ request, connections }: Comparison, name: string): string {
  return `${request} ${connections} ${name}`;
}

function medianOf(rates: readonly Rate[]): Rate {
  return {
    perSecond: median(rates.map(({ perSecond }) => perSecond)),
    p99: median(rates.map(({ p99 }) => p99)),
    cpu: median(rates.map(({ cpu }) => cpu)),
  };
}

function whole(value: number): string {
  return value.toFixed(0);
}

function rateText({ perSecond, p99, cpu }: Rate): string {
  return `${whole(perSecond)}, ${p99.toFixed(2)} ms, ${whole(cpu)} us`;
}

function tablesOf({ field: { title, bare, contenders }, starts, idle, loaded, ratios }: MeasuredField): Table[] {
  const reached = (good: boolean): string => (good ? 'reached' : 'missed');
  const serving: Table = {
    title: `${title}: serving`,
    columns: [
      'request',
      'server',
      'requests/s, p99, CPU each',
      'beside',
      'requests/s, p99, CPU each',
      'ratio',
      'by CPU',
      'target',
    ],
    rows: ratios.map(({ comparison: { what, contender, against, target }, own, other, ratio, byCpu }) => [
      what,
      contender,
      rateText(own),
      against,
      rateText(other),
      ratio.toFixed(2),
      byCpu.toFixed(2),
      target === undefined ? '' : `${target}, ${reached(byCpu >= target)} by CPU`,
    ]),
  };
  const none: Start = { milliseconds: Number.NaN, cpu: Number.NaN };
  const { milliseconds: least, cpu: leastCpu } = starts.get(bare) ?? none;
  const leastMemory = idle.get(bare) ?? Number.NaN;
  const starting: Table = {
    title: `${title}: start and memory`,
    columns: [
      'server',
      'first 200 after',
      'beyond bare',
      'CPU',
      'beyond bare',
      'memory idle',
      'beyond bare',
      'after the load',
    ],
    rows: contenders.map(({ name }) => {
      const { milliseconds, cpu } = starts.get(name) ?? none;
      const memory = idle.get(name) ?? Number.NaN;
      return [
        name,
        `${whole(milliseconds)} ms`,
        `${whole(milliseconds - least)} ms`,
        `${whole(cpu)} ms`,
        `${whole(cpu - leastCpu)} ms`,
        `${whole(memory)} MB`,
        `${whole(memory - leastMemory)} MB`,
        `${whole(loaded.get(name) ?? Number.NaN)} MB`,
      ];
    }),
  };
  return [serving, starting];
}

function report(): void {
  const notes = [
    `Medians of ${scale.rounds} rounds and ${scale.starts} starts; 16 connections where no other number is named; metrics on; health is answered beside the server (by a thread in Node.js, by a process in Python, whose own memory is counted), as in a Pod.`,
    `Targets for the API event: start within ${MOST.milliseconds} ms and memory within ${MOST.megabytes} MB of the bare runtime.`,
  ];
  const figures: Record<string, object> = {};
  for (const { field, starts, idle, loaded, ratios } of measured) {
    figures[`${field.language} ${field.api}`] = {
      serving: ratios,
      starts: Object.fromEntries(starts),
      idle: Object.fromEntries(idle),
      loaded: Object.fromEntries(loaded),
    };
  }
  print({ tables: measured.flatMap(tablesOf), notes, figures }, options.json);
}
