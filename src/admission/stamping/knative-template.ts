/**
 * The template of a Knative Service. Knative looks its image up before any Pod exists, and its proxy asks whether the Function is
 * ready, so both have to be in the template already.
 *
 * Fields: spec.template.spec.containers[FUNCTION].{image,readinessProbe}
 */
import type { V1Container } from '@kubernetes/client-node';
import type { FunctionDefinition } from '../../function/definition.ts';
import { functionPort } from '../../inject/port.ts';
import { isAuto } from '../../inject/steps/image.ts';
import { probes } from '../../inject/steps/probes.ts';
import { isObject, type KubernetesObject } from '../../kubernetes/object.ts';
import type { PodLike } from '../../kubernetes/pod.ts';
import { valueAt, withValueAt, type Path } from '../../manifests/templates.ts';

/**
 * @param path to the template
 * @param pod the template as Buildless reads it
 * @returns the same object if it has both
 */
export function readyForKnative(
  object: KubernetesObject,
  path: Path,
  pod: PodLike,
  definition: FunctionDefinition,
): KubernetesObject {
  const at = [...path, 'spec', 'containers', definition.containerIndex];
  const given = valueAt(object, at);
  const container = pod.spec?.containers[definition.containerIndex];
  if (!isObject(given) || container === undefined) return object;
  const added = { ...imageOf(container, definition), ...readinessOf(container, definition) };
  return Object.keys(added).length === 0 ? object : withValueAt(object, at, { ...given, ...added });
}

const imageOf = (container: V1Container, { runtime }: FunctionDefinition): Partial<V1Container> =>
  isAuto(container) ? { image: runtime.image } : {};

/** As injection writes it into a template of Knative. */
function readinessOf(container: V1Container, definition: FunctionDefinition): Partial<V1Container> {
  const port = functionPort(container, [], definition.knative);
  if (typeof port !== 'number') return {};
  const { readinessProbe } = probes(container, { definition, port, ports: [] });
  return readinessProbe === undefined || readinessProbe === container.readinessProbe ? {} : { readinessProbe };
}
