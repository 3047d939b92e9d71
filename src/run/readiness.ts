import type { V1Container } from '@kubernetes/client-node';
import { HEALTH_PATH } from '../function/keys.ts';

/** How the start of a server is looked at. */
export interface StartProbe {
  readonly path: string;
  /** Seconds until the start is given up. */
  readonly limitSeconds: number;
}

/** Kubernetes' own defaults (API reference, Probe), for what a probe of the author's leaves out. */
const PERIOD = 10;
const FAILURES = 3;
const PAUSE_MILLISECONDS = 50;
const ANSWER_LIMIT_MILLISECONDS = 2000;

/** The container's startup probe, as far as it can be asked here. */
export function startProbeOf({ startupProbe }: V1Container): StartProbe {
  const { initialDelaySeconds = 0, periodSeconds = PERIOD, failureThreshold = FAILURES } = startupProbe ?? {};
  return {
    path: startupProbe?.httpGet?.path ?? HEALTH_PATH,
    limitSeconds: initialDelaySeconds + periodSeconds * failureThreshold,
  };
}

/**
 * Asks until the server answers with success, as the kubelet counts it: 200 to 399.
 *
 * @returns whether it did within the limit; false too where `stop` came
 */
export async function isReady({ path, limitSeconds }: StartProbe, port: number, stop: AbortSignal): Promise<boolean> {
  const end = performance.now() + limitSeconds * 1000;
  while (performance.now() < end && !stop.aborted) {
    if (await answers(`http://127.0.0.1:${port}${path}`, stop)) return true;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
  }
  return false;
}

async function answers(url: string, stop: AbortSignal): Promise<boolean> {
  try {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(ANSWER_LIMIT_MILLISECONDS)]);
    const response = await fetch(url, { signal, redirect: 'manual' });
    await response.body?.cancel();
    return response.status >= 200 && response.status < 400;
  } catch {
    return false;
  }
}
