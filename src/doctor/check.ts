import type { Answer } from '../api-server/answer.ts';

/** One thing that must hold for Functions to start, with its cure where it does not. */
export interface CheckResult {
  readonly check: string;
  /**
   * `warning`: Functions start, and an administrator should know all the same. `skipped`: it cannot be told from here, and `cure`
   * says how to make that possible.
   */
  readonly status: 'ok' | 'failed' | 'warning' | 'skipped';
  /** What was found, in one sentence without a full stop. */
  readonly detail: string;
  /** In the imperative; for all but `ok`. */
  readonly cure?: string;
}

/** Looks at the cluster; never throws for what it finds there. */
export type Check = (patient: Patient) => Promise<readonly CheckResult[]>;

/** A raw connection to a port of a Pod; rejects if it cannot be had. */
type OpenPod = (pod: string, port: number) => Promise<NodeJS.ReadWriteStream>;

export interface Patient {
  /** Where Buildless is installed. */
  readonly namespace: string;
  /** Of both webhook configurations. */
  readonly configuration: string;
  /** Where the dry-run Function is created; undefined for any that opted in. */
  readonly probeNamespace: string | undefined;
  readonly get: (path: string, query?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly post: (path: string, body: object, query?: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly openPod: OpenPod;
}

export const ok = (check: string, detail: string): CheckResult => ({ check, status: 'ok', detail });
export const failed = (check: string, detail: string, cure: string): CheckResult => ({
  check,
  status: 'failed',
  detail,
  cure,
});
export const warned = (check: string, detail: string, cure: string): CheckResult => ({
  check,
  status: 'warning',
  detail,
  cure,
});
export const skipped = (check: string, detail: string, cure: string): CheckResult => ({
  check,
  status: 'skipped',
  detail,
  cure,
});

/** What an answer other than an object means for a check. */
export function unanswered(check: string, what: string, answer: Answer & { readonly ok: false }): CheckResult {
  if (answer.status === 403) {
    return skipped(check, `you may not read ${what}`, `ask as a user who may (${answer.message})`);
  }
  if (answer.status === 404) return failed(check, `${what} does not exist`, 'install with kubectl apply -k deploy/');
  return failed(check, `${what} cannot be read (${answer.message})`, 'see that kubectl reaches the cluster');
}
