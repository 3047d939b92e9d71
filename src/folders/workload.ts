/** The Deployment and the Service of a Function that is a folder. */
import { ANNOTATIONS, AUTO_IMAGE, DEFAULT_CONTAINER, FUNCTION_LABEL, PORT_NAME } from '../function/keys.ts';
import { formatSource } from '../function/source.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

export interface Workload {
  readonly name: string;
  readonly runtime: string;
  /** Names of the ConfigMaps; left out of the Deployment if it is the one of the Function's name. */
  readonly configMaps: readonly string[];
}

export function deploymentOf({ name, runtime, configMaps }: Workload): KubernetesObject {
  const isDefault = configMaps.length === 1 && configMaps[0] === name;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: {
          labels: { app: name, [FUNCTION_LABEL]: name },
          annotations: {
            [ANNOTATIONS.runtime]: runtime,
            ...(!isDefault && { [ANNOTATIONS.source]: formatSource({ type: 'configmap', names: configMaps }) }),
          },
        },
        spec: { containers: [{ name: DEFAULT_CONTAINER, image: AUTO_IMAGE }] },
      },
    },
  };
}

export const serviceOf = ({ name }: Pick<Workload, 'name'>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ name: PORT_NAME, port: 80, targetPort: PORT_NAME }] },
});
