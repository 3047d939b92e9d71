/**
 * How the installation grows with the tree of the dependencies: the command that Kyma's Pod runs beside `buildless-prepare` with
 * bun, whole processes, each with an empty cache, by turns.
 *
 *   npm run bench -- growth [--quick] [-o json]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fetchFastInstallers } from '../scripts/fast-installers.mjs';
import { kymaNode, prepareWith } from './install/ways.ts';
import { makeBenchFolder } from './measure/bench-folder.ts';
import { NPM_DEPENDENCIES, npmLock, npmManifest } from './measure/locked.ts';
import { benchOptions } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median } from './measure/statistics.ts';

const { quick, json } = benchOptions();
const ROUNDS = quick ? 2 : 3;
const SMALL = { ms: '2.1.3' };
const LARGE = { ...NPM_DEPENDENCIES, express: '5.1.0', mongoose: '8.8.0', '@aws-sdk/client-s3': '3.700.0' };
const LARGEST = { ...LARGE, webpack: '5.96.1', eslint: '9.15.0', jest: '29.7.0' };

interface Tree {
  readonly manifest: string;
  readonly lock: string;
  readonly packages: number;
}

const treeOf = (dependencies: Readonly<Record<string, string>>): Tree => {
  const lock = npmLock(dependencies);
  const { packages } = JSON.parse(lock) as { readonly packages: object };
  return { manifest: npmManifest(dependencies), lock, packages: Object.keys(packages).length - 1 };
};

const { folder, remove } = makeBenchFolder();
try {
  const bun = prepareWith(
    await fetchFastInstallers('node_modules/.cache/buildless/bin'),
    'nodejs',
    '--fast=bun',
    '--version=20',
  );
  const once = ({ manifest, lock }: Tree, way: (place: string, cache: string) => unknown): number => {
    const place = mkdtempSync(path.join(folder, 'run-'));
    const source = path.join(place, 'source');
    mkdirSync(source);
    writeFileSync(path.join(source, 'handler.js'), 'exports.main = () => 1;\n');
    writeFileSync(path.join(source, 'package.json'), manifest);
    writeFileSync(path.join(source, 'package-lock.json'), lock);
    const start = performance.now();
    way(place, path.join(place, 'cache'));
    const seconds = (performance.now() - start) / 1000;
    rmSync(place, { recursive: true, force: true });
    return seconds;
  };
  const trees = [SMALL, NPM_DEPENDENCIES, LARGE, LARGEST].map((dependencies) => ({
    tree: treeOf(dependencies),
    kyma: [] as number[],
    ours: [] as number[],
  }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { tree, kyma, ours } of trees) {
      kyma.push(once(tree, kymaNode));
      ours.push(once(tree, bun));
      progress(`round ${round + 1} of ${ROUNDS}, ${tree.packages} packages`);
    }
  }
  print(
    {
      tables: [
        {
          title: 'Installing, by the number of packages',
          columns: ['packages', "Kyma's npm install", 'buildless-prepare with bun', 'times as fast'],
          rows: trees.map(({ tree, kyma, ours }) => [
            String(tree.packages),
            `${median(kyma).toFixed(2)} s`,
            `${median(ours).toFixed(2)} s`,
            median(kyma.map((seconds, round) => seconds / (ours[round] ?? Number.NaN))).toFixed(1),
          ]),
        },
      ],
      notes: [`Empty caches; ${ROUNDS} rounds by turns; medians.`],
      figures: trees.map(({ tree, kyma, ours }) => ({ packages: tree.packages, kyma, ours })),
    },
    json,
  );
} finally {
  remove();
}
