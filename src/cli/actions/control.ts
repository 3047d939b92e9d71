import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { apiServer } from '../../api-server/api-server.ts';
import { leaseTimes } from '../../api-server/lease.ts';
import { loadKubeConfig, noClusterFor } from '../../api-server/kube-config.ts';
import { control } from '../../control/control.ts';
import { ControlMetrics } from '../../control/metrics.ts';
import type { PushOptions } from '../../control/push/open.ts';
import { readSecrets } from '../../control/push/secrets.ts';
import { followDenied } from '../../denied-sources/follow.ts';
import { proxyVariables } from '../../installers/proxies.ts';
import { createResolverClient } from '../../resolve/client.ts';
import { createJudge } from '../../server/judgement/judge.ts';
import { ListenError } from '../../server/listen.ts';
import { createLogger, LOG_LEVELS } from '../../server/logging.ts';
import { stopOnSignal } from '../../server/shutdown.ts';
import { VERSION } from '../../version.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { printFindings } from '../terminal.ts';
import { followConfiguration } from './follow-configuration.ts';
import type { ControlCommandOptions } from '../options/control.ts';

/** The program of the judging thread; this file is in a chunk of its own when it is built. */
const JUDGE = new URL('../judge.mjs', import.meta.url);
const LOADER = new URL('../denied.mjs', import.meta.url);

/** `buildless control`: runs until a signal ends it. */
export async function runControl(options: ControlCommandOptions): Promise<ExitStatus> {
  const namespace = options.namespace ?? process.env.POD_NAMESPACE ?? '';
  if (namespace === '') {
    const fix = 'give --namespace (or POD_NAMESPACE) of the installation';
    printFindings('error', [{ problem: 'the namespace of the Lease is not known', fix }]);
    return EXIT.wrongInput;
  }
  const level = LOG_LEVELS.find((known) => known === options.logLevel) ?? 'info';
  const logger = createLogger({ level });
  const metrics = new ControlMetrics({ version: VERSION });
  let changed = (): void => undefined;
  const configuration = await followConfiguration({
    file: options.config,
    logger,
    metrics,
    changed: () => {
      changed();
    },
  });
  if (configuration === undefined) return EXIT.wrongInput;
  const kubeconfig = await loadKubeConfig(options.kubeconfig, options.context).catch(noClusterFor);
  if ('problem' in kubeconfig) {
    const fix = 'name a cluster with --kubeconfig and --context';
    printFindings('error', [{ problem: `no cluster to work on (${kubeconfig.problem})`, fix }]);
    return EXIT.wrongInput;
  }
  const judge = createJudge({ program: JUDGE, logger, metrics: metrics.judgements });
  const server = apiServer(kubeconfig);
  const denied = followDenied({
    program: LOADER,
    configuration: configuration.current,
    cluster: { server, namespace },
    folders: options.denied ?? [],
    logger,
    metrics: metrics.denied,
    changed: () => {
      changed();
    },
  });
  const pod = process.env.POD_NAME ?? hostname();
  try {
    const running = await control({
      server,
      namespace,
      pod,
      identity: `${pod}_${randomBytes(8).toString('hex')}`,
      resolver:
        options.resolver === undefined
          ? undefined
          : createResolverClient(options.resolver, () => proxyVariables(configuration.current().proxy)),
      judge: judge.judge,
      configuration: configuration.current,
      denied,
      metrics,
      logger,
      checks: {},
      plainPort: options.healthPort,
      ...(options.pushSecrets !== undefined && { push: pushOptions(options.pushSecrets, options.pushPort) }),
      leaseTimes: leaseTimes(options.lease),
      ...(options.address !== undefined && { address: options.address }),
    });
    changed = running.lookAgain;
    await stopOnSignal(running, logger);
    return EXIT.done;
  } catch (error) {
    const isExpected =
      error instanceof ListenError || (error instanceof Error && /kubeconfig|cluster/.test(error.message));
    if (!isExpected) throw error;
    printFindings('error', [
      { problem: error.message, fix: 'correct --kubeconfig, --context, --address, --health-port or --push-port' },
    ]);
    return EXIT.wrongInput;
  } finally {
    logger.flush();
    configuration.stop();
    await denied.stop();
    await judge.stop();
  }
}

const pushOptions = (folder: string, port: number): PushOptions => ({
  port,
  host: process.env.POD_IP,
  secrets: () => readSecrets(folder),
});
