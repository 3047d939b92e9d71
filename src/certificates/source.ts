import type { Problem } from '../outcome/problem.ts';

/** What the webhook's TLS port presents. */
export interface ServedCertificate {
  /** PEM: the leaf, then its intermediates. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** Of the leaf. */
  readonly notBefore: Date;
  /** Of the leaf. */
  readonly notAfter: Date;
  /** From the leaf upwards, as far as `cert` goes. */
  readonly chain: readonly ChainLink[];
}

export interface ChainLink {
  /** RFC 4514 as OpenSSL writes it, on one line. */
  readonly subject: string;
  readonly issuer: string;
  readonly notAfter: Date;
  /** SHA-256 as `openssl x509 -fingerprint -sha256` writes it. */
  readonly fingerprint: string;
}

/** The answer of anything that readiness depends on; `but` is what is not as it should be, and stops nothing. */
export type Health = { readonly ok: true; readonly but?: string } | { readonly ok: false; readonly reason: string };

export interface CertificateEvents {
  /** Another certificate is in force; not called for the first. */
  readonly changed: (certificate: ServedCertificate) => void;
  /** There should be another one, and it is bad; the last good one stays. Called once for each bad one. */
  readonly failed: (problem: Problem) => void;
}

/**
 * Where the served certificate comes from: mounted files, or one made here. The shape is that of cert-manager's
 * `pkg/server/tls` CertificateSource.
 */
export interface CertificateSource {
  /** Begins to keep the certificate fresh; `current()` has one when it resolves. */
  start(events: CertificateEvents): Promise<void>;
  /** The last good one. */
  current(): ServedCertificate;
  stop(): void;
  /** Whether clients that trust the issuer will accept `current()` now. */
  healthy(): Health;
}

/** Whether a certificate is within its life. */
export function validity(
  { notBefore, notAfter }: Pick<ServedCertificate, 'notBefore' | 'notAfter'>,
  now: Date,
): Health {
  if (now >= notAfter) return { ok: false, reason: `the certificate expired at ${notAfter.toISOString()}` };
  if (now < notBefore) return { ok: false, reason: `the certificate is valid from ${notBefore.toISOString()} on` };
  return { ok: true };
}
