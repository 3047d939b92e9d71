/**
 * From asking for a Pod to Ready, on a real node: ours beside the Pod that Kyma makes and two floors, phase by phase, and a
 * restart of the container. Interleaved, so that what else the machine does meets all of them.
 *
 *   npm run bench:start [-- --rounds 3] [--only NAME,NAME] [--alone] [--machine-disk] [--quick] [-o json]
 *
 * --only takes examples, npm-55 and pip-14. --alone leaves out Pods that start at once. --machine-disk puts the node on the disk of
 * this machine instead of one with a journal. --quick is one round, with fewer Pods.
 * Only a run of everything draws docs/start.svg.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { installController } from '../test/cluster/controller.ts';
import { choose } from '../test/cluster/given.ts';
import { installWebhook, RESTRICTED } from '../test/cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../test/cluster/kubectl.ts';
import { findPrograms } from '../test/cluster/kubernetes/programs.ts';
import { OwnImage, removeRoot } from '../test/node/image-root.ts';
import { hostAddress, keptNode, startNode } from '../test/node/machine/node.ts';
import { PLACE } from '../test/node/machine/place.ts';
import { whyNoNode } from '../test/node/machine/requirements.ts';
import { claim } from '../test/node/claim.ts';
import { startPrivateRegistry } from '../test/node/example-manifests.ts';
import { apply } from '../test/node/functions.ts';
import { startResolver } from '../test/resolve/running-resolver.ts';
import { fetchFastInstallers } from '../scripts/fast-installers.mjs';
import { benchOptions, benchValue } from './measure/options.ts';
import { print, progress } from './measure/report.ts';
import { cases, type Measured } from './start/cases.ts';
import { chart } from './start/chart.ts';
import { CACHE } from './start/contenders.ts';
import { fillCaches, measure } from './start/measure.ts';
import { watchPods } from './start/phases.ts';
import { barsOf, report } from './start/report.ts';
import { subjects, type Subject } from './start/subjects.ts';

const MACHINE_DISK = 'machine-disk';
const { quick, json, given } = benchOptions('alone', MACHINE_DISK);
const ROUNDS = Number(benchValue('rounds') ?? (quick ? 1 : 3));
if (!Number.isInteger(ROUNDS) || ROUNDS < 1) throw new Error('--rounds takes a number from 1 on');
const ONLY = benchValue('only')?.split(',');

const reason = whyNoNode();
const programs = reason === undefined ? await findPrograms(progress) : { reason };
if ('reason' in programs) {
  progress(`skipped: ${programs.reason}`);
  process.exit(0);
}
const tools = await fetchFastInstallers('node_modules/.cache/buildless/bin');
const registry = await startPrivateRegistry(hostAddress());
const chosen = choice(subjects({ 'private-registry': registry.values }, tools));
const kept = await keptNode(progress);
const node =
  kept === undefined
    ? await startNode(programs, progress, given.has(MACHINE_DISK) ? "the machine's" : 'own')
    : { record: kept, stop: () => Promise.resolve() };
const { kubeconfig, auditLog } = node.record;
choose({ kubeconfig, kubectl: programs.kubectl, controllers: true, disposable: true, auditLog });
try {
  const measured = await measureAll();
  print(report(measured, ROUNDS), json);
  if (ONLY === undefined && !quick)
    writeFileSync(path.resolve('docs/start.svg'), chart('From asking for a Pod to Ready', barsOf(measured)));
} finally {
  await node.stop();
  registry.close();
}

async function measureAll(): Promise<readonly Measured[]> {
  const closing: (() => unknown)[] = [];
  try {
    // The Node.js, npm and Python that the controller has in a cluster; those of a developer's PATH may be slower. Its cache is on the node.
    const image = await new OwnImage('buildless').unpack();
    closing.unshift(() => {
      removeRoot(image);
    });
    const resolver = await startResolver(
      { PATH: [path.join(image, 'usr/bin'), path.resolve(tools), process.env.PATH].join(':') },
      PLACE.folder,
    );
    closing.unshift(() => resolver.close());
    const controller = await installController({ resolver: resolver.socket });
    closing.unshift(() => controller.close());
    const webhook = await installWebhook({ leaseNamespace: controller.value.namespace });
    closing.unshift(() => webhook.close());
    const namespace = await createNamespace(RESTRICTED);
    closing.unshift(() => kubectlOk(['delete', 'namespace', namespace, '--wait=false']));
    const watched = await watchPods(kubeconfig, coreApi(), namespace);
    closing.unshift(() => {
      watched.close();
    });
    await apply(namespace, ...chosen.map(({ objects }) => objects), claim(CACHE, true));
    await fillCaches(watched, namespace, chosen);
    return await measure(watched, namespace, cases(chosen, quick, given.has('alone')), ROUNDS);
  } finally {
    for (const close of closing) await close();
  }
}

function choice(all: readonly Subject[]): readonly Subject[] {
  const unknown = ONLY?.filter((name) => !all.some((subject) => subject.name === name)) ?? [];
  if (unknown.length > 0)
    throw new Error(`unknown: ${unknown.join(', ')}; known: ${all.map(({ name }) => name).join(', ')}`);
  return all.filter(({ name }) => ONLY?.includes(name) ?? true);
}
