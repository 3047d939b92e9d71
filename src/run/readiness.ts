import { get } from 'node:http';
import type { V1Container } from '@kubernetes/client-node';
import { HEALTH_PATH } from '../function/keys.ts';
import { START_SECONDS } from '../inject/health-port.ts';

/** How the start of a server is looked at. */
export interface StartProbe {
  readonly path: string;
  /** Seconds until the start is given up. */
  readonly limitSeconds: number;
}

/** Kubernetes' own defaults (API reference, Probe), for what a probe of the author's leaves out. */
const PERIOD = 10;
const FAILURES = 3;
/** An edit waits for the answer to be seen. */
const PAUSE_MILLISECONDS = 5;
/** A start that takes longer than this does not feel another moment. */
const PATIENT_MILLISECONDS = 2000;
const PATIENT_PAUSE_MILLISECONDS = 50;
const ANSWER_LIMIT_MILLISECONDS = 2000;

/** The container's startup probe, or else its readiness probe, as far as it can be asked here. */
export function startProbeOf({ startupProbe, readinessProbe }: V1Container): StartProbe {
  if (startupProbe === undefined)
    return { path: readinessProbe?.httpGet?.path ?? HEALTH_PATH, limitSeconds: START_SECONDS };
  const { initialDelaySeconds = 0, periodSeconds = PERIOD, failureThreshold = FAILURES } = startupProbe;
  return {
    path: startupProbe.httpGet?.path ?? HEALTH_PATH,
    limitSeconds: initialDelaySeconds + periodSeconds * failureThreshold,
  };
}

/**
 * Asks until the server answers with success, as the kubelet counts it: 200 to 399.
 *
 * @returns whether it did within the limit; false too where `stop` came
 */
export async function isReady({ path, limitSeconds }: StartProbe, port: number, stop: AbortSignal): Promise<boolean> {
  const started = performance.now();
  for (;;) {
    if (await answers({ port, path }, stop)) return true;
    const elapsed = performance.now() - started;
    if (elapsed > limitSeconds * 1000 || stop.aborted) return false;
    const pause = elapsed < PATIENT_MILLISECONDS ? PAUSE_MILLISECONDS : PATIENT_PAUSE_MILLISECONDS;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function answers(
  { port, path }: { readonly port: number; readonly path: string },
  stop: AbortSignal,
): Promise<boolean> {
  return await new Promise((resolve) => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_LIMIT_MILLISECONDS)]);
    get({ host: '127.0.0.1', port, path, agent: false, signal }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      resolve(statusCode >= 200 && statusCode < 400);
    }).on('error', () => {
      resolve(false);
    });
  });
}
