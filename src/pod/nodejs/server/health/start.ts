/**
 * Starts the health thread, for the liveness probe: a handler that keeps its thread busy for half a minute is alive, and
 * a Pod that is restarted for it loses its other calls too. Readiness stays with the main thread, and is lost meanwhile.
 */
import { Worker } from 'node:worker_threads';
import { note } from '../journal.ts';
import type { Problem, Settings } from '../settings.ts';
import type { HealthOrders, HealthReport } from './orders.ts';

/**
 * Beyond FUNC_TIMEOUT: by then every call should have been answered, so a thread that is still silent is stuck, and no
 * call of this Pod will ever be answered again.
 */
const GRACE_SECONDS = 60;
const MEGABYTES = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 };

/** @returns the port that it listens on, or why it cannot; undefined if no port is set */
export async function startHealthThread({ healthPort, timeout }: Settings): Promise<number | Problem | undefined> {
  if (healthPort === undefined) return undefined;
  const orders: HealthOrders = { port: healthPort, limitSeconds: timeout + GRACE_SECONDS };
  const thread = new Worker(new URL('health.mjs', import.meta.url), {
    workerData: orders,
    resourceLimits: MEGABYTES,
    // Options for the handler's code, such as `--require`, are not for this thread.
    execArgv: [],
    env: {},
  });
  thread.unref();
  try {
    const report = await firstReport(thread);
    if ('failed' in report) return cannot(healthPort, report.failed);
    thread.on('message', () => {
      thread.postMessage('alive');
    });
    thread.on('error', (error) => {
      note('error', 'the health thread failed; the liveness probe will find nobody', { error });
    });
    return report.port;
  } catch (error) {
    return cannot(healthPort, error instanceof Error ? error.message : String(error));
  }
}

const cannot = (port: number, reason: string): Problem => ({
  problem: `Port ${port} (BUILDLESS_HEALTH_PORT) cannot be listened on: ${reason}`,
});

function firstReport(thread: Worker): Promise<HealthReport> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
