import { hasDependencies } from '../dependencies/present.ts';
import type { ReleaseRules } from '../release-rules/rules.ts';
import { LOCK_FILES } from '../dependencies/lock-files.ts';
import { settingsOf, type RegistrySettings } from '../dependencies/settings.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import type { SourceFiles } from '../function/files.ts';
import type { LockResolver } from '../function/keys.ts';
import { formatSource } from '../function/source.ts';
import { lockDigest, type LockInputs } from './lock-inputs.ts';
import { baseOf, revisionName } from '../function/revision-name.ts';
import type { Stamp } from '../function/stamp.ts';
import type { SourceState } from '../function/source-state.ts';

/** A source as it is now, and the Function that runs it. */
export interface RevisionInput {
  readonly state: SourceState;
  /** All files of the source, of every part. */
  readonly files: SourceFiles;
  /** Whether it has dependencies and its author brings no lock. */
  readonly lacksLock: boolean;
  readonly definition: Pick<FunctionDefinition, 'name' | 'runtime' | 'registry' | 'source'>;
  /** What its namespace asks of versions. */
  readonly rules?: ReleaseRules | undefined;
  /** Whether anything is denied in the cluster. */
  readonly isDenying: boolean;
  /** The part of the configuration that decides. */
  readonly configuration: {
    readonly revisions: { readonly locks: LockResolver };
    readonly dependencies: RegistrySettings;
  };
}

export interface DerivedRevision {
  readonly stamp: Stamp;
  /** What the lock that the stamp names is resolved from. */
  readonly lock?: LockInputs;
}

/** Whether the controller resolves locks for a runtime: some are for one C library alone. */
export const isLockable = ({ language, libc = 'glibc' }: FunctionDefinition['runtime']): boolean =>
  LOCK_FILES.of(language).libcs.includes(libc);

/** The revision that a state of a source is, for one Function; the webhook and the controller derive the same. */
export function revisionOf({
  state,
  files,
  lacksLock,
  definition,
  rules,
  isDenying,
  configuration,
}: RevisionInput): DerivedRevision {
  const { code, refresh } = state;
  const stamped: Stamp['code'] =
    code.type === 'commit'
      ? code
      : { type: 'files', names: code.parts.map(({ name, digest }) => revisionName(baseOf(name), digest)) };
  const { runtime, registry, name } = definition;
  const commit = rules !== undefined || isDenying ? sourceAtCommit(definition, code) : undefined;
  // With rules, a lock of the author is compared with them as well; what nobody can resolve is refused.
  const isChecked = commit !== undefined || (rules !== undefined && hasDependencies(files, runtime.language));
  if (configuration.revisions.locks === 'author' || !(isChecked || (lacksLock && isLockable(runtime)))) {
    return { stamp: { code: stamped } };
  }
  const lock: LockInputs = {
    files,
    ...(commit !== undefined && { commit }),
    language: runtime.language,
    version: runtime.version,
    settings: settingsOf(configuration.dependencies, runtime.language),
    ...(registry !== undefined && { registry }),
    refresh,
    ...(isChecked && rules !== undefined && { rules }),
    ...(isChecked && !lacksLock && { isAuthors: true }),
    ...(lacksLock && !isLockable(runtime) && { isUnlockable: true }),
  };
  const base = baseOf(code.type === 'files' ? (code.parts[0]?.name ?? name) : name);
  return { stamp: { code: stamped, lock: revisionName(base, lockDigest(lock)) }, lock };
}

/** What stands for files that admission does not see. */
const sourceAtCommit = (
  { source }: Pick<FunctionDefinition, 'source'>,
  code: SourceState['code'],
): string | undefined =>
  code.type === 'commit' && source.type === 'git' ? formatSource({ ...source, ref: code.commit }) : undefined;
