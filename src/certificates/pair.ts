import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { validity, type ServedCertificate } from './source.ts';

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Which of the two texts is at fault, and why, in one sentence without a full stop. */
export interface PairProblem {
  readonly part: 'cert' | 'key';
  readonly problem: string;
}

/**
 * Checks a certificate and its key as a TLS server needs them: both parse, they belong together, the certificate is
 * within its life, and OpenSSL would serve with them.
 *
 * @param cert PEM, the leaf first
 * @param key PEM, not encrypted
 */
export function parsePair(cert: string, key: string, now: Date): ServedCertificate | PairProblem {
  const chain: X509Certificate[] = [];
  for (const [block] of cert.matchAll(CERTIFICATE_BLOCK)) {
    const certificate = attempt(() => new X509Certificate(block));
    if ('failure' in certificate) {
      return { part: 'cert', problem: `certificate ${chain.length + 1} does not parse (${certificate.failure})` };
    }
    chain.push(certificate.value);
  }
  const [leaf] = chain;
  if (leaf === undefined) return { part: 'cert', problem: 'it holds no PEM block CERTIFICATE' };

  const privateKey = attempt(() => createPrivateKey(key));
  if ('failure' in privateKey) return { part: 'key', problem: keyProblem(key, privateKey.failure) };
  if (!belongs(leaf, privateKey.value)) return { part: 'key', problem: 'the key does not belong to the certificate' };

  const notBefore = new Date(leaf.validFrom);
  const notAfter = new Date(leaf.validTo);
  const alive = validity({ notBefore, notAfter }, now);
  if (!alive.ok) return { part: 'cert', problem: alive.reason };

  // OpenSSL has rules of its own, such as the least size of a key.
  const context = attempt(() => createSecureContext({ cert, key }));
  if ('failure' in context) return { part: 'cert', problem: `OpenSSL does not serve with it (${context.failure})` };
  return {
    cert,
    key,
    notBefore,
    notAfter,
    chain: chain.map(({ subject, issuer, validTo, fingerprint256 }) => ({
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      notAfter: new Date(validTo),
      fingerprint: fingerprint256,
    })),
  };
}

function belongs(leaf: X509Certificate, key: KeyObject): boolean {
  const answer = attempt(() => leaf.checkPrivateKey(key));
  return 'value' in answer && answer.value;
}

function keyProblem(key: string, failure: string): string {
  if (key.includes('ENCRYPTED')) return 'the key is encrypted, and nobody is here to give its passphrase';
  return /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)
    ? `the key does not parse (${failure})`
    : 'it holds no PEM block PRIVATE KEY';
}

/** OpenSSL's messages quote no content, so they are safe to show. */
function attempt<T>(parse: () => T): { readonly value: T } | { readonly failure: string } {
  try {
    return { value: parse() };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

const oneLine = (name: string): string => name.split('\n').join(', ');
