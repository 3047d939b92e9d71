import type { Answer, Patient } from '../doctor/check.ts';
import { apiServer, ApiError, type ApiServer } from './api-server.ts';
import { within } from './deadline.ts';
import { loadKubeConfig } from './kube-config.ts';
import { forwardPort } from './port-forward.ts';

export interface PatientOptions extends Pick<Patient, 'namespace' | 'configuration' | 'probeNamespace'> {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly deadlineMilliseconds?: number;
}

/**
 * A cluster to look at, as a kubeconfig reaches it.
 *
 * @throws where no cluster is configured
 */
export async function openPatient({
  kubeconfig,
  context,
  deadlineMilliseconds = 10_000,
  ...names
}: PatientOptions): Promise<{ readonly patient: Patient; readonly close: () => void }> {
  const config = await loadKubeConfig(kubeconfig, context);
  const server = apiServer(config);
  const ask = asker(deadlineMilliseconds);
  return {
    patient: {
      ...names,
      get: (path, query = {}) => ask((signal) => server.get(path, query, signal)),
      post: (path, body, query = {}) => ask((signal) => server.change({ method: 'POST', path, body, query }, signal)),
      openPod: (pod, port) => forwardPort(config, names.namespace, pod, port),
    },
    close: server.close,
  };
}

/** Runs requests with a deadline; what the API server says against them is an answer too. */
export function asker(
  deadlineMilliseconds: number,
): (request: (signal: AbortSignal) => ReturnType<ApiServer['get']>) => Promise<Answer> {
  return async (request) => {
    try {
      // One that is never aborted, for each: Node.js warns of many requests that wait on the same.
      const object = await within(new AbortController().signal, deadlineMilliseconds, request);
      return typeof object === 'object' && object !== null
        ? { ok: true, object }
        : { ok: false, status: 0, message: 'the answer is no object' };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : 0;
      return { ok: false, status, message: error instanceof Error ? error.message : String(error) };
    }
  };
}
