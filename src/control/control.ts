/** `buildless control` without its command line: follows the cluster always, and works while it leads. */
import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SourceJudge } from '../admission/judgement.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { DeniedSources } from '../denied-sources/follow.ts';
import { LeaseElector, type LeaseTimes } from '../api-server/lease.ts';
import type { Configuration } from '../config/configuration.ts';
import { CONTROL_NAME } from '../installation/names.ts';
import type { Resolver } from '../resolve/resolver.ts';
import { closed, listen } from '../server/listen.ts';
import type { Logger } from '../server/logging.ts';
import { createPlainServer } from '../server/plain.ts';
import type { Checks } from '../server/health.ts';
import { startController, type Controller } from './controller.ts';
import { countedServer } from './counted-server.ts';
import { isOwned, rootOf } from './holder.ts';
import type { ControlMetrics } from './metrics.ts';
import { MixedRevisions } from './mixed-revisions.ts';
import { untilReplaced } from './older-replicas.ts';
import type { RunningPod } from './pod.ts';
import { openPushes, type PushOptions } from './push/open.ts';
import { View } from './view.ts';

export interface ControlOptions {
  readonly server: ApiServer;
  /** Of the Lease. */
  readonly namespace: string;
  /** Name of the Pod that this process runs in, or of its host. */
  readonly pod: string;
  /** Of this process; no other one has it. */
  readonly identity: string;
  readonly resolver: Resolver | undefined;
  readonly judge: SourceJudge;
  readonly denied: Pick<DeniedSources, 'current' | 'synced'>;
  readonly configuration: () => Configuration;
  readonly metrics: ControlMetrics;
  readonly logger: Logger;
  readonly checks: Checks;
  /** All where it is left out. */
  readonly address?: string;
  /** 0 for any that is free. */
  readonly plainPort: number;
  /** Webhooks of Git hosts; nothing listens for them where it is left out. */
  readonly push?: PushOptions;
  readonly leaseTimes: LeaseTimes;
}

export interface RunningControl {
  readonly plainPort: number;
  readonly pushPort: number | undefined;
  /** The configuration changed. */
  readonly lookAgain: () => void;
  readonly stop: () => Promise<void>;
}

const LOOK_MILLISECONDS = 30_000;
const SYNC_MILLISECONDS = 50;

/** @throws ListenError if a port cannot be had */
export async function control(options: ControlOptions): Promise<RunningControl> {
  const { metrics, logger, namespace, identity, configuration } = options;
  const server = countedServer(options.server, (method) => {
    metrics.requested(method);
  });
  const view = new View({ server, logger });
  const mixed = new MixedRevisions();
  let controller: Controller | undefined;
  metrics.follow({
    isLeader: () => controller !== undefined,
    revisions: (holds) => countOf(view.revisions.values(), (revision) => revision.holds === holds),
    functions: () => view.index.countWorkloads(),
    mixed: () => mixed.count(),
    denied: () => controller?.denied() ?? 0,
    reports: () => controller?.reports() ?? 0,
    queued: () => controller?.queued() ?? 0,
    problems: () => view.problems().length,
  });
  const plain = createPlainServer({ metrics, logger, checks: { cluster: () => healthOf(view), ...options.checks } });
  const plainPort = await listen(plain, options.plainPort, options.address);
  const pushes =
    options.push === undefined
      ? undefined
      : await openPushes(options.push, {
          ...options,
          pushed: (push) => controller?.pushed(push),
          leaderAddress: () => elector.leaderAddress(),
        });
  logger.info({ plainPort, ...(pushes !== undefined && { pushPort: pushes.port }), identity }, 'listening');
  view.start();
  const looking = setInterval(() => {
    // Those that name a revision themselves may differ.
    mixed.look(view.pods.values(), (pod) => (pod.holder === undefined ? workloadOf(pod, view) : undefined));
  }, LOOK_MILLISECONDS);
  const elector: LeaseElector = new LeaseElector({
    server,
    namespace,
    name: CONTROL_NAME,
    identity,
    logger,
    times: options.leaseTimes,
    ...(pushes?.address !== undefined && { address: pushes.address }),
  });
  const stopped = new AbortController();
  const lead = async (signal: AbortSignal): Promise<void> => {
    while (!(view.synced() && options.denied.synced()) && !signal.aborted) await delay(SYNC_MILLISECONDS);
    if (signal.aborted) return;
    controller = startController({
      ...options,
      server,
      view,
      configuration,
      denied: options.denied.current,
      stampsOfPods: () => stampsOfPods(view),
      instance: identity,
    });
    await aborted(signal);
    await controller.stop();
    controller = undefined;
  };
  const campaigning = untilReplaced(options, stopped.signal).then(() => {
    if (!stopped.signal.aborted) elector.start(lead);
  });
  return {
    plainPort,
    pushPort: pushes?.port,
    lookAgain: () => controller?.lookAgain(),
    stop: async () => {
      clearInterval(looking);
      stopped.abort();
      await campaigning;
      await elector.stop();
      await view.stop();
      server.close();
      await Promise.all([plain, ...(pushes === undefined ? [] : [pushes.server])].map(ended));
      logger.info({}, 'stopped');
    },
  };
}

async function ended(server: Server): Promise<void> {
  const isClosed = closed(server);
  server.closeAllConnections();
  await isClosed;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });

/** The revisions that Pods run, by the uid of their workload. */
function stampsOfPods(view: View): ReadonlyMap<string, ReadonlySet<string>> {
  const stamps = new Map<string, Set<string>>();
  for (const pod of view.pods.values()) {
    const root = workloadOf(pod, view);
    if (root === undefined || pod.stampText === '') continue;
    const known = stamps.get(root);
    if (known === undefined) stamps.set(root, new Set([pod.stampText]));
    else known.add(pod.stampText);
  }
  return stamps;
}

function healthOf(view: View): ReturnType<Checks[string]> {
  const problems = view.problems();
  if (!view.synced()) return { ok: false, reason: ['the cluster is not read yet', ...problems].join('; ') };
  return problems.length === 0 ? { ok: true } : { ok: true, but: `not up to date: ${problems.join('; ')}` };
}

/** Uid of the workload whose Pods should all run the same. */
function workloadOf({ namespace, owner }: RunningPod, view: View): string | undefined {
  if (owner === undefined || owner.kind === 'Job') return undefined;
  if (owner.kind !== 'ReplicaSet') return owner.uid;
  const replicaSet = view.index.get(`ReplicaSet/${namespace}/${owner.name}`);
  return replicaSet !== undefined && isOwned(replicaSet) ? rootOf(replicaSet).uid : owner.uid;
}

const countOf = <Value>(values: Iterable<Value>, isCounted: (value: Value) => boolean): number => {
  let count = 0;
  for (const value of values) if (isCounted(value)) count += 1;
  return count;
};
