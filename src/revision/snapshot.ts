/** Immutable copies of the ConfigMaps of a source. */
import {
  DIGEST_ANNOTATION,
  REFRESH_ANNOTATION,
  REFUSED_BY_ANNOTATION,
  REFUSED_UNTIL_ANNOTATION,
  REVISION_HOLDS_LABEL,
  REVISION_OF_LABEL,
} from '../function/keys.ts';
import { parseRevisionName } from '../function/revision-name.ts';
import type { ConfigMapData } from '../function/files.ts';

/** What a ConfigMap of a revision holds: a copy of a source's ConfigMap, or a lock. */
export type RevisionContent = 'files' | 'lock';

/** Who keeps a revision: a workload whose template or history names it. */
export interface RevisionOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

export interface RevisionObject {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly ownerReferences: readonly RevisionOwner[];
  };
  readonly immutable: true;
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export interface RevisionInput {
  readonly namespace: string;
  /** `BASE-HEX`, see names.ts. */
  readonly name: string;
  readonly holds: RevisionContent;
  readonly digest: string;
  /** What a lock was resolved for; the next lock starts from it unless it is for a higher number. */
  readonly refresh?: number;
  /** Of a lock that is refused: when another one is made in its place, ISO 8601. */
  readonly refusedUntil?: string;
  /** The same: what refused it. */
  readonly refusedBy?: string;
  readonly owners: readonly RevisionOwner[];
  readonly content: ConfigMapData;
}

/** The object to create. Labels and annotations of the source are not copied: `kubectl apply --prune` follows them. */
export function revisionObject({
  namespace,
  name,
  holds,
  digest,
  refresh = 0,
  refusedUntil,
  refusedBy,
  owners,
  content,
}: RevisionInput): RevisionObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { [REVISION_OF_LABEL]: parseRevisionName(name)?.base ?? name, [REVISION_HOLDS_LABEL]: holds },
      annotations: {
        [DIGEST_ANNOTATION]: digest,
        ...(refresh > 0 && { [REFRESH_ANNOTATION]: String(refresh) }),
        ...(refusedUntil !== undefined && { [REFUSED_UNTIL_ANNOTATION]: refusedUntil }),
        ...(refusedBy !== undefined && { [REFUSED_BY_ANNOTATION]: refusedBy }),
      },
      ownerReferences: owners,
    },
    immutable: true,
    ...(content.data !== undefined && { data: content.data }),
    ...(content.binaryData !== undefined && { binaryData: content.binaryData }),
  };
}

/** Whether labels are those of a revision with such content. */
export const holdsRevision = (labels: Readonly<Record<string, string>>, holds: RevisionContent): boolean =>
  Object.hasOwn(labels, REVISION_OF_LABEL) && labels[REVISION_HOLDS_LABEL] === holds;
