import { groupOf, isList, isObject, kindOf, nameOf, namespaceOf, type KubernetesObject } from './object.ts';

export type Path = readonly (string | number)[];

/** A Pod template, or a Pod itself, inside an object. */
export interface Template {
  /** Of the object that holds it. */
  readonly kind: string;
  readonly name: string;
  /** Undefined where the file names none. */
  readonly namespace: string | undefined;
  /** From the document's root; empty for a Pod. */
  readonly path: Path;
  /** The same as `kubectl explain` writes it, e.g. `spec.template`; empty for a Pod. */
  readonly field: string;
  /** With `metadata` and `spec`, as the file has it. */
  readonly template: KubernetesObject;
}

/** Where each kind keeps its Pod template, by group and kind: a core Service is no Knative Service. */
const TEMPLATE_PATHS: Readonly<Record<string, Path>> = {
  '/Pod': [],
  '/PodTemplate': ['template'],
  '/ReplicationController': ['spec', 'template'],
  'apps/Deployment': ['spec', 'template'],
  'apps/StatefulSet': ['spec', 'template'],
  'apps/DaemonSet': ['spec', 'template'],
  'apps/ReplicaSet': ['spec', 'template'],
  'batch/Job': ['spec', 'template'],
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
  'serving.knative.dev/Service': ['spec', 'template'],
  'serving.knative.dev/Configuration': ['spec', 'template'],
  'argoproj.io/Rollout': ['spec', 'template'],
};

/** Where a kind keeps its Pod template, from the object's root; undefined where it has none. */
export const templatePathOf = (group: string, kind: string): Path | undefined =>
  Object.hasOwn(TEMPLATE_PATHS, `${group}/${kind}`) ? TEMPLATE_PATHS[`${group}/${kind}`] : undefined;

/** Every Pod template of an object, those of a List's items included. */
export function findTemplates(object: KubernetesObject): readonly Template[] {
  return templatesAt(object, []);
}

function templatesAt(object: KubernetesObject, at: Path): readonly Template[] {
  if (isList(object)) {
    return object.items.flatMap((item, index) => (isObject(item) ? templatesAt(item, [...at, 'items', index]) : []));
  }
  const path = templatePathOf(groupOf(object), kindOf(object));
  const template = path === undefined ? undefined : valueAt(object, path);
  if (path === undefined || !isObject(template)) return [];
  const full = [...at, ...path];
  return [
    {
      kind: kindOf(object),
      name: nameOf(object),
      namespace: namespaceOf(object),
      path: full,
      field: fieldOf(full),
      template,
    },
  ];
}

/** What a path leads to; undefined where it leads nowhere. */
export function valueAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, object);
}

/** The object with another value at an existing path; shares everything else with the original, in the same order. */
export function withValueAt(object: KubernetesObject, path: Path, value: KubernetesObject): KubernetesObject {
  const replaced = replaceIn(object, path, value);
  return isObject(replaced) ? replaced : object;
}

function replaceIn(container: unknown, [step, ...rest]: Path, value: KubernetesObject): unknown {
  if (step === undefined) return value;
  if (Array.isArray(container)) {
    return container.map((item: unknown, index) => (index === step ? replaceIn(item, rest, value) : item));
  }
  return isObject(container) ? { ...container, [step]: replaceIn(container[step], rest, value) } : container;
}

/**
 * A path as `kubectl explain` writes it.
 *
 * @example fieldOf(['items', 0, 'spec', 'template']) // 'items[0].spec.template'
 */
export function fieldOf(path: Path): string {
  return path.reduce<string>((field, step) => {
    if (typeof step === 'number') return `${field}[${step}]`;
    return field === '' ? step : `${field}.${step}`;
  }, '');
}
