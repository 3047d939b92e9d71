import { RESERVED_PREFIX, STATUS_ANNOTATION, VOLUMES } from '../function/keys.ts';
import type { SourceReference } from '../function/source.ts';
import type { Finding } from '../outcome/finding.ts';
import { annotationField } from '../outcome/place.ts';
import { VERSION } from '../version.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import { isJsonObject } from '../json/object.ts';

/** What the annotation `buildless.dev/status` holds as JSON. */
export interface FunctionStatus {
  /** Of Buildless. */
  readonly version: string;
  /** Name of the Function. */
  readonly function: string;
  readonly runtime: string;
  /** What the Function's container runs. */
  readonly image: string;
  readonly container: string;
  /** Whether the container runs our HTTP server; false if it has its own command. */
  readonly server: boolean;
  readonly source: {
    readonly type: SourceReference['type'];
    /** As `buildless.dev/source` writes it. */
    readonly reference: string;
    /** Of the files as admitted; absent if admission cannot see them. */
    readonly digest?: string;
  };
  /** The stamp that the Pod runs; absent if it runs its source as that is when it starts. */
  readonly revision?: string;
  /** Names of what was added to the Pod. */
  readonly added: { readonly volumes: readonly string[]; readonly initContainers: readonly string[] };
}

/**
 * Reads the annotation.
 *
 * @returns undefined if it is not one that an injection wrote
 */
export function parseStatus(text: string | undefined): FunctionStatus | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isStatus(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isTextOrAbsent = (value: unknown): boolean => value === undefined || isText(value);
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

const TEXTS = ['version', 'function', 'runtime', 'image', 'container'] as const;
const SOURCE_TYPES = { configmap: true, git: true, image: true } satisfies Record<SourceReference['type'], true>;

const isStatus = (value: unknown): value is FunctionStatus =>
  isJsonObject(value) &&
  TEXTS.every((key) => isText(value[key])) &&
  typeof value.server === 'boolean' &&
  isTextOrAbsent(value.revision) &&
  isSource(value.source) &&
  isAdded(value.added);

const isSource = (value: unknown): value is FunctionStatus['source'] =>
  isJsonObject(value) &&
  isText(value.type) &&
  Object.hasOwn(SOURCE_TYPES, value.type) &&
  isText(value.reference) &&
  isTextOrAbsent(value.digest);

const isAdded = (value: unknown): value is FunctionStatus['added'] =>
  isJsonObject(value) && areTexts(value.volumes) && areTexts(value.initContainers);

const FIELD = annotationField(STATUS_ANNOTATION);

/** For an annotation that no injection wrote. */
export const FOREIGN_STATUS: Finding = {
  code: 'reserved-name',
  field: FIELD,
  problem: 'the annotation is written by Buildless, and this value is not',
  fix: `remove it, with everything named "${RESERVED_PREFIX}*"`,
};

/** Why the injection that a status records cannot be the one that a Pod carries. */
export function whyNotCarried(pod: PodLike, status: FunctionStatus): readonly Finding[] {
  if (status.version !== VERSION) {
    return [
      {
        code: 'injected-otherwise',
        field: FIELD,
        problem: `the Pod was injected by Buildless ${status.version.slice(0, 40)}, and this is ${VERSION}`,
        fix: `render it again with buildless ${VERSION}, or apply the template as it was before the injection`,
      },
    ];
  }
  const lost = lostFrom(pod, status);
  if (lost.length === 0) return [];
  // An API server without the feature takes such volumes out of each new Pod and says nothing
  // (https://kubernetes.io/docs/concepts/storage/volumes/#image).
  const noImageVolumes = status.source.type === 'image' && lost.includes(VOLUMES.source);
  return [
    {
      code: 'not-injected',
      field: FIELD,
      problem: `the injection added ${lost.map((name) => `"${name}"`).join(', ')}, which the Pod does not have any more`,
      fix: noImageVolumes
        ? 'have the feature gate ImageVolume enabled in the cluster, or use another kind of source: the API server takes image volumes out without it'
        : 'see which other webhook takes it out, or remove this annotation if the Pod was copied from another',
    },
  ];
}

/** Whether a Pod has all that another version of Buildless says it added. Only that version can tell what that is. */
export const isOfOtherVersion = (pod: PodLike, status: FunctionStatus): boolean =>
  status.version !== VERSION && status.added.initContainers.length > 0 && lostFrom(pod, status).length === 0;

/** Most names of a status that a message lists. */
const LISTED = 10;

/** Names of what a status records and the Pod does not have: somebody took it out after the injection. */
function lostFrom({ spec }: PodLike, { added, container }: FunctionStatus): readonly string[] {
  const without = (items: readonly { name: string }[] | undefined, names: readonly string[]): readonly string[] => {
    const present = new Set(items?.map(({ name }) => name));
    return names.filter((name) => !present.has(name));
  };
  return [
    ...without(spec?.containers, [container]),
    ...without(spec?.initContainers, added.initContainers),
    ...without(spec?.volumes, added.volumes),
  ].slice(0, LISTED);
}
