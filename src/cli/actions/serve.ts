import { noClusterFor } from '../../api-server/kube-config.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import { createMutate } from '../../admission/mutate.ts';
import { createValidate } from '../../admission/validate.ts';
import { openClientAuthority, type ClientAuthority } from '../../certificates/client-authority.ts';
import { exceptionsBy } from '../../exceptions/exceptions.ts';
import type { DeniedSources } from '../../denied-sources/follow.ts';
import { NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../function/keys.ts';
import { LabelsUnreachable } from '../../namespace/namespace.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { Problem } from '../../outcome/problem.ts';
import type { Checks } from '../../server/health.ts';
import { INSTALL_NAMESPACE } from '../../installation/names.ts';
import { createJudge } from '../../server/judgement/judge.ts';
import { ListenError } from '../../server/listen.ts';
import { createLogger, LOG_LEVELS, type Logger } from '../../server/logging.ts';
import { Metrics } from '../../server/metrics.ts';
import { serve } from '../../server/serve.ts';
import { stopOnSignal } from '../../server/shutdown.ts';
import { VERSION } from '../../version.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { followConfiguration } from './follow-configuration.ts';
import { openCertificates } from './serve-certificates.ts';
import type { ServeOptions } from '../options/serve.ts';

/** The program of the judging thread; this file is in a chunk of its own when it is built. */
const JUDGE = new URL('../judge.mjs', import.meta.url);
const LOADER = new URL('../denied.mjs', import.meta.url);

/** Where sources come from, and what to undo at the end. */
interface Origin<Value> {
  readonly value: Value;
  readonly checks: Checks;
  readonly stop: () => Promise<void> | void;
}

/** `buildless serve`: runs until a signal ends it. */
export async function serveWebhook(options: ServeOptions): Promise<ExitStatus> {
  const level = LOG_LEVELS.find((known) => known === options.logLevel) ?? 'info';
  const logger = createLogger({ level });
  const metrics = new Metrics({ version: VERSION });
  const [configuration, certificates] = await Promise.all([
    followConfiguration({ file: options.config, logger, metrics }),
    openCertificates(options, logger, metrics),
  ]);
  const clients = await openClients(options, logger);
  for (const opened of [certificates, clients]) if ('problem' in opened) printFindings('error', [opened.problem]);
  if (configuration === undefined || 'problem' in certificates || 'problem' in clients) return EXIT.wrongInput;
  const sources = await openSources(options, configuration.current, logger, metrics);
  if (sources === undefined) return EXIT.wrongInput;

  const judge = createJudge({ program: JUDGE, logger, metrics: metrics.judgements });
  const denied = await openDenied(options, configuration.current, logger, metrics);
  const context: ReviewContext = {
    ...sources.value,
    configuration: configuration.current,
    denied: denied.current,
    exceptions: exceptionsBy(() => configuration.current().dependencies.exceptions, Date.now),
    judge: judge.judge,
    now: () => performance.now(),
  };
  try {
    const server = await serve({
      ...(options.address !== undefined && { address: options.address }),
      tlsPort: options.port,
      plainPort: options.healthPort,
      certificates: certificates.source,
      ...(clients.authority !== undefined && { clients: clients.authority }),
      reviewers: { mutate: createMutate(context), validate: createValidate(context) },
      checks: {
        ...sources.checks,
        denied: () => (denied.synced() ? { ok: true } : { ok: false, reason: 'denied versions are not read yet' }),
      },
      logger,
      metrics,
      drainSeconds: options.drain,
    });
    await stopOnSignal(server, logger);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
    printFindings('error', [
      { problem: `${error.message}${cause}`, fix: 'give another --port, --health-port or --address' },
    ]);
    return EXIT.wrongInput;
  } finally {
    logger.flush();
    configuration.stop();
    await sources.stop();
    await denied.stop();
    await judge.stop();
  }
}

async function openDenied(
  { manifests, kubeconfig, context, namespace, denied }: ServeOptions,
  configuration: () => Configuration,
  logger: Logger,
  metrics: Metrics,
): Promise<DeniedSources & { readonly stop: () => Promise<void> }> {
  const [{ followDenied }, { apiServer }, { loadKubeConfig }] = await Promise.all([
    import('../../denied-sources/follow.ts'),
    import('../../api-server/api-server.ts'),
    import('../../api-server/kube-config.ts'),
  ]);
  const server = manifests === undefined ? apiServer(await loadKubeConfig(kubeconfig, context)) : undefined;
  const followed = followDenied({
    program: LOADER,
    configuration,
    folders: denied ?? [],
    logger,
    metrics: metrics.denied,
    ...(server !== undefined && {
      cluster: { server, namespace: namespace ?? process.env.POD_NAMESPACE ?? INSTALL_NAMESPACE },
    }),
  });
  return {
    ...followed,
    stop: async () => {
      await followed.stop();
      server?.close();
    },
  };
}

async function openClients(
  { clientCa, clientName }: ServeOptions,
  logger: Logger,
): Promise<{ readonly authority: ClientAuthority | undefined } | { readonly problem: Problem }> {
  if (clientCa === undefined) {
    if (clientName === undefined) return { authority: undefined };
    return { problem: { problem: '--client-name is given without --client-ca', fix: 'give the CA that names them' } };
  }
  return openClientAuthority({
    file: clientCa,
    ...(clientName !== undefined && { names: clientName }),
    failed: (problem) => {
      logger.error({ problem }, "the clients' CA was not reloaded; the last good one stays");
    },
  });
}

async function openSources(
  { manifests, kubeconfig, context, namespace }: ServeOptions,
  configuration: () => Configuration,
  logger: Logger,
  metrics: Metrics,
): Promise<
  Origin<Pick<ReviewContext, 'namespaceLabels' | 'readSource' | 'revisions' | 'pods' | 'otherVersions'>> | undefined
> {
  if (manifests !== undefined) {
    const [{ readInput }, { offlineContext }] = await Promise.all([
      import('./input.ts'),
      import('../../admission/offline.ts'),
    ]);
    const input = await readInput({ filename: manifests }, undefined);
    if (input === undefined) return undefined;
    const { namespaceLabels, readSource, revisions } = offlineContext(input.documents, configuration());
    // Whoever names files means what is in them, and few of them have the Namespace.
    const optedIn = async (name: string): ReturnType<ReviewContext['namespaceLabels']> => {
      const labels = await namespaceLabels(name);
      if (labels instanceof LabelsUnreachable || Object.hasOwn(labels, NAMESPACE_LABEL)) return labels;
      return { ...labels, [NAMESPACE_LABEL]: NAMESPACE_ENABLED };
    };
    return {
      value: { namespaceLabels: optedIn, readSource, ...(revisions !== undefined && { revisions }) },
      checks: {},
      stop: () => undefined,
    };
  }
  const { connectCluster } = await import('../../api-server/kubernetes.ts');
  try {
    const cluster = await connectCluster({
      logger,
      controller: namespace ?? process.env.POD_NAMESPACE ?? INSTALL_NAMESPACE,
      ...(kubeconfig !== undefined && { kubeconfig }),
      ...(context !== undefined && { context }),
    });
    metrics.followCluster(() => cluster.troubles().length);
    // An API server that is away takes no replica out of service: what was read last is better than no answer.
    const synced = (): ReturnType<Checks[string]> => {
      const troubles = cluster.troubles();
      if (!cluster.synced()) return { ok: false, reason: ['the cluster is not read yet', ...troubles].join('; ') };
      return troubles.length === 0 ? { ok: true } : { ok: true, but: `not up to date: ${troubles.join('; ')}` };
    };
    return { value: cluster, checks: { cluster: synced }, stop: cluster.stop };
  } catch (error) {
    const { problem } = noClusterFor(error);
    printFindings('error', [
      {
        problem: `no cluster to read from (${problem})`,
        fix: 'name one with --kubeconfig and --context, or files with --manifests',
      },
    ]);
    return undefined;
  }
}
