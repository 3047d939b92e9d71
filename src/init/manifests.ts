/** kustomization.yaml and function.yaml of a new Function. */
import { FUNCTION_LABEL } from '../function/keys.ts';
import type { Runtime } from '../function/runtimes.ts';
import { deploymentOf, serviceOf } from '../folders/workload.ts';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { writeCommented } from '../manifests/commented.ts';
import type { ChosenTemplate } from './templates.ts';

export const WORKLOAD_FILE = 'function.yaml';

/**
 * Without a hash in the name of the ConfigMap: the controller of Buildless rolls edits out.
 *
 * @param files of the source, all at the top of the folder
 */
export const kustomizationOf = (
  name: string,
  files: readonly string[],
): string => `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - ${WORKLOAD_FILE}
configMapGenerator:
  - name: ${name}
    # A file of a folder is "lib..a.js=lib/a.js".
    files:
${files.map((file) => `      - ${file}\n`).join('')}    options:
      disableNameSuffixHash: true
      labels:
        ${FUNCTION_LABEL}: ${name}
`;

export function workloadOf(
  name: string,
  chosen: ChosenTemplate,
  { interpreter }: Pick<Runtime, 'interpreter'>,
): string {
  const deployment = deploymentOf({ name, runtime: chosen.runtime, configMaps: [name] });
  const objects =
    chosen.template.schedule === undefined
      ? [deployment, serviceOf({ name })]
      : [cronJobOf(name, deployment, chosen, interpreter)];
  return writeCommented(objects.map((object) => ({ object, comments: [] })));
}

/** The Pod template of the Deployment, for a Job that runs on a schedule. */
function cronJobOf(
  name: string,
  deployment: KubernetesObject,
  { template: { schedule } }: ChosenTemplate,
  interpreter: string,
): KubernetesObject {
  const spec = isObject(deployment.spec) ? deployment.spec : {};
  const template = isObject(spec.template) ? spec.template : {};
  const pod = isObject(template.spec) ? template.spec : {};
  const containers: unknown[] = Array.isArray(pod.containers) ? pod.containers : [];
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: {
      schedule: schedule?.cron,
      concurrencyPolicy: 'Forbid',
      jobTemplate: {
        spec: {
          template: {
            metadata: template.metadata,
            spec: {
              restartPolicy: 'Never',
              containers: containers.map((each) =>
                isObject(each) ? { ...each, command: [interpreter, schedule?.file] } : each,
              ),
            },
          },
        },
      },
    },
  };
}
