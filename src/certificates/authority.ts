import { generateKeyPair, randomBytes, X509Certificate, createPrivateKey } from 'node:crypto';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { promisify } from 'node:util';
import forge from 'node-forge';
import { parsePair } from './pair.ts';

export interface AuthorityOptions {
  readonly commonName: string;
  /** How long the CA is valid. */
  readonly seconds: number;
  readonly clock?: () => Date;
}

export interface LeafOptions {
  /** DNS names (also `*.example.com`) and IP addresses. At least one for a server. */
  readonly hosts: readonly string[];
  /** How long it is valid; never longer than the CA. */
  readonly seconds: number;
  /** For a client that proves who it is, instead of a server. */
  readonly client?: { readonly commonName: string };
}

export interface Leaf {
  /** PEM. */
  readonly cert: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface Authority extends Leaf {
  /**
   * Makes a key and signs a certificate for it.
   *
   * @throws RangeError where a host is neither a DNS name nor an IP address; ask `isHost` first
   */
  issue(options: LeafOptions): Promise<Leaf>;
}

/** Clients whose clock is behind accept a new certificate all the same: it is valid from before it was issued. */
export const BACKDATE_SECONDS = 300;
const KEY_BITS = 2048;
/** RFC 5280, ub-common-name. */
const LONGEST_COMMON_NAME = 64;

/**
 * Makes a CA with a new RSA key. The keys come from node:crypto, off the event loop; node-forge builds and signs, which it
 * does for RSA only and blocks for some 20 ms.
 *
 * @example
 * const authority = await createAuthority({ commonName: 'Buildless development CA', seconds: 86_400 });
 * const { cert, key } = await authority.issue({ hosts: ['localhost', '127.0.0.1'], seconds: 3600 });
 */
export async function createAuthority({
  commonName,
  seconds,
  clock = () => new Date(),
}: AuthorityOptions): Promise<Authority> {
  const key = await makeKey();
  const name = [{ name: 'commonName', value: commonName.slice(0, LONGEST_COMMON_NAME) }];
  const certificate = draft(key, name, clock(), seconds);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return authorityOf(sign(certificate, key, key), certificate, key, clock);
}

/**
 * An authority that was made before, such as one that a Secret keeps.
 *
 * @returns why it cannot sign now
 */
export function openAuthority(
  cert: string,
  key: string,
  clock: () => Date = () => new Date(),
): Authority | { readonly problem: string } {
  const pair = parsePair(cert, key, clock());
  if ('problem' in pair) return { problem: pair.problem };
  const own = new X509Certificate(pair.cert);
  if (!own.ca) return { problem: 'the certificate is not a CA certificate' };
  if (own.publicKey.asymmetricKeyType !== 'rsa')
    return { problem: 'the key is not an RSA key, the only kind that signs here' };
  try {
    const publicKey = own.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const keys = keyOf(publicKey, createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString());
    const self = { cert: own.toString(), key: keys.pem, notBefore: pair.notBefore, notAfter: pair.notAfter };
    return authorityOf(self, forge.pki.certificateFromPem(self.cert), keys, clock);
  } catch (error) {
    // OpenSSL reads more than node-forge does.
    return { problem: `it cannot be used to sign (${error instanceof Error ? error.message : String(error)})` };
  }
}

function authorityOf(self: Leaf, certificate: forge.pki.Certificate, key: Key, clock: () => Date): Authority {
  return {
    ...self,
    async issue({ hosts, seconds: leafSeconds, client }) {
      const alternatives = hosts.map(alternativeName);
      const leafKey = await makeKey();
      const leaf = draft(leafKey, leafName(hosts, client), clock(), leafSeconds, self.notAfter);
      leaf.setIssuer(certificate.subject.attributes);
      leaf.setExtensions([
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', ...(client === undefined ? { serverAuth: true } : { clientAuth: true }) },
        ...(alternatives.length > 0 ? [{ name: 'subjectAltName', altNames: alternatives }] : []),
        { name: 'subjectKeyIdentifier' },
        {
          name: 'authorityKeyIdentifier',
          keyIdentifier: keyIdentifierOf(certificate),
        },
      ]);
      return sign(leaf, leafKey, key, self.cert);
    },
  };
}

/** As the CA's certificate has it, which need not be made in node-forge's way; in bytes. */
function keyIdentifierOf(certificate: forge.pki.Certificate): string {
  const extension = certificate.getExtension('subjectKeyIdentifier');
  if (extension !== undefined && 'subjectKeyIdentifier' in extension) {
    return forge.util.hexToBytes(String(extension.subjectKeyIdentifier));
  }
  return certificate.generateSubjectKeyIdentifier().getBytes();
}

/** Whether a certificate can be issued for it. */
export function isHost(host: string): boolean {
  return ipAddress(host) !== undefined || dnsName(host) !== undefined;
}

interface Key {
  readonly pem: string;
  readonly public: forge.pki.rsa.PublicKey;
  readonly private: forge.pki.rsa.PrivateKey;
}

async function makeKey(): Promise<Key> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return keyOf(publicKey, privateKey);
}

const keyOf = (publicKey: string, privateKey: string): Key => ({
  pem: privateKey,
  public: forge.pki.publicKeyFromPem(publicKey),
  private: forge.pki.privateKeyFromPem(privateKey),
});

function draft(
  key: Key,
  subject: forge.pki.CertificateField[],
  now: Date,
  seconds: number,
  latest?: Date,
): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = key.public;
  certificate.serialNumber = serialNumber();
  const notAfter = now.getTime() + seconds * 1000;
  certificate.validity.notBefore = new Date(now.getTime() - BACKDATE_SECONDS * 1000);
  certificate.validity.notAfter = new Date(Math.min(notAfter, latest?.getTime() ?? notAfter));
  certificate.setSubject(subject);
  return certificate;
}

/** 128 random bits but for the first two: not negative, no leading zero (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0);
  return bytes.toString('hex');
}

function sign(certificate: forge.pki.Certificate, key: Key, signer: Key, issuer?: string): Leaf {
  certificate.sign(signer.private, forge.md.sha256.create());
  const cert = forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
  // OpenSSL judges what node-forge wrote before anybody is served with it.
  const read = new X509Certificate(cert);
  const parent = issuer === undefined ? read : new X509Certificate(issuer);
  if (!read.verify(parent.publicKey) || !read.checkIssued(parent) || !read.checkPrivateKey(createPrivateKey(key.pem))) {
    throw new Error(`OpenSSL does not verify the certificate that was made for ${read.subject}`);
  }
  return { cert, key: key.pem, notBefore: new Date(read.validFrom), notAfter: new Date(read.validTo) };
}

function leafName(hosts: readonly string[], client: LeafOptions['client']): forge.pki.CertificateField[] {
  const wanted = client?.commonName ?? hosts[0] ?? '';
  // The names that count are in subjectAltName; a cut host name would be that of somebody else.
  const value = wanted !== '' && wanted.length <= LONGEST_COMMON_NAME ? wanted : 'buildless';
  return [{ name: 'commonName', value }];
}

/** Numbers of GeneralName's choices: RFC 5280, 4.2.1.6. */
function alternativeName(
  host: string,
): { readonly type: 7; readonly ip: string } | { readonly type: 2; readonly value: string } {
  const ip = ipAddress(host);
  if (ip !== undefined) return { type: 7, ip };
  const value = dnsName(host);
  if (value === undefined) throw new RangeError(`${JSON.stringify(host)} is neither a DNS name nor an IP address`);
  return { type: 2, value };
}

/** An IPv6 address comes back without dotted parts, which node-forge does not read; one with a zone is none. */
function ipAddress(host: string): string | undefined {
  if (isIP(host) === 4) return host;
  const url = `http://[${host}]/`;
  return isIP(host) === 6 && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : undefined;
}

function dnsName(host: string): string | undefined {
  const ascii = domainToASCII(host);
  return /^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(ascii) &&
    ascii.length <= 253
    ? ascii
    : undefined;
}
