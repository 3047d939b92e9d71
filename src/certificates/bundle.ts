/** A caBundle: CA certificates as PEM, one after the other. Whatever else is there, nobody trusts. */
import { X509Certificate } from 'node:crypto';
import type { ServedCertificate } from './source.ts';

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The certificates that parse, in their order, each once; the rest is skipped. */
export function certificatesOf(pem: string): readonly X509Certificate[] {
  const found = new Map<string, X509Certificate>();
  for (const [block] of pem.matchAll(CERTIFICATE_BLOCK)) {
    try {
      const certificate = new X509Certificate(block);
      found.set(certificate.fingerprint256, certificate);
    } catch {
      // Not a certificate: as good as not there.
    }
  }
  return [...found.values()];
}

/**
 * What a caBundle should be: our CAs that are still valid, those of the Secret and those that are registered already, as
 * replicas may serve with either; the newest first, so that all replicas write the same.
 *
 * @param known PEM, of the Secret
 * @param registered PEM, what is there now; what is not a CA of ours is dropped
 * @param commonName of our CAs
 */
export function mergeBundle(known: string, registered: string, commonName: string, now: Date): string {
  const ours = certificatesOf(registered).filter(({ subject }) => subject.split('\n').includes(`CN=${commonName}`));
  const all = new Map([...certificatesOf(known), ...ours].map((each) => [each.fingerprint256, each]));
  return [...all.values()]
    .filter((certificate) => certificate.ca && isValid(certificate, now))
    .sort((a, b) => startOf(b) - startOf(a) || a.fingerprint256.localeCompare(b.fingerprint256))
    .map((certificate) => certificate.toString())
    .join('');
}

/** Whether a client that trusts only this bundle accepts the certificate, as far as signatures go. */
export function trusts(bundle: string, { cert }: Pick<ServedCertificate, 'cert'>, now: Date): boolean {
  const anchors = certificatesOf(bundle).filter((anchor) => isValid(anchor, now));
  const chain = certificatesOf(cert);
  for (const [index, certificate] of chain.entries()) {
    if (anchors.some((anchor) => issued(anchor, certificate))) return true;
    const next = chain[index + 1];
    if (next === undefined || !issued(next, certificate)) return false;
  }
  return false;
}

const issued = (issuer: X509Certificate, certificate: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const startOf = ({ validFrom }: X509Certificate): number => new Date(validFrom).getTime();

const isValid = ({ validFrom, validTo }: X509Certificate, now: Date): boolean =>
  new Date(validFrom) <= now && now < new Date(validTo);
