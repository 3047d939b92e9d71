/**
 * Installing dependencies, whole processes: the command that Kyma's Pod runs, the language's own installer from a lock,
 * and `buildless-prepare` with bun or uv, which also reads the source, copies the server and shows the result. Interleaved,
 * cold (no cache) and warm (a cache that earlier Pods filled; Kyma's npm has one in the Pod only, its pip none).
 *
 *   npm run bench -- install [--quick] [-o json]
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchFastInstallers } from '../scripts/fast-installers.mjs';
import { kymaNode, prepareWith, run } from './install/ways.ts';
import { makeBenchFolder } from './measure/bench-folder.ts';
import { hashedRequirements, npmLock, npmManifest, PYTHON_REQUIREMENTS } from './measure/locked.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median } from './measure/statistics.ts';

const { quick, json } = benchOptions();
const ROUNDS = quick ? 2 : 5;
const pythonVersion = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim();

interface Way {
  readonly title: string;
  readonly group: 'Node.js' | 'Python';
  readonly warm: boolean;
  /**
   * @param folder new and empty, but for a copy of the source in `source`
   * @returns the seconds of the installation alone, if there is more to the process
   */
  readonly run: (folder: string, cache: string) => number | undefined;
}

/** Seconds. */
interface Time {
  readonly whole: number;
  readonly installation: number;
}

const { folder, remove } = makeBenchFolder();
try {
  const tools = await fetchFastInstallers('node_modules/.cache/buildless/bin');
  const sources = { 'Node.js': path.join(folder, 'node'), Python: path.join(folder, 'python') };
  makeSources(sources, tools);
  const ways = waysOf(tools);
  const times = new Map<Way, Time[]>(ways.map((way) => [way, []]));
  const caches = new Map(ways.map((way, index) => [way, path.join(folder, `cache-${index}`)]));
  const once = (way: Way): Time => {
    const place = mkdtempSync(path.join(folder, 'run-'));
    chmodSync(place, 0o755);
    cpSync(sources[way.group], path.join(place, 'source'), { recursive: true });
    const cache = way.warm ? (caches.get(way) ?? '') : path.join(place, 'cache');
    mkdirSync(cache, { recursive: true });
    const start = performance.now();
    const installation = way.run(place, cache);
    const whole = (performance.now() - start) / 1000;
    rmSync(place, { recursive: true, force: true });
    return { whole, installation: installation ?? whole };
  };
  for (const way of ways) if (way.warm) once(way);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const way of ways) times.get(way)?.push(once(way));
    progress(`round ${round + 1} of ${ROUNDS}`);
  }
  report(ways, times);
} finally {
  remove();
}

function makeSources(sources: Readonly<Record<Way['group'], string>>, tools: string): void {
  for (const source of Object.values(sources)) mkdirSync(source);
  writeFileSync(path.join(sources['Node.js'], 'handler.js'), 'exports.main = () => 1;\n');
  writeFileSync(path.join(sources['Node.js'], 'package.json'), npmManifest());
  writeFileSync(path.join(sources['Node.js'], 'package-lock.json'), npmLock());
  writeFileSync(path.join(sources.Python, 'handler.py'), 'def main(event, context):\n    return 1\n');
  writeFileSync(path.join(sources.Python, 'requirements.txt'), hashedRequirements(tools, pythonVersion));
  writeFileSync(path.join(sources.Python, 'plain.txt'), PYTHON_REQUIREMENTS.join('\n'));
}

function waysOf(tools: string): readonly Way[] {
  const npmCi = (place: string, cache: string): undefined => {
    const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', `--cache=${cache}`];
    run('npm', ['ci', ...flags], path.join(place, 'source'));
  };
  const kymaPython = (place: string): undefined => {
    const flags = ['--target', path.join(place, 'packages'), '--no-cache-dir', '--disable-pip-version-check'];
    run('python3', ['-m', 'pip', 'install', ...flags, '-r', 'plain.txt'], path.join(place, 'source'));
  };
  const pip = (place: string, cache: string): undefined => {
    const flags = ['--target', path.join(place, 'packages'), '--cache-dir', cache, '--require-hashes'];
    run('python3', ['-m', 'pip', 'install', ...flags, '-r', 'requirements.txt'], path.join(place, 'source'));
  };
  const bun = prepareWith(tools, 'nodejs', '--fast=bun', '--version=20');
  const uv = prepareWith(tools, 'python', '--fast=uv', `--version=${pythonVersion}`);
  return [false, true].flatMap((warm): Way[] => [
    { title: "Kyma's npm install", group: 'Node.js', warm, run: kymaNode },
    { title: 'npm ci', group: 'Node.js', warm, run: npmCi },
    { title: 'buildless-prepare with bun', group: 'Node.js', warm, run: bun },
    { title: "Kyma's pip install", group: 'Python', warm, run: kymaPython },
    { title: 'pip with hashes', group: 'Python', warm, run: pip },
    { title: 'buildless-prepare with uv', group: 'Python', warm, run: uv },
  ]);
}

function report(ways: readonly Way[], times: ReadonlyMap<Way, readonly Time[]>): void {
  const of = (way: Way | undefined, what: keyof Time): readonly number[] =>
    (way === undefined ? [] : (times.get(way) ?? [])).map((time) => time[what]);
  const kyma = (way: Way): Way | undefined =>
    ways.find(({ group, warm, title }) => group === way.group && warm === way.warm && title.startsWith('Kyma'));
  const ratio = (way: Way, what: keyof Time): number =>
    median(of(kyma(way), what).map((value, round) => value / (of(way, what)[round] ?? Number.NaN)));
  const cells = (way: Way, what: keyof Time): readonly string[] => [
    `${median(of(way, what)).toFixed(2)} s`,
    `${ratio(way, what).toFixed(1)}x`,
  ];
  print(
    {
      tables: [
        {
          title: 'Installing',
          columns: ['language', 'way', 'cache', 'whole process', "to Kyma's", 'installation alone', "to Kyma's"],
          rows: ways.map((way) => [
            way.group,
            way.title,
            way.warm ? 'warm' : 'cold',
            ...cells(way, 'whole'),
            ...cells(way, 'installation'),
          ]),
        },
      ],
      notes: [
        `axios, lodash and cloudevents; requests, flask and pydantic, with all that they ask for. ${ROUNDS} interleaved rounds; medians; a ratio is the median of the rounds' ratios.`,
        'The installation alone is what the log of buildless-prepare says: from the start of bun or uv until what came is found to be what the lock has.',
      ],
      figures: ways.map((way) => ({ ...way, seconds: times.get(way), ratio: ratio(way, 'whole') })),
    },
    json,
  );
}
