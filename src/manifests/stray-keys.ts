/**
 * Finds what was meant to make a Function and does not: a key of ours that is misspelt or stands outside of a Pod template,
 * and `image: auto` where nothing replaces it. Without a warning such a manifest passes every command unchanged.
 */
import {
  ANNOTATION_PREFIX,
  ANNOTATIONS,
  AUTO_IMAGE,
  FUNCTION_LABEL,
  NAMESPACE_LABEL,
  POD_LABELS,
  POLICY_LABELS,
} from '../function/keys.ts';
import { nearest } from '../outcome/nearest.ts';
import type { Warning } from '../outcome/finding.ts';
import type { FieldPath } from '../outcome/place.ts';
import { isList, isObject, kindOf, type KubernetesObject } from '../kubernetes/object.ts';
import { findTemplates, isLabelled, isPodTemplate, objectsIn, type Path } from './templates.ts';

const KNOWN_KEYS: readonly string[] = [
  ...POD_LABELS,
  NAMESPACE_LABEL,
  ...Object.values(POLICY_LABELS),
  ...Object.values(ANNOTATIONS),
];
/** DNS names are no longer (RFC 1035), and the comparison costs the product of both lengths. */
const LONGEST_KEY = 253;

/** A key of an object's labels or annotations. */
interface MetadataKey {
  readonly key: string;
  readonly within: 'labels' | 'annotations';
  /** To what has the metadata. */
  readonly owner: Path;
  readonly ownerObject: KubernetesObject;
}

/** Warnings of an object, or of each item of a List, with fields from the document's root. */
export function strayKeys(object: KubernetesObject, at: Path = []): readonly Warning[] {
  if (isList(object)) {
    return object.items.flatMap((item, index) => (isObject(item) ? strayKeys(item, [...at, 'items', index]) : []));
  }
  const maps = [...objectsIn(object, [])];
  const keys = maps.flatMap(keysOf);
  const misspelt = keys.flatMap((found) => misspeltKey(found, at));
  const isFunction = findTemplates(object).some(({ template }) => isLabelled(template));
  const makesPods = maps.some(([, map]) => Array.isArray(map.containers) || isObject(map.container));
  if (isFunction || !makesPods) return misspelt;
  const outside = keys
    .filter(({ key }) => key.startsWith(ANNOTATION_PREFIX))
    .map((found) => withoutFunction(found, at, kindOf(object)));
  const found = [...misspelt, ...outside];
  return found.length > 0 ? found : maps.flatMap(([path, map]) => unreplacedImages(map, [...at, ...path]));
}

function keysOf([owner, ownerObject]: readonly [Path, KubernetesObject]): readonly MetadataKey[] {
  const { metadata } = ownerObject;
  if (!isObject(metadata)) return [];
  return (['labels', 'annotations'] as const).flatMap((within) => {
    const map = metadata[within];
    return isObject(map) ? Object.keys(map).map((key) => ({ key, within, owner, ownerObject })) : [];
  });
}

const fieldOf = ({ key, within, owner }: MetadataKey, at: Path): FieldPath => [
  ...at,
  ...owner,
  'metadata',
  within,
  { key },
];

/** `buildles.dev/function`; a key of another domain that only has the same name is nobody's error. */
function misspeltKey(found: MetadataKey, at: Path): readonly Warning[] {
  const { key } = found;
  if (key.startsWith(ANNOTATION_PREFIX) || key.length > LONGEST_KEY) return [];
  const meant = KNOWN_KEYS.find((known) => known.split('/')[1] === key.split('/')[1]) ?? FUNCTION_LABEL;
  const guess = nearest(key, [meant]);
  // The domain must be nearly ours: at most three letters differ.
  if (guess === undefined || nearest(domainOf(key), [domainOf(meant)]) === undefined) return [];
  return [
    {
      code: 'misspelt-key',
      field: fieldOf(found, at),
      problem: `"${key}" means nothing to Buildless`,
      fix: `write ${guess}, if that is meant`,
    },
  ];
}

const domainOf = (key: string): string => key.split('/')[0] ?? '';

function withoutFunction(found: MetadataKey, at: Path, kind: string): Warning {
  const { key, within, ownerObject } = found;
  const base = { code: 'key-without-function', field: fieldOf(found, at) } as const;
  if (isPodTemplate(ownerObject)) {
    const problem =
      key === FUNCTION_LABEL && within === 'annotations'
        ? `${key} is an annotation here, so the Pod is not a Function`
        : `the Pod has ${key} and not the label ${FUNCTION_LABEL}, so it is not a Function`;
    const guess = KNOWN_KEYS.includes(key) ? undefined : nearest(key, KNOWN_KEYS);
    const fix = guess === FUNCTION_LABEL ? `write ${guess}` : `add the label ${FUNCTION_LABEL} beside it`;
    return { ...base, problem, fix };
  }
  return {
    ...base,
    problem: `${key} is not on a Pod template, so ${kind === '' ? 'nothing here' : `this ${kind}`} is not a Function`,
    fix: 'move it to the metadata of the Pod template, in a Deployment spec.template.metadata',
  };
}

function unreplacedImages(map: KubernetesObject, path: Path): readonly Warning[] {
  return (['containers', 'initContainers'] as const).flatMap((list) => {
    const containers = map[list];
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((container: unknown, index): readonly Warning[] =>
      isObject(container) && container.image === AUTO_IMAGE
        ? [
            {
              code: 'image-auto-without-function',
              field: [...path, list, index, 'image'],
              problem: `"${AUTO_IMAGE}" is replaced in Functions only, and this Pod template is not one`,
              fix: `add the label ${FUNCTION_LABEL} to the metadata of the Pod template, or name an image`,
            },
          ]
        : [],
    );
  });
}
