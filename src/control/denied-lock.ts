/** A lock with a version that is denied: Pods that wait for it must not install it. */
import { deniedFindings } from '../admission/denied.ts';
import { basisOf, TooBusy, type SourceFacts, type SourceJudge } from '../admission/judgement.ts';
import type { Configuration } from '../config/configuration.ts';
import type { DeniedList } from '../denied/list.ts';
import { digestOf } from '../function/files.ts';
import type { Language } from '../function/languages.ts';
import { formatFinding } from '../outcome/finding.ts';
import { filesOfLockAlone } from '../revision/lock-alone.ts';
import { byDenied } from '../revision/refused-by.ts';
import type { RefusedLock, StoredLock } from '../revision/stored-lock.ts';

export interface DeniedLockOptions {
  readonly judge: SourceJudge;
  readonly denied: () => DeniedList;
  readonly configuration: () => Configuration;
}

/** @returns what is stored in place of the lock; undefined if nothing in it is denied */
export async function refusalOfDenied(
  namespace: string,
  language: Language,
  lock: StoredLock,
  { judge, denied, configuration }: DeniedLockOptions,
): Promise<RefusedLock | TooBusy | undefined> {
  const list = denied();
  if (lock.kind !== 'lock' || list.entries === 0) return undefined;
  const files = filesOfLockAlone(lock);
  const basis = basisOf(configuration(), language);
  const facts = await judge({ namespace, files, digest: digestOf(files), basis });
  if (facts instanceof TooBusy) return facts;
  return refusalOfFacts(facts, list);
}

/** The same of files that were judged already. */
export function refusalOfFacts(facts: SourceFacts, list: DeniedList): RefusedLock | undefined {
  const found = deniedFindings(facts, 'off', list);
  if (found.length === 0) return undefined;
  return {
    kind: 'refused',
    code: 'dependency-denied',
    problem: 'a version of the lock is denied in this cluster',
    fix: 'do what each of these says',
    details: found.map(formatFinding),
    by: byDenied(list),
  };
}
