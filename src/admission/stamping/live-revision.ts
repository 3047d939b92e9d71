import { refuses } from '../../dependencies/policy.ts';
import { sourceOfConfigMaps, type ConfigMapFiles } from '../../function/config-maps.ts';
import { rulesOfFunction } from '../../exceptions/ages.ts';
import { NO_EXCEPTIONS } from '../../exceptions/exceptions.ts';
import type { FunctionDefinition } from '../../function/definition.ts';
import { isFullCommit, type Source } from '../../function/source.ts';
import { isLockable, revisionOf, type RevisionInput } from '../../revision/derive.ts';
import { formatStamp, UNKNOWN_COMMIT, type Stamp } from '../../function/stamp.ts';
import { FOLLOWS_NOTHING, followedOf, type SourceState } from '../../function/source-state.ts';
import { isDenying } from '../denied.ts';
import { factsOf } from '../review-namespace.ts';
import { basisOf, TooBusy } from '../judgement.ts';
import { saysLockIsMissing } from '../missing-locks.ts';
import type { ReviewContext } from '../review-context.ts';
import type { LiveMarks, Marks } from './decide.ts';

/**
 * The revision that a source is now.
 *
 * @returns undefined for a source whose revision only the controller knows, that cannot be read, or that the namespace refuses
 */
export async function liveMarks(
  namespace: string,
  definition: FunctionDefinition,
  context: ReviewContext,
): Promise<LiveMarks | undefined> {
  if (definition.source.type === 'git') return gitMarks(namespace, definition, definition.source.ref, context);
  if (definition.source.type !== 'configmap') return undefined;
  const source = await context.readSource(namespace, definition.source);
  if (source.type !== 'files') return undefined;
  const lock = await lockOf(namespace, definition, source, context);
  if (lock === undefined) return undefined;
  const state: SourceState = { code: { type: 'files', parts: source.parts }, refresh: source.refresh };
  const configuration = context.configuration();
  const { stamp } = revisionOf({ ...lock, state, files: source.files, definition, isDenying: false, configuration });
  return { stamp: formatStamp(stamp), followed: followedOf(state) };
}

/**
 * A commit is a revision without a look at the remote. What it installs is for the controller to see, so it looks at the workload
 * as if it followed nothing; if versions are compared with rules or denied ones, the Pods wait for its verdict by name. Of a branch
 * nobody knows the commit yet: its Pods are refused until the controller has rolled one out.
 */
async function gitMarks(
  namespace: string,
  definition: FunctionDefinition,
  ref: string | undefined,
  context: ReviewContext,
): Promise<LiveMarks | undefined> {
  const configuration = context.configuration();
  const { releaseRules } = await factsOf(namespace, context);
  const who = { namespace, function: definition.name, language: definition.runtime.language };
  const rules = rulesOfFunction(releaseRules, context.exceptions?.() ?? NO_EXCEPTIONS, who);
  const denies = isDenying(context);
  if (ref === undefined || !isFullCommit(ref)) {
    const isAwaited = (rules !== undefined || denies) && configuration.revisions.locks === 'cluster';
    return isAwaited ? marksOf({ code: { type: 'commit', commit: UNKNOWN_COMMIT } }) : undefined;
  }
  const state: SourceState = { code: { type: 'commit', commit: ref }, refresh: 0 };
  const unseen = { files: NO_FILES, lacksLock: false } as const;
  return marksOf(revisionOf({ state, ...unseen, definition, rules, isDenying: denies, configuration }).stamp);
}

const NO_FILES: ReadonlyMap<string, Uint8Array> = new Map();

const marksOf = (stamp: Stamp): LiveMarks => ({ stamp: formatStamp(stamp), followed: FOLLOWS_NOTHING });

type Files = Extract<Source, { readonly type: 'files' }>;

/** @returns undefined if the source is refused, or cannot be judged now */
async function lockOf(
  namespace: string,
  { runtime, name }: FunctionDefinition,
  { files, digest }: Files,
  context: ReviewContext,
): Promise<Pick<RevisionInput, 'lacksLock' | 'rules'> | undefined> {
  const configuration = context.configuration();
  const basis = basisOf(configuration, runtime.language);
  const facts = await context.judge({ namespace, files, digest, basis });
  if (facts instanceof TooBusy) return undefined;
  const { levels, releaseRules: rules } = await factsOf(namespace, context);
  const willHaveLock = configuration.revisions.locks === 'cluster' && isLockable(runtime);
  const isExcused = willHaveLock ? saysLockIsMissing : (): boolean => false;
  const exceptions = context.exceptions?.() ?? NO_EXCEPTIONS;
  const who = { namespace, function: name, language: runtime.language };
  const { kept } = exceptions.lift(facts.findings, who);
  const isRefused = kept.some((finding) => refuses(levels.enforce, finding) && !isExcused(finding));
  return isRefused ? undefined : { lacksLock: facts.lacksLock, rules: rulesOfFunction(rules, exceptions, who) };
}

/**
 * The marks of a workload that keeps its files, and installs for another runtime or with another registry than before: a lock
 * belongs to both.
 *
 * @returns undefined if its files are not known
 */
export async function relockedMarks(
  namespace: string,
  definition: FunctionDefinition,
  { code, lock }: Stamp,
  context: ReviewContext,
): Promise<Marks | undefined> {
  if (definition.source.type !== 'configmap' || code.type === 'commit') {
    // Only the controller has the files: it rolls out again, with another lock.
    if (lock === undefined) return undefined;
    return code.type === 'commit' ? gitMarks(namespace, definition, code.commit, context) : marksOf({ code });
  }
  const { revisions } = context;
  if (revisions === undefined) return undefined;
  const stored = await Promise.all(code.names.map((name) => revisions.files(namespace, name)));
  const parts = stored.filter((part): part is ConfigMapFiles => part.type === 'files');
  const source = parts.length < code.names.length ? undefined : sourceOfConfigMaps(parts);
  const live = await context.readSource(namespace, definition.source);
  if (source?.type !== 'files') return undefined;
  const wanted = await lockOf(namespace, definition, source, context);
  if (wanted === undefined) return undefined;
  const { names } = definition.source;
  const refresh = live.type === 'files' ? live.refresh : 0;
  const state: SourceState = {
    code: { type: 'files', parts: parts.map(({ digest }, index) => ({ name: names[index] ?? '', digest })) },
    refresh,
  };
  const configuration = context.configuration();
  const { stamp } = revisionOf({ ...wanted, state, files: source.files, definition, isDenying: false, configuration });
  return { stamp: formatStamp({ ...stamp, code }), followed: undefined };
}
