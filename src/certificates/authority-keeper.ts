import { createAuthority, openAuthority, type Authority, type AuthorityOptions } from './authority.ts';
import type { AuthorityStore, Stored, StoredAuthority } from './authority-store.ts';
import { mergeBundle } from './bundle.ts';
import { renewalOf } from './lifetime.ts';

/** The subject of every CA of ours, by which one is known again in a caBundle. */
export const AUTHORITY_NAME = 'Buildless webhook CA';

export interface AuthorityKeeperOptions {
  readonly store: AuthorityStore;
  /** How long a new CA is valid. */
  readonly seconds: number;
  readonly clock: () => Date;
  /** Another one in tests: a signer that fails. */
  readonly create?: (options: AuthorityOptions) => Promise<Authority>;
}

export interface KeptAuthority {
  readonly authority: Authority;
  /** PEM: this CA and those before it that are still valid. */
  readonly bundle: string;
}

/** Reading again after a conflict is enough: somebody wrote. More often than this, something else is wrong. */
const MOST_CONFLICTS = 5;

/**
 * Keeps one CA for all replicas without a leader: whoever finds none, or one that is due, makes one and tries to write it;
 * whoever comes second reads what the first wrote.
 */
export class AuthorityKeeper {
  private kept: { readonly stored: StoredAuthority; readonly value: KeptAuthority } | undefined;

  constructor(private readonly options: AuthorityKeeperOptions) {}

  /** What was read last, for as long as the store cannot be asked. */
  known(): KeptAuthority | undefined {
    return this.kept?.value;
  }

  /** Rejects if the store cannot be asked, or no CA can be made. */
  async ensure(signal: AbortSignal): Promise<KeptAuthority> {
    for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
      const stored = await this.options.store.read(signal);
      const usable = this.opened(stored);
      if (usable !== undefined && this.options.clock() < renewalOf(usable.authority)) return usable;
      const outcome = await this.renew(stored, signal);
      if (outcome === 'conflict') continue;
      return outcome;
    }
    throw new Error('the CA was changed by somebody else each time that it was to be written');
  }

  /** The stored CA where it can sign now; parsed once. */
  private opened(stored: Stored): KeptAuthority | undefined {
    if (stored === undefined) return undefined;
    const now = this.options.clock();
    if (this.kept !== undefined && same(this.kept.stored, stored)) {
      const { authority } = this.kept.value;
      return now < authority.notAfter ? this.keep(stored, authority) : undefined;
    }
    const authority = openAuthority(stored.cert, stored.key, this.options.clock);
    return 'problem' in authority ? undefined : this.keep(stored, authority);
  }

  private keep(stored: StoredAuthority, authority: Authority): KeptAuthority {
    const value = {
      authority,
      bundle: mergeBundle(stored.cert + stored.previous, '', AUTHORITY_NAME, this.options.clock()),
    };
    this.kept = { stored, value };
    return value;
  }

  private async renew(stored: Stored, signal: AbortSignal): Promise<KeptAuthority | 'conflict'> {
    const { store, seconds, clock, create = createAuthority } = this.options;
    const authority = await create({ commonName: AUTHORITY_NAME, seconds, clock });
    const previous =
      stored === undefined ? '' : mergeBundle(stored.cert + stored.previous, '', AUTHORITY_NAME, clock());
    const next = { cert: authority.cert, key: authority.key, previous };
    const outcome = await (stored === undefined
      ? store.create(next, signal)
      : store.replace(next, stored.version, signal));
    return outcome === 'conflict' ? outcome : this.keep(next, authority);
  }
}

const same = (a: StoredAuthority, b: StoredAuthority): boolean =>
  a.cert === b.cert && a.key === b.key && a.previous === b.previous;
