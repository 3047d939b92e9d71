import { setTimeout as delay } from 'node:timers/promises';
import { ApiException, AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { cluster } from './given.ts';
import { coreApi } from './kubectl.ts';

export interface Edits {
  /** Ends them. @returns how many were made, and why others were not */
  end(): Promise<{ readonly edits: number; readonly failures: readonly string[] }>;
}

/** Edits the source of a Function and the template of its Deployment, one after the other, until it is told to end. */
export function editFunction(namespace: string, name: string): Edits {
  const config = new KubeConfig();
  config.loadFromFile(cluster().kubeconfig);
  const apps = config.makeApiClient(AppsV1Api);
  const api = coreApi();
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  const failures: string[] = [];
  let edits = 0;
  let over = false;
  const attempt = async (edit: () => Promise<unknown>): Promise<void> => {
    try {
      await edit();
      edits += 1;
    } catch (error) {
      // The API server gives up after five other changes meanwhile, as the status of a Deployment is; every client tries again.
      if (!(error instanceof ApiException && error.code === 409)) failures.push(String(error));
    }
    await delay(150);
  };
  const editOn = async (): Promise<void> => {
    for (let number = 0; !over; number += 1) {
      const data = { 'handler.js': `module.exports = { main: () => ${number} };` };
      await attempt(() => api.patchNamespacedConfigMap({ namespace, name, body: { data } }, merge));
      const template = { metadata: { annotations: { edit: String(number) } } };
      await attempt(() => apps.patchNamespacedDeployment({ namespace, name, body: { spec: { template } } }, merge));
    }
  };
  const working = editOn();
  return {
    async end() {
      over = true;
      await working;
      return { edits, failures };
    },
  };
}
