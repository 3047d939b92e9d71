/** What the Pods of a Function run: the revision that their template names, or the source as it is now. */
import { sourceOfConfigMaps, type ConfigMapFiles, type ConfigMapSource } from '../function/config-maps.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import type { SourceFiles } from '../function/files.ts';
import type { ConfigMapReference, GitReference, Source } from '../function/source.ts';
import { bringsLockFile, LOCK_FILES } from '../dependencies/lock-files.ts';
import { isNamedBy } from '../function/revision-name.ts';
import { filesOfLockAlone } from '../revision/lock-alone.ts';
import type { PinnedRevision } from '../revision/pinned.ts';
import type { Stamp } from '../function/stamp.ts';
import { withLock, type RefusedLock, type StoredLock } from '../revision/stored-lock.ts';
import type { Revisions } from './revisions.ts';
import type { ReviewContext } from './review-context.ts';

export interface RunSource {
  /** As far as admission sees it. */
  readonly source: Source;
  /** Set for a Pod with a stamp. */
  readonly pinned?: PinnedRevision;
  readonly lock: RevisionLock;
}

export type RevisionLock =
  /** The revision has none: the author's decides, or there is nothing to install. */
  | { readonly state: 'none' }
  /** The source with the lock in it; its digest stands for both. */
  | { readonly state: 'merged'; readonly files: SourceFiles; readonly digest: string }
  /** Of files that admission does not see: the lock as a source of its own. */
  | { readonly state: 'alone'; readonly files: SourceFiles; readonly digest: string }
  /** The controller writes it, and the Pod waits for it. */
  | { readonly state: 'awaited' }
  /** The controller could not resolve one. */
  | { readonly state: 'failed'; readonly reason: Extract<StoredLock, { readonly kind: 'none' }> }
  /** The author's own lock was compared with the minimum release age. */
  | { readonly state: 'checked' }
  /** No lock may be installed. */
  | { readonly state: 'refused'; readonly reason: RefusedLock }
  /** The stamp names a verdict that is not there, and nobody writes it now. */
  | { readonly state: 'absent' };

const NO_LOCK: RevisionLock = { state: 'none' };

/**
 * Finds what a Pod, or the Pods of a template, would run.
 *
 * @returns for a stamp whose files exist nowhere, a source that is `revision-missing`
 */
export async function runSource(
  namespace: string,
  definition: Pick<FunctionDefinition, 'source' | 'stamp' | 'runtime'>,
  context: Pick<ReviewContext, 'readSource' | 'revisions'>,
): Promise<RunSource> {
  const { source: reference, stamp } = definition;
  const { revisions } = context;
  if (stamp === undefined || revisions === undefined) {
    return { source: await context.readSource(namespace, reference), lock: NO_LOCK };
  }
  const code = await codeOf(namespace, definition, { ...context, revisions }, stamp);
  if (code.pinned === undefined || stamp.lock === undefined) return { ...code, lock: NO_LOCK };
  const { language } = definition.runtime;
  const read = await revisions.lock(namespace, stamp.lock);
  if (read.type === 'unreachable') return { source: read, lock: NO_LOCK };
  const pinned = { ...code.pinned, lock: stamp.lock };
  if (read.type === 'missing' && revisions.isFollowed()) return { ...code, pinned, lock: { state: 'awaited' } };
  if (read.type !== 'lock') return { ...code, lock: read.type === 'missing' ? { state: 'absent' } : NO_LOCK };
  const { lock, digest } = read;
  if (lock.kind === 'refused') return { ...code, pinned, lock: { state: 'refused', reason: lock } };
  if (lock.kind === 'checked') return { ...code, pinned, lock: { state: 'checked' } };
  if (code.source.type === 'files' && bringsLockFile(code.source.files, language)) return { ...code, lock: NO_LOCK };
  if (lock.kind === 'none') return { ...code, pinned, lock: { state: 'failed', reason: lock } };
  if (lock.file !== LOCK_FILES.of(language).file) return { ...code, lock: NO_LOCK };
  if (code.source.type !== 'files') {
    return { ...code, pinned, lock: { state: 'alone', files: filesOfLockAlone(lock), digest } };
  }
  const merged = withLock(code.source.files, lock);
  return { ...code, pinned, lock: { state: 'merged', files: merged, digest: `${code.source.digest} ${digest}` } };
}

type Code = Pick<RunSource, 'source' | 'pinned'>;
type WithRevisions = Pick<ReviewContext, 'readSource'> & { readonly revisions: Revisions };

async function codeOf(
  namespace: string,
  { source: reference }: Pick<FunctionDefinition, 'source'>,
  context: WithRevisions,
  stamp: Stamp,
): Promise<Code> {
  if (reference.type === 'configmap' && stamp.code.type === 'files') {
    return filesOf(namespace, reference, context, stamp, stamp.code.names);
  }
  const source = await context.readSource(namespace, reference);
  if (reference.type !== 'git' || stamp.code.type !== 'commit') return { source };
  const atCommit: GitReference = { ...reference, ref: stamp.code.commit };
  return { source, pinned: { stamp, source: atCommit } };
}

/**
 * The ConfigMaps of a revision. One that is not stored is taken from the source, if that still has the same files: by the
 * revision's name if a controller stores it, so that the Pod waits for that; else by the source's own, and `buildless-prepare`
 * ends if the files are others by then.
 */
async function filesOf(
  namespace: string,
  reference: ConfigMapReference,
  context: WithRevisions,
  stamp: Stamp,
  names: readonly string[],
): Promise<Code> {
  const { revisions } = context;
  const parts: ConfigMapSource[] = [];
  const mounted: string[] = [];
  for (const [index, name] of names.entries()) {
    const stored = await revisions.files(namespace, name);
    if (stored.type === 'unreachable') return { source: stored };
    if (stored.type === 'files') {
      parts.push(stored);
      mounted.push(name);
      continue;
    }
    const own = reference.names[index] ?? '';
    const live = await livePart(namespace, own, context);
    if (live.type === 'unreachable') return { source: live };
    if (live.type !== 'files' || !isNamedBy(live.digest, name)) return { source: { type: 'revision-missing', name } };
    parts.push(live);
    mounted.push(stored.type === 'missing' && revisions.isFollowed() ? name : own);
  }
  return { source: sourceOfConfigMaps(parts), pinned: { stamp, source: { type: 'configmap', names: mounted } } };
}

async function livePart(
  namespace: string,
  name: string,
  context: WithRevisions,
): Promise<ConfigMapFiles | Exclude<Source, { readonly type: 'files' }>> {
  const source = await context.readSource(namespace, { type: 'configmap', names: [name] });
  if (source.type !== 'files') return source;
  const { files, digest, labelled, refresh } = source;
  return { type: 'files', name, files, digest, labelled, refresh };
}
