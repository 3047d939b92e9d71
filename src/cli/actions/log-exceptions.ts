import type { Configuration } from '../../config/configuration.ts';
import { exceptionWarnings } from '../../config/exception-warnings.ts';
import { dayOf } from '../../exceptions/exception.ts';
import type { Logger } from '../../server/logging.ts';

const LOOK_MILLISECONDS = 60_000;

/**
 * Logs exceptions that have ended or end within a week, once a day; whoever loads the configuration logs them for the first day.
 *
 * @returns stops it
 */
export function logExceptionsDaily(
  current: () => Configuration,
  logger: Pick<Logger, 'warn'>,
  now: () => number = Date.now,
): () => void {
  let logged = dayOf(now());
  const timer = setInterval(() => {
    const today = dayOf(now());
    if (today === logged) return;
    logged = today;
    for (const { path, problem, fix } of exceptionWarnings(current().dependencies.exceptions, today)) {
      logger.warn({ field: path, problem, fix }, 'warning of the configuration');
    }
  }, LOOK_MILLISECONDS).unref();
  return () => {
    clearInterval(timer);
  };
}
