/** The parts of the controller, put together. */
import type { SourceJudge } from '../admission/judgement.ts';
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import { exceptionsBy } from '../exceptions/exceptions.ts';
import type { Pushed } from '../push/pushed.ts';
import type { Resolver } from '../resolve/resolver.ts';
import { DeniedFunctions } from './denied-functions.ts';
import { Events } from './events.ts';
import { GitSources } from './git-sources.ts';
import { Keeper } from './keeper.ts';
import { Locks } from './locks.ts';
import type { ControlMetrics } from './metrics.ts';
import { MissingLocks } from './missing-locks.ts';
import { type Again, WorkQueue } from './queue.ts';
import { RecentRevisions } from './recent-revisions.ts';
import { Reports } from './reports/reports.ts';
import { Verdicts } from './reports/verdicts.ts';
import { PushedSources } from './pushed-sources.ts';
import { Reserved } from './reserved.ts';
import { Rollouts } from './rollouts.ts';
import { RunningCommits } from './running-commits.ts';
import { RunningContents } from './running-contents.ts';
import { Secrets } from './secrets.ts';
import { Sources } from './sources.ts';
import { Store } from './store.ts';
import type { View } from './view.ts';

export interface ControllerOptions {
  readonly server: ApiServer;
  readonly view: View;
  readonly resolver: Resolver | undefined;
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  /** The revisions that Pods run, by the uid of their workload. */
  readonly stampsOfPods: () => ReadonlyMap<string, ReadonlySet<string>>;
  readonly configuration: () => Configuration;
  readonly metrics: ControlMetrics;
  readonly logger: ClusterLog;
  /** Of this process, in Events. */
  readonly instance: string;
}

/** One term of a leader. */
export interface Controller {
  readonly queued: () => number;
  /** Functions that run a version that is denied. */
  readonly denied: () => number;
  /** Namespaces with a report. */
  readonly reports: () => number;
  /** Looks at everything again: the configuration changed. */
  readonly lookAgain: () => void;
  /**
   * Looks up the branches and tags that may have moved.
   *
   * @returns how many workloads follow them
   */
  readonly pushed: (push: Pushed) => number;
  readonly stop: () => Promise<void>;
}

/** Sources and bases are worked on at the same time, so many of each; each of them waits for the API server most of the time. */
const AT_ONCE = 16;
/** Events of one rollout come together. */
const SETTLED_MILLISECONDS = 1000;
const TIDY_MILLISECONDS = 60_000;
const DENIED_MILLISECONDS = 10_000;

/** Begins to work; what the view knows must be complete. */
export function startController(options: ControllerOptions): Controller {
  const { server, view, resolver, logger, metrics, configuration, judge, denied } = options;
  const secrets = new Secrets(server);
  const events = new Events({ server, instance: options.instance, logger });
  const reserved = new Reserved();
  const git = resolver === undefined ? undefined : new GitSources({ resolver, secrets, configuration });
  const sources = new Sources({ server, view, git });
  const recent = new RecentRevisions({ server, seen: (...of) => view.revisions.get(...of) });
  const store: Store = new Store({
    ...{ server, view, recent, metrics },
    makeRoom: (namespace, signal) => keeper.makeRoom(namespace, signal),
  });
  const locks = new Locks({ server, view, store, secrets, resolver, metrics, judge, denied, configuration });
  const exceptions = exceptionsBy(() => configuration().dependencies.exceptions, Date.now);
  const missing = new MissingLocks({
    ...{ server, view, sources, git, locks, store, events, judge, denied, exceptions, configuration },
  });
  const keeper = new Keeper({
    view,
    sources,
    store,
    locks: missing,
    events,
    reserved,
    configuration,
    lookAgain: (group) => {
      groups.add(group);
    },
  });
  const rollouts = new Rollouts({
    ...{
      server,
      view,
      sources,
      git,
      store,
      locks,
      keeper,
      reserved,
      events,
      judge,
      denied,
      exceptions,
      configuration,
      metrics,
    },
  });
  const ended = new AbortController();
  const commits =
    git === undefined
      ? undefined
      : new RunningCommits({
          ...{ git, judge, configuration },
          known: (namespace) => {
            reports.touch(namespace);
            lookForDenied();
          },
        });
  const contents = new RunningContents({ view, judge, configuration, commits });
  const verdicts = new Verdicts({ view, sources, recent, judge, denied, exceptions, configuration, contents });
  const reports: Reports = new Reports({ ...options, verdicts });
  const deniedFunctions = new DeniedFunctions({ ...options, sources, recent, contents, events });
  const lookForDenied = (): void => void deniedFunctions.look(ended.signal);
  lookForDenied();
  const lookingForDenied = setInterval(lookForDenied, DENIED_MILLISECONDS);
  const failed = (what: string) => (key: string, error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    logger.warn({ [what]: key, reason }, 'tried again');
  };
  type Work = (key: string, again: () => void, signal: AbortSignal) => Promise<Again>;
  const queueOf = (what: string, work: Work): WorkQueue => {
    const queue: WorkQueue = new WorkQueue({
      atOnce: AT_ONCE,
      failed: failed(what),
      work: (key, signal) =>
        work(
          key,
          () => {
            queue.add(key);
          },
          signal,
        ),
    });
    return queue;
  };
  const groups: WorkQueue = queueOf('source', (...turn) => rollouts.reconcile(...turn));
  const bases: WorkQueue = queueOf('base', (...turn) => keeper.keep(...turn));
  const listen = (): (() => void) =>
    view.listen({
      group: (key) => {
        groups.add(key);
        reports.touch(key.slice(0, key.indexOf(' ')));
      },
      base: (key, isUrgent) => {
        reports.touch(key.slice(0, key.indexOf('/')));
        if (isUrgent) bases.add(key);
        else bases.addAfter(key, SETTLED_MILLISECONDS);
      },
    });
  let forget = listen();
  const pushes =
    git &&
    new PushedSources({
      index: view.index,
      git,
      look: (key) => {
        groups.add(key);
      },
    });
  const tidying = setInterval(() => {
    rollouts.tidy();
  }, TIDY_MILLISECONDS);
  return {
    queued: () => groups.length + bases.length,
    denied: () => deniedFunctions.count(),
    reports: () => reports.count(),
    lookAgain: () => {
      forget();
      forget = listen();
      lookForDenied();
      reports.touchAll();
    },
    pushed: (push) => pushes?.look(push) ?? 0,
    stop: async () => {
      forget();
      pushes?.stop();
      clearInterval(tidying);
      clearInterval(lookingForDenied);
      ended.abort();
      await Promise.all([groups.stop(), bases.stop(), reports.stop(), locks.stop(), git?.stop(), commits?.stop()]);
      await events.settled();
    },
  };
}
