import { setTimeout as delay } from 'node:timers/promises';
import { createAuthority, type Authority, type AuthorityOptions, type Leaf } from './authority.ts';
import { AUTHORITY_NAME, AuthorityKeeper, type KeptAuthority } from './authority-keeper.ts';
import type { AuthorityStore } from './authority-store.ts';
import { renewalOf } from './lifetime.ts';
import { parsePair } from './pair.ts';
import { Reconciler } from './reconciler.ts';
import { register } from './registrar.ts';
import { mistrust, type RegisteredConfiguration, type Registration } from './registration.ts';
import {
  validity,
  type CertificateEvents,
  type CertificateSource,
  type Health,
  type ServedCertificate,
} from './source.ts';

export interface SelfManagedOptions {
  readonly store: AuthorityStore;
  readonly registration: Registration;
  /** Calls back when the CA or the registration may have changed, however often; returns how to end it. */
  readonly watch: (changed: () => void) => () => Promise<void>;
  /** DNS names and IP addresses of the leaf. */
  readonly hosts: readonly string[];
  /** How long a leaf is valid. */
  readonly leafSeconds: number;
  /** How long a CA is valid. */
  readonly authoritySeconds: number;
  /**
   * Between the moment that a new CA is in every caBundle and the first leaf that it signs: each API server follows the
   * webhook configurations on its own, a little later.
   */
  readonly settleSeconds?: number;
  /** Until it is served with a certificate that nobody trusts yet, as the API server does not answer at the start. */
  readonly patienceSeconds?: number;
  readonly caBundleUpdated: (outcome: 'success' | 'conflict' | 'failure') => void;
  readonly authorityExpires: (at: Date) => void;
  readonly clock?: () => Date;
  readonly tickMilliseconds?: number;
  readonly backoffMilliseconds?: number;
  /** Another one in tests: a signer that fails. */
  readonly createAuthority?: (options: AuthorityOptions) => Promise<Authority>;
}

/** Even where no event comes: a watch may be silent for a bad reason. */
const RESYNC_SECONDS = 300;
const LONGEST_BACKOFF_MILLISECONDS = 30_000;

/** A leaf in memory, and whose it is. */
interface Served {
  readonly certificate: ServedCertificate;
  /** PEM of the CA; undefined for one that was made to have anything at all. */
  readonly authority: string | undefined;
}

/**
 * Certificates that look after themselves: one CA for all replicas in a store, in every caBundle of the registration
 * before it signs anything that is served, and a short-lived leaf in the memory of each replica. Whatever somebody does to
 * the store or the registration is mended as soon as the watch tells of it.
 */
export function selfManagedCertificates(options: SelfManagedOptions): CertificateSource {
  const { clock = () => new Date(), hosts, leafSeconds, settleSeconds = Math.min(5, leafSeconds / 10) } = options;
  const keeper = new AuthorityKeeper({
    store: options.store,
    seconds: options.authoritySeconds,
    clock,
    create: options.createAuthority ?? createAuthority,
  });
  const registrar = {
    registration: options.registration,
    commonName: AUTHORITY_NAME,
    clock,
    attempted: options.caBundleUpdated,
  };
  let served: Served | undefined;
  let configurations: readonly RegisteredConfiguration[] | undefined;
  let trouble: string | undefined;
  /** Since when every caBundle has the CA. */
  let trusted: { readonly authority: string; readonly since: Date } | undefined;
  let events: CertificateEvents | undefined;
  let unwatch: () => Promise<void> = () => Promise.resolve();

  const reconciler = new Reconciler({
    reconcile,
    failed,
    clock,
    tickMilliseconds: options.tickMilliseconds ?? 1000,
    backoffMilliseconds: options.backoffMilliseconds ?? 500,
    longestBackoffMilliseconds: LONGEST_BACKOFF_MILLISECONDS,
  });

  return {
    async start(listener) {
      const first = new Promise<void>((resolve) => {
        events = {
          ...listener,
          changed: () => {
            resolve();
          },
        };
      });
      unwatch = options.watch(() => {
        reconciler.wake();
      });
      reconciler.start();
      const patience = new AbortController();
      await Promise.race([first, waited((options.patienceSeconds ?? 5) * 1000, patience.signal)]);
      patience.abort();
      if (served === undefined) {
        const certificate = await standIn();
        served ??= { certificate, authority: undefined };
      }
      events = listener;
    },
    current() {
      if (served === undefined) throw new Error('the certificate is asked for before start() has resolved');
      return served.certificate;
    },
    stop() {
      void unwatch();
      void reconciler.stop();
    },
    healthy,
  };

  async function reconcile(signal: AbortSignal): Promise<Date> {
    const failures: unknown[] = [];
    const attempt = async <T>(work: () => Promise<T>, known: T): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        failures.push(error);
        return known;
      }
    };
    const kept = await attempt<KeptAuthority | undefined>(() => keeper.ensure(signal), keeper.known());
    if (kept === undefined) throw failures[0];
    options.authorityExpires(kept.authority.notAfter);
    const registered = await attempt(() => register(kept.bundle, registrar, signal), undefined);
    if (registered !== undefined) configurations = registered.configurations;
    if (registered?.failure !== undefined) failures.push(registered.failure);
    const leafDue = await renewLeaf(kept.authority);
    if (failures.length > 0) throw failures[0];
    trouble = undefined;
    const resync = clock().getTime() + RESYNC_SECONDS * 1000;
    return new Date(Math.min(leafDue.getTime(), renewalOf(kept.authority).getTime(), resync));
  }

  /** @returns when the leaf is to be looked at again */
  async function renewLeaf(authority: Authority): Promise<Date> {
    const now = clock();
    const isTrusted = configurations !== undefined && mistrust(configurations, authority, now).length === 0;
    if (!isTrusted) trusted = undefined;
    else if (trusted?.authority !== authority.cert) trusted = { authority: authority.cert, since: now };

    if (served?.authority === authority.cert && now < renewalOf(served.certificate))
      return renewalOf(served.certificate);
    if (served !== undefined && served.authority !== authority.cert && isUsable(served)) {
      // Another CA signs from now on. What is served still works: change when the new CA is known everywhere.
      const settled =
        trusted === undefined ? served.certificate.notAfter : new Date(trusted.since.getTime() + settleSeconds * 1000);
      if (now < settled) return settled;
    }
    const leaf = await authority.issue({ hosts, seconds: leafSeconds });
    const certificate = servedOf(leaf);
    served = { certificate, authority: authority.cert };
    events?.changed(certificate);
    return renewalOf(certificate);
  }

  /** Whether the API server accepts it now, as far as is known. */
  function isUsable({ certificate, authority }: Served): boolean {
    const now = clock();
    return (
      authority !== undefined &&
      validity(certificate, now).ok &&
      (configurations === undefined || mistrust(configurations, certificate, now).length === 0)
    );
  }

  function failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== trouble) {
      events?.failed({
        problem: `the CA, its registration or the certificate cannot be kept up to date (${reason})`,
        fix: 'see that the API server answers, and compare the rights of the ServiceAccount with deploy/base/rbac.yaml',
      });
    }
    trouble = reason;
  }

  function healthy(): Health {
    const why = trouble === undefined ? '' : ` (${trouble})`;
    if (served?.authority === undefined) return { ok: false, reason: `the CA does not exist yet${why}` };
    const valid = validity(served.certificate, clock());
    if (!valid.ok) return { ok: false, reason: valid.reason + why };
    if (configurations === undefined) return { ok: false, reason: `the webhook configurations are not read yet${why}` };
    const reasons = mistrust(configurations, served.certificate, clock());
    return reasons.length === 0 ? { ok: true } : { ok: false, reason: reasons.join('; ') + why };
  }

  /** Something to answer TLS with, so that health and metrics are there to tell what is wrong. */
  async function standIn(): Promise<ServedCertificate> {
    const authority = await createAuthority({ commonName: 'Buildless stand-in CA', seconds: leafSeconds, clock });
    return servedOf(await authority.issue({ hosts, seconds: leafSeconds }));
  }

  function servedOf(leaf: Leaf): ServedCertificate {
    const pair = parsePair(leaf.cert, leaf.key, clock());
    if ('problem' in pair) throw new Error(`the certificate that was made cannot be served: ${pair.problem}`);
    return pair;
  }
}

const waited = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  delay(milliseconds, undefined, { signal }).catch(() => undefined);
