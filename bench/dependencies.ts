// How long the judgement of a package.json and its lock takes, and that it grows with the size of the lock and no
// faster. `npm run bench -- dependencies`
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type * as Judge from '../src/dependencies/npm/judge.ts';
import { PUBLIC_REGISTRY } from '../src/dependencies/npm/registries.ts';
import { refuses } from '../src/dependencies/policy.ts';
import { DEFAULT_DEPENDENCY_SETTINGS } from '../src/dependencies/settings.ts';
import { benchOptions } from './measure/options.ts';
import { print } from './measure/report.ts';
import { importShipped } from './measure/shipped.ts';
import { median } from './measure/statistics.ts';

const { judgeNpm } = await importShipped<typeof Judge>('src/dependencies/npm/judge.ts');

const DEPENDENCIES = 200;
const { quick, json } = benchOptions();
const SIZES = quick ? [1000, 2000, 8000] : [1000, 2000, 4000, 8000, 16_000];
/** What a ConfigMap has room for, in a cold process; here it is warm. */
const TARGET = { entries: 2000, milliseconds: 300 };
const WARM_UP = 15;
const RUNS = 25;
/** One after the other, as what else a machine does comes and goes in seconds. */
const ROUNDS = quick ? 1 : 3;

const version = (index: number): string => `${1 + (index % 9)}.${index % 30}.${index % 7}`;
/** A digest that differs from entry to entry, as a real one does. */
const integrity = (index: number): string =>
  `sha512-${Buffer.alloc(64, `${index}-${index * 7919}`)
    .toString('base64')
    .slice(0, 86)}==`;

/** Every sixth package has a scope. */
const nameOf = (index: number): string =>
  index % 6 === 5 ? `@scope-${index % 97}/package-${index}` : `package-${index}`;

/** Nearly all specs of real locks are carets and exact versions; one in fifty here is of another form. */
function specOf(index: number): string {
  const exact = version(index);
  const others = [`~${exact}`, `>=${exact}`, '*', `^${exact} || ^99.0.0`, `${exact.split('.')[0]}.x`, `>=${exact} <99`];
  if (index % 50 === 0) return others[(index / 50) % others.length] ?? '*';
  return index % 12 === 1 ? exact : `^${exact}`;
}

/** The package that asks for one first; the manifest asks for the first ones itself. */
const askerOf = (index: number): number | undefined =>
  index < DEPENDENCIES ? undefined : Math.floor((index - DEPENDENCIES) / 3);

/** A quarter is in the node_modules of who asks for it. */
function locationOf(index: number): string {
  const asker = askerOf(index);
  const above = asker === undefined || index % 3 > 0 ? '' : locationOf(asker);
  return `${above === '' || above.includes('/node_modules/') ? '' : `${above}/`}node_modules/${nameOf(index)}`;
}

/** What only a package asks for: three others, as long as there are some; then every other one for four of the first. */
function askedBy(index: number, entries: number): readonly number[] {
  const own = [0, 1, 2].map((step) => 3 * index + DEPENDENCIES + step).filter((child) => child < entries);
  if (own.length > 0) return own;
  return index % 2 === 0 ? [1, 5, 11, 17].map((step) => (index * step) % DEPENDENCIES) : [];
}

/**
 * A package of a lock with the fields that npm writes, nearly as often as in a lock of 2,675 entries that it wrote for 19
 * well-known packages: 58 % ask for others (2.6 each on average), 65 % have engines, 22 % funding, 15 % peers, 6 % commands.
 */
function entryOf(index: number, entries: number): unknown {
  const asked = askedBy(index, entries);
  return {
    version: version(index),
    resolved: `${PUBLIC_REGISTRY}${nameOf(index)}/-/package-${index}-${version(index)}.tgz`,
    integrity: integrity(index),
    license: 'MIT',
    ...(asked.length > 0 && {
      dependencies: Object.fromEntries(asked.map((other) => [nameOf(other), specOf(other)])),
    }),
    ...(index % 16 === 0 && { bin: { [`package-${index}`]: 'bin/cli.js' } }),
    ...(index % 3 > 0 && { engines: { node: '>=18' } }),
    ...(index % 5 === 0 && { funding: { url: `https://github.com/sponsors/owner-${index}` } }),
    ...(index % 7 === 0 && {
      peerDependencies: { [nameOf(index % DEPENDENCIES)]: '^1.0.0 || ^2.0.0', absent: '*' },
      peerDependenciesMeta: { absent: { optional: true } },
    }),
  };
}

/** What the manifest asks for. */
const dependencies = Object.fromEntries(
  Array.from({ length: DEPENDENCIES }, (_, index) => [nameOf(index), `^${version(index)}`]),
);

function lockOf(entries: number): string {
  const packages = Array.from({ length: entries }, (_, index) => [locationOf(index), entryOf(index, entries)] as const);
  // As npm does.
  packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
  return JSON.stringify(
    {
      name: 'function',
      lockfileVersion: 3,
      requires: true,
      packages: { '': { name: 'function', dependencies }, ...Object.fromEntries(packages) },
    },
    null,
    2,
  );
}

const sourceOf = (entries: number): ReadonlyMap<string, Uint8Array> =>
  new Map([
    ['package.json', Buffer.from(JSON.stringify({ dependencies }, null, 2))],
    ['package-lock.json', Buffer.from(lockOf(entries))],
  ]);

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

interface Case {
  readonly entries: number;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const caseOf = (entries: number): Case => ({ entries, files: sourceOf(entries) });

/** The lock of this repository, which npm wrote. */
function ownCase(): Case {
  const files = new Map(
    ['package.json', 'package-lock.json'].map((file) => [file, readFileSync(new URL(`../${file}`, import.meta.url))]),
  );
  const { packages } = JSON.parse(String(files.get('package-lock.json'))) as { packages: object };
  return { entries: Object.keys(packages).length, files };
}

/** Adds the times that a work takes in a warm process. */
function measure(work: () => void, times: number[]): void {
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const start = cpu();
    work();
    if (run >= WARM_UP) times.push(cpu() - start);
  }
}

const measured = [...SIZES.map(caseOf), ownCase()].map((each) => ({
  ...each,
  judged: [] as number[],
  parsed: [] as number[],
}));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { files, judged, parsed } of measured) {
    const lock = files.get('package-lock.json') ?? new Uint8Array();
    measure(() => {
      const findings = judgeNpm(files, DEFAULT_DEPENDENCY_SETTINGS);
      if (findings.some((finding) => refuses('locked', finding))) throw new Error('the lock is not trusted');
    }, judged);
    // Not by turns with the other: what JSON.parse leaves behind would be swept at the other's cost.
    measure(() => {
      JSON.parse(new TextDecoder().decode(lock));
    }, parsed);
  }
}

const figures = measured.map(({ entries, files, judged, parsed }) => ({
  entries,
  bytes: files.get('package-lock.json')?.byteLength ?? 0,
  parsed: median(parsed),
  judged: median(judged),
  best: Math.min(...judged),
}));
const COLD_RUNS = quick ? 3 : 7;
const cold = [
  { kind: 'sound', what: 'a sound lock' },
  { kind: 'faults', what: 'prereleases, each entry with two faults' },
  { kind: 'ranges', what: 'each asked for by a range of prereleases of its own, one fault' },
].map(({ kind, what }) => ({ what, times: Array.from({ length: COLD_RUNS }, () => judgedCold(kind)) }));

function judgedCold(kind: string): number {
  const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/dependencies/cold.ts', kind], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`a source (${kind}) was not judged`);
  return Number(stdout);
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
print(
  {
    tables: [
      {
        title: `Judging a package.json with ${DEPENDENCIES} dependencies and its lock`,
        columns: ['entries of the lock', 'size', 'JSON.parse alone', 'judged', 'best', 'an entry', 'target'],
        rows: figures.map(({ entries, bytes, parsed, judged, best }) => [
          String(entries),
          `${(bytes / 1e6).toFixed(2)} MB`,
          milliseconds(parsed),
          milliseconds(judged),
          milliseconds(best),
          `${((judged / entries) * 1000).toFixed(1)} us`,
          entries === TARGET.entries ? `${TARGET.milliseconds} ms` : '',
        ]),
      },
      {
        title: `${TARGET.entries} packages on the thread of the webhook, in a new process`,
        columns: ['source', 'judged', 'best', 'target'],
        rows: cold.map(({ what, times }) => [
          what,
          milliseconds(median(times)),
          milliseconds(Math.min(...times)),
          `${TARGET.milliseconds} ms`,
        ]),
      },
    ],
    notes: [
      `Medians of ${ROUNDS} x ${RUNS} runs in a warm process, and the best of them; processor time, the collector's threads with it.`,
      "The last row is this repository's own package.json and lock.",
    ],
    figures: { warm: figures, cold },
  },
  json,
);
