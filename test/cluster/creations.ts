import { setTimeout as delay } from 'node:timers/promises';
import type { V1PodSpec } from '@kubernetes/client-node';
import { functionPod, source } from './functions.ts';
import { RESTRICTED } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';

export interface Creations {
  readonly namespace: string;
  /** Ends them. @returns how many Pods were created, and why others were not */
  end(): Promise<{ readonly created: number; readonly failures: readonly string[] }>;
}

/**
 * Creates Functions one after the other, in four streams, until it is told to end.
 *
 * @param pause between two of a stream, in milliseconds
 * @param spec fields of the Pods, such as what keeps them off a node
 */
export async function createFunctions(pause = 0, spec: Partial<V1PodSpec> = {}): Promise<Creations> {
  const namespace = await createNamespace(RESTRICTED);
  await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
  const api = coreApi();
  const failures: string[] = [];
  let created = 0;
  let over = false;
  const streams = Array.from({ length: 4 }, async (_, stream) => {
    for (let number = 0; !over; number += 1) {
      try {
        const body = functionPod('hello', { pod: `hello-${stream}-${number}`, spec });
        await api.createNamespacedPod({ namespace, body });
        created += 1;
      } catch (error) {
        failures.push(String(error));
      }
      if (pause > 0) await delay(pause);
    }
  });
  return {
    namespace,
    async end() {
      over = true;
      await Promise.all(streams);
      return { created, failures };
    },
  };
}
