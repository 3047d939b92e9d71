import { FUNCTION_LABEL } from '../function/keys.ts';
import { fromKnative, KNATIVE_GROUP } from '../function/knative.ts';
import { groupOf, isList, isObject, kindOf, nameOf, namespaceOf, type KubernetesObject } from '../kubernetes/object.ts';
import { ANY_STEP, templateKindOf } from '../function/template-kinds.ts';

export type Path = readonly (string | number)[];

/** A Pod template, or a Pod itself, inside an object. */
export interface Template {
  /** Of the object that holds it, empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined if the file names none. */
  readonly namespace: string | undefined;
  /** From the document's root; empty for a Pod. */
  readonly path: Path;
  /** With `metadata` and `spec`, as the file has it. */
  readonly template: KubernetesObject;
}

/**
 * Every Pod template of an object, those of a List's items included: the one at the place that its kind is known for, and
 * each labelled one at any other place, by its shape. So a custom resource needs no entry anywhere.
 */
export function findTemplates(object: KubernetesObject): readonly Template[] {
  return templatesAt(object, []);
}

function templatesAt(object: KubernetesObject, at: Path): readonly Template[] {
  if (isList(object)) {
    return object.items.flatMap((item, index) => (isObject(item) ? templatesAt(item, [...at, 'items', index]) : []));
  }
  const path = templateKindOf(groupOf(object), kindOf(object))?.path;
  const known = path === undefined ? undefined : valueAt(object, path);
  const found: (readonly [Path, KubernetesObject])[] = [];
  if (path !== undefined && isObject(known)) found.push([path, known]);
  for (const [place, value] of objectsIn(object, [])) {
    if (place.length > 0 && value !== known && isLabelledTemplate(value)) found.push([place, value]);
  }
  return found.map(([place, template]) => ({
    group: groupOf(object),
    kind: kindOf(object),
    name: nameOf(object),
    namespace: namespaceOf(object),
    path: [...at, ...place],
    template,
  }));
}

/** The template as that of a Pod: Knative's has not what Knative adds. */
export const podTemplateOf = ({
  group,
  name,
  template,
}: Pick<Template, 'group' | 'name' | 'template'>): KubernetesObject =>
  group === KNATIVE_GROUP ? fromKnative(template, name) : template;

/** The root of a custom resource is not a template: whether its labels reach a Pod is up to its controller. */
const isLabelledTemplate = (value: KubernetesObject): boolean => isPodTemplate(value) && isLabelled(value);

/** Whether a Pod template says that it is a Function, whatever the value of the label. */
export const isLabelled = ({ metadata }: KubernetesObject): boolean =>
  isObject(metadata) && isObject(metadata.labels) && FUNCTION_LABEL in metadata.labels;

/** Whether a map has the form of a Pod or a Pod template. */
export const isPodTemplate = (value: KubernetesObject): boolean =>
  isObject(value.spec) && Array.isArray(value.spec.containers);

/** Every map inside of a value, with its path, the outer ones first. */
export function* objectsIn(value: unknown, path: Path): Generator<readonly [Path, KubernetesObject]> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* objectsIn(item, [...path, index]);
  } else if (isObject(value)) {
    yield [path, value];
    for (const [key, item] of Object.entries(value)) yield* objectsIn(item, [...path, key]);
  }
}

/** What a path leads to; undefined if it leads nowhere. */
export function valueAt(object: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return typeof step === 'number' ? value[step] : undefined;
    return isObject(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, object);
}

/** The paths that a path with steps `*` stands for in an object; those of the first ones if there are too many. */
export function pathsIn(object: unknown, path: readonly string[], most: number): readonly Path[] {
  let found: readonly Path[] = [[]];
  for (const step of path) {
    found = found
      .flatMap((at): readonly Path[] => {
        if (step !== ANY_STEP) return [[...at, step]];
        const value = valueAt(object, at);
        if (Array.isArray(value)) return value.slice(0, most).map((_, index) => [...at, index]);
        return isObject(value) ? Object.keys(value).map((key) => [...at, key]) : [];
      })
      .slice(0, most);
  }
  return found;
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
