import { createHash } from 'node:crypto';

/** What a source is at one moment; two states that differ are two revisions. */
export interface SourceState {
  readonly code:
    | { readonly type: 'files'; readonly parts: readonly SourcePart[] }
    | { readonly type: 'commit'; readonly commit: string };
  /** How often its lock was resolved again for the same files. */
  readonly refresh: number;
}

/** One ConfigMap of a source. */
export interface SourcePart {
  readonly name: string;
  /** Of its files: `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/**
 * The value of the label for a workload whose source was not known when it was created: what comes is rolled out, while a
 * workload without the label was there before the controller.
 */
export const FOLLOWS_NOTHING = 'none';

/** Of a label's value, which may have 63 characters. */
const FOLLOWED_DIGITS = 32;

/** The value of the label `buildless.dev/followed` for a state: 32 hexadecimal digits. */
export function followedOf({ code, refresh }: SourceState): string {
  const parts = code.type === 'files' ? code.parts.map(({ name, digest }) => [name, digest]) : code.commit;
  return createHash('sha256')
    .update(JSON.stringify([code.type, parts, refresh]))
    .digest('hex')
    .slice(0, FOLLOWED_DIGITS);
}

/** Reads the annotation `buildless.dev/refresh`; what is not a number of refreshes counts as none. */
export const refreshOf = (text: string | undefined): number =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
