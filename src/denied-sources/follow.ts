/** Follows everything that says what is denied: ConfigMaps, folders, and the configuration. */
import type { ApiServer } from '../api-server/api-server.ts';
import type { ClusterLog } from '../api-server/cluster.ts';
import type { Configuration } from '../config/configuration.ts';
import type { DeniedProblem } from '../denied/entry.ts';
import { tableOfConfigured } from '../denied/inline.ts';
import { joinTables, type DeniedList } from '../denied/list.ts';
import type { DeniedMetrics } from '../server/denied-metrics.ts';
import { followDeniedConfigMaps } from './config-maps.ts';
import { stateOfFolder } from './folder.ts';
import { LoadingThread } from './loading-thread.ts';
import type { LoadQuestion } from './protocol.ts';
import { bytesOf, LARGEST_BYTES, SourceState } from './source-state.ts';

export interface DeniedSourcesOptions {
  /** The program of the thread: dist/denied.mjs. */
  readonly program: URL;
  readonly configuration: () => Configuration;
  /** Whose ConfigMaps are followed; absent if there is no cluster. */
  readonly cluster?: { readonly server: ApiServer; readonly namespace: string };
  /** Folders and files on the disk. */
  readonly folders: readonly string[];
  readonly logger: ClusterLog;
  readonly metrics: Pick<DeniedMetrics, 'follow' | 'reloaded'>;
  readonly changed?: () => void;
  readonly lookMilliseconds?: number;
}

export interface DeniedSources {
  readonly current: () => DeniedList;
  /** Whether everything was read once; nothing may be admitted before. Never becomes false again. */
  readonly synced: () => boolean;
  /** Why what is in force is not what was written, each as a sentence. */
  readonly problems: () => readonly string[];
  readonly stop: () => Promise<void>;
}

const LOOK_MILLISECONDS = 5000;

export function followDenied(options: DeniedSourcesOptions): DeniedSources {
  const { cluster, folders, logger, metrics, configuration, changed } = options;
  const thread = new LoadingThread(options.program);
  const states = new Map<string, SourceState>();
  let wasSynced = false;
  let isStopped = false;
  let version = 0;
  let known: { readonly of: Configuration; readonly version: number; readonly list: DeniedList } | undefined;

  const current = (): DeniedList => {
    const of = configuration();
    if (known?.of !== of || known.version !== version) {
      const tables = [...states.values()].flatMap(({ table }) => table ?? []);
      const list = joinTables([...tables, tableOfConfigured(of.dependencies.denied)]);
      // What is remembered under a list stays if only something else of the configuration is new.
      known = { of, version, list: list.digest === known?.list.digest ? known.list : list };
    }
    return known.list;
  };

  const renew = (): void => {
    const before = known?.list.digest;
    version += 1;
    const { digest, entries } = current();
    if (digest === before) return;
    logger.info({ digest, entries }, 'other versions are denied now');
    changed?.();
  };

  const load = async (source: string, question: LoadQuestion): Promise<void> => {
    const state = states.get(source) ?? new SourceState();
    states.set(source, state);
    state.asked += 1;
    const { asked } = state;
    const answer = await thread.load(question).catch((error: unknown) => String(error));
    if (isStopped || states.get(source) !== state || state.asked !== asked) return;
    if (typeof answer === 'string') {
      state.fail(answer);
      metrics.reloaded('failure');
    } else {
      const others = [...states.values()].filter((each) => each !== state).flatMap(({ table }) => table ?? []);
      metrics.reloaded(state.take(answer, LARGEST_BYTES - others.reduce((sum, table) => sum + bytesOf(table), 0)));
    }
    for (const { place, problem, fix } of state.problems) {
      logger.warn({ source, place, problem, fix }, 'denied versions not taken; the last good list stays');
    }
    renew();
  };

  const configMaps =
    cluster &&
    followDeniedConfigMaps({
      ...cluster,
      logger,
      onTexts: (name, texts) => {
        const source = `ConfigMap ${cluster.namespace}/${name}`;
        if (texts !== undefined) void load(source, { from: 'texts', texts });
        else if (states.delete(source)) renew();
      },
    });

  const seen = new Map<string, string>();
  const look = async (folder: string): Promise<void> => {
    const state = await stateOfFolder(folder);
    if (isStopped || seen.get(folder) === state) return;
    seen.set(folder, state);
    await load(folder, { from: 'folder', folder });
  };
  for (const folder of folders) states.set(folder, new SourceState());
  const lookAtAll = (): void => {
    for (const folder of folders) void look(folder);
  };
  lookAtAll();
  const looking = setInterval(lookAtAll, options.lookMilliseconds ?? LOOK_MILLISECONDS).unref();

  const problems = (): readonly string[] => [
    ...(configMaps?.problems() ?? []),
    ...[...states].flatMap(([source, state]) => state.problems.map((problem) => sentence(source, problem))),
  ];
  metrics.follow({ current, problems: () => problems().length });
  return {
    current,
    synced: () => {
      wasSynced ||= (configMaps?.synced() ?? true) && [...states.values()].every(({ isRead }) => isRead);
      return wasSynced;
    },
    problems,
    stop: async () => {
      isStopped = true;
      clearInterval(looking);
      await Promise.all([configMaps?.stop(), thread.stop()]);
    },
  };
}

const sentence = (source: string, { place, problem, fix }: DeniedProblem): string =>
  `${source}${place === '' ? '' : `, ${place}`}: ${problem}; ${fix}`;
