/**
 * The revisions controller among thousands of Functions: time from an edit to the patch of its workload, API calls for each
 * edit, memory. A real API server and the built command; Deployments without replicas, as Pods are not the controller's work.
 *
 *   npm run bench -- control [--functions 5000] [--rate 50] [--seconds 20] [--packages N] [--reports] [--denied 20000] [--quick] [-o json]
 *
 * --reports installs openreports.io. --denied has so many denied packages in ConfigMaps, one of which changes every few seconds.
 * --packages: in the lock of each Function; 20 by default with either of them, otherwise none.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { apiServer } from '../src/api-server/api-server.ts';
import { loadKubeConfig } from '../src/api-server/kube-config.ts';
import { startControlPlane } from '../test/cluster/kubernetes/control-plane.ts';
import { findPrograms } from '../test/cluster/kubernetes/programs.ts';
import { freePorts } from '../test/cluster/kubernetes/component.ts';
import { ControllerUnderLoad } from './control/controller.ts';
import { measureChanges } from './control/denied-changes.ts';
import { DeniedList } from './control/denied-list.ts';
import { followDeployments, type Deployed } from './control/deployed.ts';
import { createFunctions, editFunction, functionNames, type FunctionName } from './control/functions.ts';
import { followReports, isEach } from './control/reports.ts';
import { post, until } from './control/requests.ts';
import { benchOptions, benchValue } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { median, quantile } from './measure/statistics.ts';

const { quick, json, given } = benchOptions('reports');
const FUNCTIONS = Number(benchValue('functions') ?? (quick ? 100 : 500));
/** Edits a second. */
const RATE = Number(benchValue('rate') ?? (quick ? 20 : 50));
const SECONDS = Number(benchValue('seconds') ?? (quick ? 5 : 20));
const DENIED = Number(benchValue('denied') ?? 0);
const PACKAGES = Number(benchValue('packages') ?? (DENIED > 0 || given.has('reports') ? 20 : 0));
const NAMESPACE = 'control';
/** Between changes of the denied list. */
const CHANGE_MILLISECONDS = 5000;

const programs = await findPrograms(progress);
if ('reason' in programs) throw new Error(programs.reason);
const [port = 0] = await freePorts(1);
const controlPlane = await startControlPlane(programs);
let controller: ControllerUnderLoad | undefined;
try {
  const api = apiServer(await loadKubeConfig(controlPlane.kubeconfig));
  const functions = functionNames(FUNCTIONS);
  const namespaces = new Set(functions.map(({ namespace }) => namespace)).size;
  progress(`creating ${FUNCTIONS} Functions`);
  await post(api, '/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  await createFunctions(api, functions, PACKAGES);
  const denied = DENIED === 0 ? undefined : new DeniedList(api, NAMESPACE);
  await denied?.create(DENIED);
  const reports = given.has('reports') ? await followReports(api) : undefined;

  const waiting = new Map<string, (deployed: Deployed) => void>();
  const deployments = followDeployments(api, ({ namespace, name, before, after }) => {
    if (after !== undefined && after.stamp !== before?.stamp) waiting.get(`${namespace}/${name}`)?.(after);
  });
  deployments.start();

  progress('starting the controller');
  const started = performance.now();
  controller = new ControllerUnderLoad(controlPlane.kubeconfig, NAMESPACE, port);
  await until(() => [...deployments.values()].filter(({ followed }) => followed !== undefined).length === FUNCTIONS);
  const metSeconds = (performance.now() - started) / 1000;
  let reportedSeconds: number | undefined;
  if (reports !== undefined) {
    const isWhole = (): boolean => [...reports.values()].reduce((sum, { results }) => sum + results, 0) >= FUNCTIONS;
    await until(() => isEach(reports, namespaces, () => true) && isWhole());
    reportedSeconds = (performance.now() - started) / 1000;
  }
  const inForce = await controller.denied();
  if (inForce !== DENIED) throw new Error(`${inForce} denied versions are in force, not ${DENIED}`);
  const atStart = await controller.spent();
  const idleMegabytes = controller.process.megabytes();

  progress(`${RATE} edits a second for ${SECONDS} s`);
  await delay(5000);
  const before = await controller.spent();
  const delays: number[] = [];
  const pending: Promise<void>[] = [];
  let changes = 0;
  const changing = setInterval(() => {
    changes += 1;
    void denied?.change([`nobody-has-it-${changes}`]);
  }, CHANGE_MILLISECONDS);
  const begun = performance.now();
  const edits = RATE * SECONDS;
  for (let edit = 0; edit < edits; edit += 1) {
    const due = begun + (edit * 1000) / RATE;
    if (performance.now() < due) await delay(due - performance.now());
    // Each another one: an edit of one that is still waited for would be one rollout of two edits.
    const target = functions[edit % functions.length];
    if (target === undefined) continue;
    pending.push(editOne(target, edit + 1));
  }
  clearInterval(changing);
  const ended = await Promise.race([Promise.all(pending).then(() => true), delay(120_000, false)]);
  const took = (performance.now() - begun) / 1000;
  await delay(2000);
  const spent = await controller.spentSince(before);
  const megabytes = controller.process.megabytes();
  const generations = [...deployments.values()].reduce((sum, { generation }) => sum + generation - 1, 0);
  progress('changes of the denied list');
  const changed = denied === undefined ? [] : await measureChanges(denied, reports, controller, namespaces);
  const megabytesAfterChanges = controller.process.megabytes();
  await deployments.stop();
  await reports?.stop();
  api.close();

  const figures = {
    functions: FUNCTIONS,
    packages: PACKAGES,
    edits,
    patched: delays.length,
    patches: generations,
    metSeconds,
    ...(reportedSeconds !== undefined && { reportedSeconds }),
    requestsOfStart: atStart.requests,
    medianMilliseconds: median(delays),
    p99Milliseconds: quantile(delays, 0.99),
    callsForEachEdit: spent.requests / edits,
    cpuMillisecondsForEachEdit: spent.cpuMilliseconds / edits,
    reportsWritten: spent.reports,
    idleMegabytes,
    megabytes,
    deniedChanges: changed,
    megabytesAfterChanges,
  };
  const seconds = (milliseconds: number | undefined, digits = 2): string =>
    milliseconds === undefined ? '' : `${(milliseconds / 1000).toFixed(digits)} s`;
  print(
    {
      tables: [
        {
          title: `${FUNCTIONS} Functions, ${RATE} edits a second for ${SECONDS} s`,
          columns: ['what', 'figure'],
          rows: [
            ['all met by a controller that starts', `${metSeconds.toFixed(1)} s, ${atStart.requests} API calls`],
            ...(reportedSeconds === undefined ? [] : [['all reports written', `${reportedSeconds.toFixed(1)} s`]]),
            ['edits, and of these rolled out', `${edits}, ${delays.length}`],
            ['changes of templates', String(generations)],
            ['from edit to patch, median', seconds(median(delays))],
            ['from edit to patch, 99th percentile', seconds(quantile(delays, 0.99))],
            ['API calls for each edit', figures.callsForEachEdit.toFixed(2)],
            ['CPU of the controller for each edit', `${figures.cpuMillisecondsForEachEdit.toFixed(1)} ms`],
            ...(reports === undefined ? [] : [['reports written meanwhile', String(spent.reports)]]),
            ['memory after the start', `${idleMegabytes.toFixed(0)} MB`],
            ['memory at the end', `${megabytes.toFixed(0)} MB`],
          ],
        },
        ...(denied === undefined
          ? []
          : [
              {
                title: `A list of ${DENIED} denied packages changes`,
                columns: ['change', 'all reports say it after', 'reports written', 'API calls', 'CPU'],
                rows: changed.map(({ change, milliseconds, requests, reports: written, cpuMilliseconds }) => [
                  change,
                  seconds(milliseconds, 1),
                  String(written),
                  String(requests),
                  seconds(cpuMilliseconds),
                ]),
              },
            ]),
      ],
      notes: [
        'From edit to patch: from the answer to the edit until a watch brings the new stamp; 1 s of it is the wait for quiet.',
        'API calls: reading the source, storing its copy, the patch, the Event; renewals of the Lease are in it.',
        ...(PACKAGES === 0 ? [] : [`Each Function has a lock of ${PACKAGES} packages.`]),
        `It took ${took.toFixed(1)} s until the last patch${ended ? '' : '; not all edits were rolled out in 120 s'}.`,
        ...(denied === undefined
          ? []
          : [
              `The list changed ${changes} times during the edits. A change is measured for 15 s after it, with what else is done in them.`,
              `Memory after the changes: ${megabytesAfterChanges.toFixed(0)} MB.`,
            ]),
      ],
      figures,
    },
    json,
  );

  async function editOne(target: FunctionName, version: number): Promise<void> {
    const key = `${target.namespace}/${target.name}`;
    let edited = 0;
    const rolledOut = new Promise<void>((resolve) => {
      waiting.set(key, () => {
        delays.push(performance.now() - edited);
        waiting.delete(key);
        resolve();
      });
    });
    await editFunction(api, target, version);
    edited = performance.now();
    await rolledOut;
  }
} finally {
  await controller?.process.stop();
  await controlPlane.stop();
}
