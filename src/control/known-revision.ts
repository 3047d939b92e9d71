import type { Metadata } from '../api-server/metadata.ts';
import { textsOf } from '../api-server/metadata.ts';
import { REVISION_HOLDS_LABEL, REVISION_OF_LABEL } from '../function/keys.ts';
import { isObject } from '../kubernetes/object.ts';
import { parseRevisionName } from '../function/revision-name.ts';
import { DIGEST_ANNOTATION, REFUSED_BY_ANNOTATION, REFUSED_UNTIL_ANNOTATION } from '../function/keys.ts';
import type { RevisionContent, RevisionOwner } from '../revision/snapshot.ts';
import { ownerOf } from './holder.ts';

const HELD: readonly RevisionContent[] = ['files', 'lock'];

/** What is kept of a ConfigMap with the labels of a revision; what is in it is not. */
export interface KnownRevision {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly version: string;
  readonly base: string;
  readonly holds: RevisionContent;
  /** As its annotation says. */
  readonly digest: string;
  readonly owners: readonly RevisionOwner[];
  /** By the clock of the API server, RFC 3339. */
  readonly created: string;
  readonly isEnding: boolean;
  /** When a lock that is refused is tried again, ISO 8601. */
  readonly refusedUntil?: string;
  /** What refused it. */
  readonly refusedBy?: string;
}

/** @returns undefined for an object that only carries such labels */
export function revisionEntry(
  object: object,
  { namespace, name, resourceVersion, labels }: Metadata,
): KnownRevision | undefined {
  const base = parseRevisionName(name)?.base;
  const holds = HELD.find((each) => each === labels[REVISION_HOLDS_LABEL]);
  if (base === undefined || base !== labels[REVISION_OF_LABEL] || holds === undefined) return undefined;
  const metadata = 'metadata' in object && isObject(object.metadata) ? object.metadata : {};
  const annotations = textsOf(metadata.annotations);
  const refusedUntil = annotations[REFUSED_UNTIL_ANNOTATION];
  const refusedBy = annotations[REFUSED_BY_ANNOTATION];
  const owners = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  return {
    namespace,
    name,
    uid: String(metadata.uid),
    version: resourceVersion,
    base,
    holds,
    digest: annotations[DIGEST_ANNOTATION] ?? '',
    owners: owners.filter(isObject).map(ownerOf),
    created: String(metadata.creationTimestamp),
    isEnding: typeof metadata.deletionTimestamp === 'string',
    ...(refusedUntil !== undefined && { refusedUntil }),
    ...(refusedBy !== undefined && { refusedBy }),
  };
}

/** Whether it is the refusal of a lock. */
export const isRefusedLock = ({ refusedUntil, refusedBy }: KnownRevision): boolean =>
  refusedUntil !== undefined || refusedBy !== undefined;
