/** Where the CA of all replicas is kept; src/api-server/authority-secret.ts is the real one. */
export interface StoredAuthority {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** PEM: the CAs before it, as long as they are valid. */
  readonly previous: string;
}

/** What is stored, or that nothing is; `version` names this very state for `replace`. */
export type Stored = (StoredAuthority & { readonly version: string }) | undefined;

/** A conflict: somebody else was faster, so read again. */
export type WriteOutcome = 'written' | 'conflict';

export interface AuthorityStore {
  /** What is there now. Whatever does not parse is given as it is. Rejects if the store cannot be asked. */
  read(signal: AbortSignal): Promise<Stored>;
  /** Where nothing is there. Rejects if it cannot be written for another reason than a conflict. */
  create(authority: StoredAuthority, signal: AbortSignal): Promise<WriteOutcome>;
  /** Where still that version is there. */
  replace(authority: StoredAuthority, version: string, signal: AbortSignal): Promise<WriteOutcome>;
}
