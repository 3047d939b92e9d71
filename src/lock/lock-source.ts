import { judgeDependencies } from '../dependencies/judge.ts';
import { refuses, type DependencyFinding } from '../dependencies/policy.ts';
import { hasDependencies } from '../dependencies/present.ts';
import { settingsOf, type RegistrySettings } from '../dependencies/settings.ts';
import { LOCKERS } from './languages.ts';
import { isFailure, type LockFailure, type LockOutcome, type LockRequest } from './lock.ts';
import { callersContext, type ToolContext } from './tool-context.ts';

/** A lock and what the policy still has against the source with it. */
export interface LockedSource {
  readonly file: string;
  readonly text: string;
  readonly notes: readonly string[];
  readonly remaining: readonly DependencyFinding[];
}

/** Makes a lock; which tool does is the language's own row, unless more is asked of the lock. */
export type Locker = (request: LockRequest, context: ToolContext) => Promise<LockOutcome>;

const byItsLanguage: Locker = (request, context) => LOCKERS.of(request.language).lock(request, context);

/**
 * Locks the dependencies of a source for one language.
 *
 * @returns undefined if there are none
 */
export async function lockSource(
  request: Omit<LockRequest, 'allowed'>,
  dependencies: RegistrySettings,
  progress: (line: string) => void,
  locker = byItsLanguage,
): Promise<LockedSource | LockFailure | undefined> {
  const { files, language } = request;
  if (!hasDependencies(files, language)) return undefined;
  const settings = settingsOf(dependencies, language);
  const outcome = await locker({ ...request, allowed: settings.registries }, callersContext(progress));
  if (isFailure(outcome)) return outcome;
  const paths = [...new Set([...files.keys(), outcome.file])];
  const locked = new Map(
    paths.map((file) => [
      file,
      file === outcome.file ? Buffer.from(outcome.text) : (files.get(file) ?? new Uint8Array()),
    ]),
  );
  const remaining = judgeDependencies(locked, language, settings).filter((finding) => refuses('locked', finding));
  return { ...outcome, remaining };
}
