import { LanguageRows } from '../function/languages.ts';
import type { LockOutcome, LockRequest } from './lock.ts';
import { lockNpm } from './npm.ts';
import { lockPython } from './python.ts';
import type { ToolContext } from './tool-context.ts';

/** How a language's dependencies are locked. */
export interface LockRow {
  readonly lock: (request: LockRequest, context: ToolContext) => Promise<LockOutcome>;
  /** Whether a lock is for one version of the language. */
  readonly isOfOneVersion: boolean;
}

export const LOCKERS = new LanguageRows<LockRow>('src/lock', {
  nodejs: { lock: lockNpm, isOfOneVersion: false },
  python: { lock: lockPython, isOfOneVersion: true },
});
