import { asker } from '../api-server/answer.ts';
import { apiServer } from '../api-server/api-server.ts';
import { loadKubeConfig } from '../api-server/kube-config.ts';
import { forwardPort } from '../api-server/port-forward.ts';
import type { Patient } from './check.ts';

export interface PatientOptions extends Pick<Patient, 'namespace' | 'configuration' | 'probeNamespace'> {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly deadlineMilliseconds?: number;
}

/**
 * A cluster to look at, as a kubeconfig reaches it.
 *
 * @throws if no cluster is configured
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
