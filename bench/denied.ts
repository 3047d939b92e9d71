/**
 * Denied versions: what 200,000 reports in the OSV format cost to load, each in a file of its own as OpenSSF's export has them,
 * and how long 5,000 Functions take to be searched. `--quick`: a tenth of the reports.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DEFAULT_CONFIGURATION } from '../src/config/defaults.ts';
import { followDenied } from '../src/denied-sources/follow.ts';
import { encodeContents, type SourceContents } from '../src/denied/contents.ts';
import { judgeSource } from '../src/dependencies/judge.ts';
import { delays } from './measure/delays.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';

const { quick, json } = benchOptions();
const REPORTS = quick ? 20_000 : 200_000;
const FUNCTIONS = 5000;
const PACKAGES = 100;
const MEGABYTE = 1024 * 1024;

const folder = mkdtempSync(path.join(tmpdir(), 'bench-denied-'));
try {
  progress(`writing ${REPORTS} reports`);
  for (let index = 0; index < REPORTS; index += 1) {
    const name = `malicious-${index}`;
    const at = path.join(folder, 'osv/malicious', index % 10 === 0 ? 'pypi' : 'npm', name);
    mkdirSync(at, { recursive: true });
    writeFileSync(path.join(at, `MAL-2026-${index}.json`), JSON.stringify(report(index, name)));
  }
  if (process.platform === 'linux') execFileSync('sync');
  const before = memory();
  const started = performance.now();
  const loop = delays(10);
  const sources = followDenied({
    program: pathToFileURL('dist/denied.mjs'),
    configuration: () => DEFAULT_CONFIGURATION,
    folders: [folder],
    logger: {
      info: () => undefined,
      warn: (fields, message) => {
        progress(`${message}: ${JSON.stringify(fields)}`);
      },
    },
    metrics: { follow: () => undefined, reloaded: () => undefined },
    lookMilliseconds: 3_600_000,
  });
  let peak = 0;
  while (!sources.synced()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    peak = Math.max(peak, memory());
  }
  const loading = performance.now() - started;
  const longest = loop.stop();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const kept = memory();
  const list = sources.current();
  if (list.entries !== REPORTS) throw new Error(`${list.entries} entries of ${REPORTS}`);

  const functions = Array.from({ length: FUNCTIONS }, (_, index) => contentsOf(index));
  const searching = performance.now();
  const found = functions.filter((contents) => list.search(contents).length > 0).length;
  const searched = performance.now() - searching;
  if (found !== FUNCTIONS / 100) throw new Error(`${found} Functions found`);
  await sources.stop();
  const figures = {
    reports: REPORTS,
    loadSeconds: round(loading / 1000),
    longestDelayMilliseconds: round(longest),
    peakMegabytes: round((peak - before) / MEGABYTE),
    keptMegabytes: round((kept - before) / MEGABYTE),
    functions: FUNCTIONS,
    packages: PACKAGES,
    searchMilliseconds: round(searched),
  };
  print(
    {
      tables: [
        {
          title: 'Denied versions',
          columns: ['what', 'figure', 'target'],
          rows: [
            [`load ${REPORTS} reports, a file each`, `${figures.loadSeconds} s`, 'at most 10 s'],
            ['memory while it loads', `${figures.peakMegabytes} MB more`, ''],
            ['memory afterwards', `${figures.keptMegabytes} MB more`, 'at most 64 MB'],
            ['longest wait of the event loop meanwhile', `${figures.longestDelayMilliseconds} ms`, ''],
            [
              `search ${FUNCTIONS} Functions with ${PACKAGES} packages`,
              `${figures.searchMilliseconds} ms`,
              'at most 2 s',
            ],
          ],
        },
      ],
      notes: [],
      figures,
    },
    json,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(index: number, name: string): object {
  const isPython = index % 10 === 0;
  return {
    modified: '2026-03-31T12:00:00Z',
    published: '2026-03-31T10:00:00Z',
    schema_version: '1.7.4',
    id: `MAL-2026-${index}`,
    summary: `Malicious code in ${name} (${isPython ? 'PyPI' : 'npm'})`,
    details: 'The package runs a program when it is installed, which sends credentials to a server. '.repeat(6),
    affected: [
      {
        package: { ecosystem: isPython ? 'PyPI' : 'npm', name },
        ...(index % 2 === 0
          ? { ranges: [{ type: isPython ? 'ECOSYSTEM' : 'SEMVER', events: [{ introduced: '0' }] }] }
          : { versions: ['1.0.0', '1.0.1', '1.0.2'] }),
        database_specific: { 'malicious-packages-origins': [{ source: 'bench', sha256: 'a'.repeat(64) }] },
      },
    ],
  };
}

/** One Function in a hundred has a denied package, at the end of a chain. */
function contentsOf(index: number): SourceContents {
  const names = Array.from({ length: PACKAGES }, (_, at) => `package-${(index * 7 + at) % 3000}`);
  if (index % 100 === 0) names[PACKAGES - 1] = 'malicious-1';
  const packages = Object.fromEntries(
    names.map((name, at) => {
      const next = names[at + 1];
      return [
        `node_modules/${name}`,
        { version: '1.0.0', ...(next !== undefined && { dependencies: { [next]: '1.0.0' } }) },
      ];
    }),
  );
  const dependencies = { [names[0] ?? '']: '1.0.0' };
  const texts = {
    'package.json': JSON.stringify({ dependencies }),
    'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies }, ...packages } }),
  };
  const files = new Map(Object.entries(texts).map(([file, text]) => [file, Buffer.from(text)]));
  const contents = encodeContents(judgeSource(files, 'nodejs').contents ?? [], 'nodejs');
  if (contents === undefined) throw new Error('the source has no packages');
  return contents;
}

/** Bytes of this process that are in memory; the thread is a part of it. */
function memory(): number {
  return process.memoryUsage.rss();
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
