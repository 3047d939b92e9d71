import type { V1Container, V1EnvVar, V1Pod } from '@kubernetes/client-node';
import type { KubernetesObject } from '../kubernetes/object.ts';
import type { Resources } from '../manifests/resources.ts';
import { expand } from './expansion.ts';
import { fieldOfPod, resourceOfContainer } from './pod-facts.ts';
import { contentsOf } from './resource-contents.ts';

/** A container's variables, and those that cannot be known here, each with the reason. */
export interface ContainerEnvironment {
  readonly values: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
}

/**
 * The variables of a container as the kubelet makes them: those of `envFrom` first, then those of `env`, each of which may
 * use the ones before it.
 */
export function environmentOf(container: V1Container, pod: V1Pod, resources: Resources): ContainerEnvironment {
  const namespace = pod.metadata?.namespace ?? '';
  const values = new Map<string, string>();
  const unknown: string[] = [];
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    const reference = configMapRef ?? secretRef;
    if (reference?.name === undefined) continue;
    const object =
      configMapRef === undefined
        ? resources.secret(namespace, reference.name)
        : resources.configMap(namespace, reference.name);
    if (object !== undefined) {
      for (const [key, content] of contentsOf(object)) values.set(prefix + key, content.toString('utf8'));
    } else if (reference.optional !== true) {
      const kind = configMapRef === undefined ? 'Secret' : 'ConfigMap';
      unknown.push(`all variables of the ${kind} ${reference.name}, which is not in the input`);
    }
  }
  for (const variable of container.env ?? []) {
    const value = valueOf(variable, { container, pod, resources, values });
    if (typeof value === 'string') values.set(variable.name, value);
    else if (value !== undefined) unknown.push(`${variable.name}: ${value.reason}`);
  }
  return { values, unknown };
}

interface ValueSources {
  readonly container: V1Container;
  readonly pod: V1Pod;
  readonly resources: Resources;
  readonly values: ReadonlyMap<string, string>;
}

/** The value; undefined if the variable is left out; or why it is not known. */
function valueOf(
  { value, valueFrom }: V1EnvVar,
  { container, pod, resources, values }: ValueSources,
): string | { readonly reason: string } | undefined {
  if (valueFrom === undefined) return expand(value ?? '', values);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef !== undefined) {
    return fieldOfPod(pod, fieldRef) ?? { reason: `${fieldRef.fieldPath} is known in a cluster only` };
  }
  if (resourceFieldRef !== undefined) {
    return (
      resourceOfContainer(container, resourceFieldRef) ?? {
        reason: `${resourceFieldRef.resource} is not set in this container`,
      }
    );
  }
  const namespace = pod.metadata?.namespace ?? '';
  if (configMapKeyRef !== undefined) {
    return keyOf('ConfigMap', configMapKeyRef, resources.configMap(namespace, configMapKeyRef.name ?? ''));
  }
  if (secretKeyRef !== undefined) {
    return keyOf('Secret', secretKeyRef, resources.secret(namespace, secretKeyRef.name ?? ''));
  }
  return { reason: 'this kind of valueFrom is known in a cluster only' };
}

function keyOf(
  kind: string,
  { name = '', key, optional }: { readonly name?: string; readonly key: string; readonly optional?: boolean },
  object: KubernetesObject | undefined,
): ReturnType<typeof valueOf> {
  const content = object === undefined ? undefined : contentsOf(object).get(key);
  if (content !== undefined) return content.toString('utf8');
  if (optional === true) return undefined;
  return {
    reason:
      object === undefined ? `the ${kind} ${name} is not in the input` : `the ${kind} ${name} has no key "${key}"`,
  };
}
