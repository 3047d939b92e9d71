/**
 * From asking for a Pod to Ready, on a real node: ours beside the Pod that Kyma makes and two floors, phase by phase, and a
 * restart of the container. Interleaved, so that what else the machine does meets all of them.
 *
 *   npm run bench:start [-- --once] [--quick] [-o json]      # --once: one round of each; --quick: fewer Pods too
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { choose } from '../test/cluster/given.ts';
import { installWebhook, RESTRICTED } from '../test/cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../test/cluster/kubectl.ts';
import { findPrograms } from '../test/cluster/kubernetes/programs.ts';
import { keptNode, startNode } from '../test/node/machine/node.ts';
import { whyNoNode } from '../test/node/machine/requirements.ts';
import { claim } from '../test/node/claim.ts';
import { apply, sourceOf } from '../test/node/functions.ts';
import { fetchFastInstallers } from '../scripts/fast-installers.mjs';
import { benchOptions } from './measure/options.ts';
import { print, progress, type Table } from './measure/report.ts';
import { median } from './measure/statistics.ts';
import { chart, type Bar } from './start/chart.ts';
import {
  buildless,
  buildlessCached,
  buildlessLocked,
  CACHE,
  emptyInit,
  kyma,
  noInit,
  sourcesOf,
  subjects,
  type Limits,
  type MakePod,
  type Subject,
} from './start/contenders.ts';
import { watchPods, type Start, type Watched } from './start/phases.ts';

const { quick, json, given } = benchOptions('once');
const ROUNDS = quick || given.has('once') ? 1 : 3;
const PATIENCE = 300_000;

const CONTENDERS: Readonly<Record<string, MakePod>> = {
  Buildless: buildless,
  'Buildless, with a lock': buildlessLocked,
  'Buildless, with a lock and a warm cache': buildlessCached,
  "Kyma's Pod": kyma,
  'one empty init container': emptyInit,
  'no init container': noInit,
};

interface Case {
  readonly subject: Subject;
  readonly limits: Limits;
  readonly contender: string;
  readonly count: number;
}

interface Measured extends Case {
  readonly starts: Start[];
  readonly restarts: number[];
}

const reason = whyNoNode();
const programs = reason === undefined ? await findPrograms(progress) : { reason };
if ('reason' in programs) {
  progress(`skipped: ${programs.reason}`);
  process.exit(0);
}
const SUBJECTS = subjects(await fetchFastInstallers('node_modules/.cache/buildless/bin'));
const kept = await keptNode(progress);
const node = kept === undefined ? await startNode(programs, progress) : { record: kept, stop: () => Promise.resolve() };
const { kubeconfig, auditLog } = node.record;
choose({ kubeconfig, kubectl: programs.kubectl, controllers: true, disposable: true, auditLog });
try {
  const webhook = await installWebhook();
  const namespace = await createNamespace(RESTRICTED);
  const watched = await watchPods(kubeconfig, coreApi(), namespace);
  try {
    for (const subject of SUBJECTS) {
      for (const [name, files] of sourcesOf(subject)) await apply(namespace, sourceOf(name, files));
    }
    await apply(namespace, claim(CACHE, true));
    await fillCaches(watched, namespace);
    report(await measure(watched, namespace));
  } finally {
    watched.close();
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
    await webhook.close();
  }
} finally {
  await node.stop();
}

async function measure(watcher: Watched, namespace: string): Promise<readonly Measured[]> {
  const measured = cases().map((each): Measured => ({ ...each, starts: [], restarts: [] }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, each] of measured.entries()) {
      const pods = Array.from({ length: each.count }, (_, number) => podOf(each, `start-${round}-${index}-${number}`));
      try {
        each.starts.push(...(await watcher.start(pods, PATIENCE)));
        if (each.count === 1 && round === 0) await restart(watcher, namespace, pods[0], each);
      } catch (error) {
        progress(`${nameOf(each)}: ${error instanceof Error ? error.message : String(error)}`);
      }
      progress(`${nameOf(each)}: ${seconds(median(each.starts.map(({ ready }) => ready ?? NaN)))}`);
      const names = pods.map((pod) => pod.metadata?.name ?? '');
      await kubectlOk(['delete', 'pods', '-n', namespace, '--grace-period=1', ...names]);
    }
  }
  return measured;
}

async function fillCaches(watcher: Watched, namespace: string): Promise<void> {
  for (const subject of SUBJECTS.filter(({ lock }) => lock !== undefined)) {
    await watcher.start([buildlessCached(`fill-${subject.name}`, subject, 'L')], PATIENCE);
    await kubectlOk(['delete', 'pod', '-n', namespace, '--grace-period=1', `fill-${subject.name}`]);
  }
}

/** The trivial servers end at `/exit`; ours has its handler do so. Python's handler cannot end our server. */
async function restart(watcher: Watched, namespace: string, pod: V1Pod | undefined, each: Measured): Promise<void> {
  if (each.subject.name !== 'npm-55' || !['Buildless', 'Buildless, with a lock', "Kyma's Pod"].includes(each.contender))
    return;
  const name = pod?.metadata?.name ?? '';
  const { status } = await coreApi().readNamespacedPod({ namespace, name });
  const again = watcher.restarted(name, PATIENCE);
  await fetch(`http://${status?.podIP ?? ''}:8080/exit`).catch(() => undefined);
  each.restarts.push(await again);
}

function podOf({ subject, limits, contender }: Case, name: string): V1Pod {
  const make = CONTENDERS[contender];
  if (make === undefined) throw new Error(contender);
  return make(name, subject, limits);
}

function cases(): readonly Case[] {
  const single = SUBJECTS.flatMap((subject) => {
    const isMeasured = subject.lock !== undefined;
    const presets =
      isMeasured || (!quick && subject.name.startsWith('hello')) ? (['L', 'XS'] as const) : (['L'] as const);
    // A floor is the same for every Function of a language.
    const contenders = isMeasured
      ? Object.keys(CONTENDERS)
      : ['Buildless', ...(isForKyma(subject) ? ["Kyma's Pod"] : [])];
    return presets.flatMap((limits) => contenders.map((contender) => ({ subject, limits, contender, count: 1 })));
  });
  const [npm] = SUBJECTS.filter(({ name }) => name === 'npm-55');
  if (npm === undefined) throw new Error('npm-55');
  const many = (quick ? [5] : [5, 20]).flatMap((count) =>
    ['Buildless', 'Buildless, with a lock', "Kyma's Pod", 'one empty init container'].map((contender) => ({
      subject: npm,
      limits: 'L' as const,
      contender,
      count,
    })),
  );
  return [...single, ...many];
}

/** Kyma has one file, of this name. */
function isForKyma({ files }: Subject): boolean {
  return 'handler.js' in files || 'handler.py' in files;
}

function report(measured: readonly Measured[]): void {
  const single = measured.filter(({ count }) => count === 1);
  const many = measured.filter(({ count }) => count > 1);
  const tables: Table[] = [
    {
      title: 'From asking for a Pod to Ready, one at a time',
      columns: [
        'Function',
        'preset',
        'Pod',
        'admission',
        'scheduling',
        'sandbox',
        'init containers',
        'server start',
        'readiness',
        'total',
        'ratio to Kyma',
      ],
      rows: single.map((each) => [
        each.subject.name,
        each.limits,
        each.contender,
        ...phasesOf(each).map(({ seconds: value }) => seconds(value * 1000)),
        seconds(total(each)),
        ratio(each, single),
      ]),
    },
    {
      title: 'Several at once, until the last is Ready',
      columns: ['Pods', 'Pod', 'median of a Pod', 'the last', 'ratio to Kyma'],
      rows: many.map((each) => [
        String(each.count),
        each.contender,
        seconds(total(each)),
        seconds(last(each)),
        ratio(each, many),
      ]),
    },
    {
      title: 'A restart of the container, until Ready again',
      columns: ['Function', 'preset', 'Pod', 'time'],
      rows: single
        .filter(({ restarts }) => restarts.length > 0)
        .map((each) => [each.subject.name, each.limits, each.contender, seconds(median(each.restarts))]),
    },
  ];
  const bars = single
    .filter(({ starts }) => starts.length > 0)
    .map((each): Bar => ({ label: `${each.subject.name} ${each.limits}, ${each.contender}`, parts: phasesOf(each) }));
  writeFileSync(path.resolve('docs/start.svg'), chart('From asking for a Pod to Ready', bars));
  const notes = [
    `Medians of ${ROUNDS} ${ROUNDS === 1 ? 'round' : 'interleaved rounds'}; cold: each Pod downloads its packages anew. Moments are those at which a watch of the API shows them.`,
    'Requests are 10m CPU for every Pod, so that 20 fit on the node; the limits are those of the preset.',
  ];
  print({ tables, notes, figures: measured.map(({ subject, ...rest }) => ({ ...rest, subject: subject.name })) }, json);
}

/** What happened between the moments, medians over the starts, in seconds. */
function phasesOf({ starts }: Measured): Bar['parts'] {
  const between = (from: (start: Start) => number | undefined, to: (start: Start) => number | undefined): number =>
    starts.length === 0
      ? NaN
      : Math.max(0, median(starts.map((start) => (to(start) ?? 0) - (from(start) ?? to(start) ?? 0)))) / 1000;
  const scheduled = ({ admitted, scheduled: moment }: Start): number => Math.max(admitted, moment ?? 0);
  return [
    {
      phase: 'admission',
      seconds: between(
        () => 0,
        ({ admitted }) => admitted,
      ),
    },
    { phase: 'scheduling', seconds: between(({ admitted }) => admitted, scheduled) },
    { phase: 'sandbox', seconds: between(scheduled, ({ prepareStarted, started }) => prepareStarted ?? started) },
    {
      phase: 'init containers',
      seconds: between(
        ({ prepareStarted }) => prepareStarted,
        ({ initialized, prepareStarted }) => initialized ?? prepareStarted,
      ),
    },
    {
      phase: 'server start',
      seconds: between(
        ({ initialized, started }) => initialized ?? started,
        ({ started }) => started,
      ),
    },
    {
      phase: 'readiness',
      seconds: between(
        ({ started }) => started,
        ({ ready }) => ready,
      ),
    },
  ];
}

function total({ starts }: Measured): number {
  return median(starts.map(({ ready }) => ready ?? NaN));
}

function last({ starts, count }: Measured): number {
  const rounds = Array.from({ length: starts.length / count }, (_, round) =>
    starts.slice(round * count, (round + 1) * count),
  );
  return median(rounds.map((round) => Math.max(...round.map(({ ready }) => ready ?? NaN))));
}

/** How many times as fast as Kyma's Pod of the same case. */
function ratio(each: Measured, all: readonly Measured[]): string {
  const other = all.find(
    ({ subject, limits, count, contender }) =>
      subject === each.subject && limits === each.limits && count === each.count && contender === "Kyma's Pod",
  );
  return other === undefined || each === other ? '' : `${(total(other) / total(each)).toFixed(1)}x`;
}

function seconds(milliseconds: number): string {
  return Number.isNaN(milliseconds) ? 'not Ready' : `${(milliseconds / 1000).toFixed(2)} s`;
}

function nameOf({ subject, limits, contender, count }: Case): string {
  return `${subject.name}, ${limits}, ${contender}, ${count} at once`;
}
