import { isJsonObject, type JsonObject } from '../json/object.ts';

/** What of a Pod its injection looks at, as it came. */
export interface TemplateParts {
  readonly labels: JsonObject | undefined;
  readonly annotations: unknown;
  readonly spec: unknown;
}

/** Deeper than any Pod is; the comparison must not exhaust the stack. */
const DEEPEST = 64;

/**
 * The ServiceAccount admission plugin, which runs before webhooks, gives the token's volume a new name in each Pod.
 * Source: k8s.io/kubernetes, plugin/pkg/admission/serviceaccount/admission.go (ServiceAccountVolumeName and five characters)
 */
const TOKEN_VOLUME = /^kube-api-access-[a-z0-9]{5}$/;
/** Where the name stands; an injection only compares it with other names of volumes. */
const NAMED_VOLUMES: ReadonlySet<string> = new Set(['volumes', 'volumeMounts']);

export function partsOf({ metadata, spec }: JsonObject): TemplateParts {
  const { labels, annotations } = isJsonObject(metadata) ? metadata : {};
  // Anything but a map is refused for its shape, and not remembered.
  return { labels: isJsonObject(labels) ? labels : undefined, annotations, spec };
}

/** Whether two Pods differ in nothing but the name of the token's volume. */
export function isSameTemplate(one: TemplateParts, other: TemplateParts): boolean {
  return (
    isSame(one.labels, other.labels, 0) &&
    isSame(one.annotations, other.annotations, 0) &&
    isSame(one.spec, other.spec, 0, '', {})
  );
}

/** Characters and fields, counted no further than just beyond the limit. */
export function sizeOf(value: unknown, limit: number, depth = 0): number {
  if (typeof value === 'string') return value.length + 1;
  if (depth > DEEPEST) return limit + 1;
  let size = 1;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && size <= limit; index += 1) {
      size += sizeOf(value[index], limit, depth + 1);
    }
  } else if (isJsonObject(value)) {
    for (const key in value) {
      size += key.length + sizeOf(value[key], limit, depth + 1);
      if (size > limit) break;
    }
  }
  return size;
}

/** The name of the token's volume in the one Pod and in the other: the same pair wherever it stands. */
interface Renaming {
  one?: string;
  other?: string;
}

/** @param field that holds the value, or the list that it is in */
function isSame(one: unknown, other: unknown, depth: number, field = '', renaming?: Renaming): boolean {
  if (depth > DEEPEST) return false;
  if (Array.isArray(one) && Array.isArray(other)) {
    return (
      one.length === other.length && one.every((item, index) => isSame(item, other[index], depth + 1, field, renaming))
    );
  }
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  let fields = 0;
  for (const key in one) {
    if (!Object.hasOwn(other, key)) return false;
    fields += 1;
    const same =
      renaming !== undefined && key === 'name' && NAMED_VOLUMES.has(field)
        ? isSameVolume(one[key], other[key], renaming)
        : isSame(one[key], other[key], depth + 1, key, renaming);
    if (!same) return false;
  }
  return fields === Object.keys(other).length;
}

function isSameVolume(one: unknown, other: unknown, renaming: Renaming): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return one === other;
  if (!TOKEN_VOLUME.test(one) || !TOKEN_VOLUME.test(other)) return one === other;
  renaming.one ??= one;
  renaming.other ??= other;
  return one === renaming.one && other === renaming.other;
}
