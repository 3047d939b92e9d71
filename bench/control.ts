/**
 * The revisions controller among thousands of Functions: time from an edit to the patch of its workload, API calls for each
 * edit, memory. A real API server and the built command; Deployments without replicas, as Pods are not the controller's work.
 *
 *   npm run bench -- control [--functions 5000] [--rate 50] [--seconds 20] [--quick] [-o json]
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import path from 'node:path';
import { apiServer, type ApiServer } from '../src/api-server/api-server.ts';
import { loadKubeConfig } from '../src/api-server/kube-config.ts';
import { Reflector } from '../src/api-server/reflector.ts';
import {
  ANNOTATIONS,
  FOLLOWED_LABEL,
  FUNCTION_LABEL,
  NAMESPACE_ENABLED,
  NAMESPACE_LABEL,
  REVISION_ANNOTATION,
} from '../src/function/keys.ts';
import { isObject } from '../src/kubernetes/object.ts';
import { valueAt } from '../src/manifests/templates.ts';
import { startControlPlane } from '../test/cluster/kubernetes/control-plane.ts';
import { findPrograms } from '../test/cluster/kubernetes/programs.ts';
import { freePorts } from '../test/cluster/kubernetes/component.ts';
import { startProcess, type MeasuredProcess } from './measure/measured-process.ts';
import { benchOptions, benchValue } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median, quantile } from './measure/statistics.ts';

const { quick, json } = benchOptions();
const FUNCTIONS = Number(benchValue('functions') ?? (quick ? 100 : 500));
/** Edits a second. */
const RATE = Number(benchValue('rate') ?? (quick ? 20 : 50));
const SECONDS = Number(benchValue('seconds') ?? (quick ? 5 : 20));
const PER_NAMESPACE = 50;
/** Like an ordinary Function: some 4 kB of code. */
const CODE = '// one more line of an ordinary handler\n'.repeat(100);
const IN_PARALLEL = 16;

const never = new AbortController().signal;
setMaxListeners(0, never);

interface Deployed {
  readonly followed: string | undefined;
  readonly stamp: string | undefined;
  readonly generation: number;
}

const programs = await findPrograms(progress);
if ('reason' in programs) throw new Error(programs.reason);
const [port = 0] = await freePorts(1);
const controlPlane = await startControlPlane(programs);
let controller: MeasuredProcess | undefined;
try {
  const api = apiServer(await loadKubeConfig(controlPlane.kubeconfig));
  const names = Array.from({ length: FUNCTIONS }, (_, index) => ({
    namespace: `shop-${Math.floor(index / PER_NAMESPACE)}`,
    name: `function-${index}`,
  }));
  progress(`creating ${FUNCTIONS} Functions`);
  const namespaces = [...new Set(names.map(({ namespace }) => namespace))];
  await inParallel(['control', ...namespaces], (name) =>
    post(api, '/api/v1/namespaces', { metadata: { name, labels: { [NAMESPACE_LABEL]: NAMESPACE_ENABLED } } }),
  );
  await inParallel(names, async ({ namespace, name }) => {
    await post(api, `/api/v1/namespaces/${namespace}/configmaps`, configMap(name, 0));
    await post(api, `/apis/apps/v1/namespaces/${namespace}/deployments`, deployment(name));
  });

  const waiting = new Map<string, (deployed: Deployed) => void>();
  const deployments = new Reflector<Deployed>({
    server: api,
    path: '/apis/apps/v1/deployments',
    logger: { info: () => undefined, warn: () => undefined },
    entryOf: deployedOf,
    onEntry: ({ namespace, name, before, after }) => {
      if (after !== undefined && after.stamp !== before?.stamp) waiting.get(`${namespace}/${name}`)?.(after);
    },
  });
  deployments.start();

  progress('starting the controller');
  const started = performance.now();
  controller = startProcess({
    args: [
      ...[path.resolve('dist/buildless.mjs'), 'control', '--namespace', 'control', '--log-level', 'warn'],
      ...['--kubeconfig', controlPlane.kubeconfig, '--address', '127.0.0.1', '--health-port', String(port)],
    ],
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(() => [...deployments.values()].filter(({ followed }) => followed !== undefined).length === FUNCTIONS);
  const metSeconds = (performance.now() - started) / 1000;
  const idleMegabytes = controller.megabytes();

  progress(`${RATE} edits a second for ${SECONDS} s`);
  const before = await requests();
  const cpuBefore = controller.cpuMicroseconds();
  const delays: number[] = [];
  const pending: Promise<void>[] = [];
  const begun = performance.now();
  const edits = RATE * SECONDS;
  for (let edit = 0; edit < edits; edit += 1) {
    const due = begun + (edit * 1000) / RATE;
    if (performance.now() < due) await delay(due - performance.now());
    // Each another one: an edit of one that is still waited for would be one rollout of two edits.
    const target = names[edit % names.length];
    if (target === undefined) continue;
    pending.push(editOne(target, edit + 1));
  }
  const ended = await Promise.race([Promise.all(pending).then(() => true), delay(120_000, false)]);
  const took = (performance.now() - begun) / 1000;
  await delay(2000);
  const calls = ((await requests()) - before) / edits;
  const megabytes = controller.megabytes();
  const cpuMilliseconds = (controller.cpuMicroseconds() - cpuBefore) / 1000 / edits;
  const generations = [...deployments.values()].reduce((sum, { generation }) => sum + generation - 1, 0);
  await deployments.stop();
  api.close();

  const figures = {
    functions: FUNCTIONS,
    edits,
    patched: delays.length,
    patches: generations,
    metSeconds,
    medianMilliseconds: median(delays),
    p99Milliseconds: quantile(delays, 0.99),
    callsForEachEdit: calls,
    cpuMillisecondsForEachEdit: cpuMilliseconds,
    idleMegabytes,
    megabytes,
  };
  print(
    {
      tables: [
        {
          title: `${FUNCTIONS} Functions, ${RATE} edits a second for ${SECONDS} s`,
          columns: ['what', 'figure'],
          rows: [
            ['all met by a controller that starts', `${metSeconds.toFixed(1)} s`],
            ['edits, and of these rolled out', `${edits}, ${delays.length}`],
            ['changes of templates', String(generations)],
            ['from edit to patch, median', `${(median(delays) / 1000).toFixed(2)} s`],
            ['from edit to patch, 99th percentile', `${(quantile(delays, 0.99) / 1000).toFixed(2)} s`],
            ['API calls for each edit', calls.toFixed(2)],
            ['CPU of the controller for each edit', `${cpuMilliseconds.toFixed(1)} ms`],
            ['memory after the start', `${idleMegabytes.toFixed(0)} MB`],
            ['memory at the end', `${megabytes.toFixed(0)} MB`],
          ],
        },
      ],
      notes: [
        'From edit to patch: from the answer to the edit until a watch brings the new stamp; 1 s of it is the wait for quiet.',
        'API calls: reading the source, storing its copy, the patch, the Event; renewals of the Lease are in it.',
        `It took ${took.toFixed(1)} s until the last patch${ended ? '' : '; not all edits were rolled out in 120 s'}.`,
      ],
      figures,
    },
    json,
  );

  async function editOne({ namespace, name }: { namespace: string; name: string }, version: number): Promise<void> {
    const key = `${namespace}/${name}`;
    let edited = 0;
    const rolledOut = new Promise<void>((resolve) => {
      waiting.set(key, () => {
        delays.push(performance.now() - edited);
        waiting.delete(key);
        resolve();
      });
    });
    await api.change(
      {
        method: 'PATCH',
        path: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
        contentType: 'application/merge-patch+json',
        body: { data: configMap(name, version).data },
      },
      never,
    );
    edited = performance.now();
    await rolledOut;
  }
} finally {
  await controller?.stop();
  await controlPlane.stop();
}

/** All requests of the controller so far. */
async function requests(): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith('buildless_control_requests_total{'))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

function configMap(name: string, version: number): { metadata: object; data: Record<string, string> } {
  return {
    metadata: { name, labels: { [FUNCTION_LABEL]: name } },
    data: { 'handler.js': `module.exports = { main: () => ${version} };\n${CODE}` },
  };
}

function deployment(name: string): object {
  return {
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, [FUNCTION_LABEL]: name }, annotations: { [ANNOTATIONS.runtime]: 'nodejs22' } },
        spec: { containers: [{ name: 'function', image: 'auto' }] },
      },
    },
  };
}

function deployedOf(object: object): Deployed {
  const metadata = 'metadata' in object && isObject(object.metadata) ? object.metadata : {};
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    followed: text(valueAt(metadata, ['labels', FOLLOWED_LABEL])),
    stamp: text(valueAt(object, ['spec', 'template', 'metadata', 'annotations', REVISION_ANNOTATION])),
    generation: Number(metadata.generation),
  };
}

function post(api: ApiServer, collection: string, body: object): Promise<unknown> {
  return api.change({ method: 'POST', path: collection, body }, never);
}

async function inParallel<Value>(values: readonly Value[], work: (value: Value) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (;;) {
      const value = values[next++];
      if (value === undefined) return;
      await work(value);
    }
  };
  await Promise.all(Array.from({ length: IN_PARALLEL }, worker));
}

async function until(isGood: () => boolean): Promise<void> {
  for (let tries = 0; tries < 3000; tries += 1) {
    if (isGood()) return;
    await delay(100);
  }
  throw new Error('still not after 300 s');
}
