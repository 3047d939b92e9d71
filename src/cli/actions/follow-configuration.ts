import type { Configuration } from '../../config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../config/defaults.ts';
import type { Problem } from '../../outcome/problem.ts';
import { unpinnedRuntimes } from '../../config/unpinned-runtimes.ts';
import type { Logger } from '../../server/logging.ts';
import type { Metrics } from '../../server/metrics.ts';
import { printFindings } from '../terminal.ts';
import { logExceptionsDaily } from './log-exceptions.ts';

export interface FollowedConfiguration {
  /** The last good one. */
  readonly current: () => Configuration;
  readonly stop: () => void;
}

export interface FollowConfigurationOptions {
  /** The built-in one if it is left out. */
  readonly file: string | undefined;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'configurationReloaded' | 'exceptions'>;
  readonly changed?: () => void;
}

/** Follows the file of the configuration. @returns undefined if it is bad, which is printed then */
export async function followConfiguration({
  file,
  logger,
  metrics,
  changed,
}: FollowConfigurationOptions): Promise<FollowedConfiguration | undefined> {
  if (file === undefined) return { current: () => DEFAULT_CONFIGURATION, stop: () => undefined };
  const { watchConfiguration } = await import('../../config/reload.ts');
  const warn = (configuration: Configuration, warnings: readonly Problem[]): void => {
    for (const warning of warnings) logger.warn({ ...warning }, 'warning of the configuration');
    const unpinned = unpinnedRuntimes(configuration);
    if (unpinned !== undefined) logger.warn({ file, ...unpinned }, 'runtimes without a digest');
  };
  const watched = await watchConfiguration(file, {
    onChange: (configuration, warnings) => {
      metrics.configurationReloaded('success');
      logger.info({ file }, 'configuration reloaded');
      warn(configuration, warnings);
      changed?.();
    },
    onError: (findings) => {
      metrics.configurationReloaded('failure');
      for (const finding of findings)
        logger.error({ ...finding }, 'configuration not reloaded; the last good one stays');
    },
  });
  if ('findings' in watched) {
    printFindings('error', watched.findings);
    return undefined;
  }
  warn(watched.current(), watched.warnings);
  metrics.exceptions.follow(() => watched.current().dependencies.exceptions);
  const stopLogging = logExceptionsDaily(watched.current, logger);
  return {
    current: watched.current,
    stop: () => {
      stopLogging();
      watched.stop();
    },
  };
}
