import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, isHost, type Authority, type Leaf } from '../../src/certificates/authority.ts';

const HOUR = 3600;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

let authority: Authority;
let leaf: Leaf;
beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Test CA', seconds: 24 * HOUR });
  leaf = await authority.issue({ hosts: ['webhook.test', '*.wild.test', '127.0.0.1', '::1'], seconds: HOUR });
});

/** What a client that trusts only the CA says to a server with this certificate: `accepted`, or the error's code. */
async function handshake(served: Leaf, servername: string): Promise<string> {
  const server = createServer({ cert: served.cert, key: served.key }, (socket) => socket.on('error', () => undefined));
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  try {
    return await new Promise((resolve) => {
      const socket: TLSSocket = connect(
        { port, host: '127.0.0.1', ca: authority.cert, ...(servername !== '' && { servername }) },
        () => {
          socket.destroy();
          resolve(socket.authorized ? 'accepted' : String(socket.authorizationError));
        },
      );
      socket.on('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
    });
  } finally {
    server.close();
  }
}

describe('the authority', () => {
  it.each(['webhook.test', 'any.wild.test', ''])('issues what a TLS client accepts for %j', async (servername) => {
    expect(await handshake(leaf, servername)).toBe('accepted');
  });

  it('issues nothing that is accepted for another name', async () => {
    expect(await handshake(leaf, 'other.test')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  });

  it('is not trusted by a client that trusts another CA of the same name', async () => {
    const twin = await createAuthority({ commonName: 'Test CA', seconds: HOUR });
    expect(await handshake(await twin.issue({ hosts: ['webhook.test'], seconds: HOUR }), 'webhook.test')).not.toBe(
      'accepted',
    );
  });

  it('issues what OpenSSL verifies strictly, and no leaf that could sign others', (context) => {
    try {
      execFileSync('openssl', ['version']);
    } catch {
      context.skip('openssl is not installed');
    }
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-authority-'));
    try {
      const caFile = path.join(folder, 'ca.crt');
      const leafFile = path.join(folder, 'tls.crt');
      writeFileSync(caFile, authority.cert);
      writeFileSync(leafFile, leaf.cert);
      const verify = (...more: string[]): string =>
        execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', caFile, ...more, leafFile], {
          encoding: 'utf8',
          stdio: 'pipe',
        });
      expect(verify('-purpose', 'sslserver', '-verify_hostname', 'webhook.test')).toContain(': OK');
      expect(verify('-purpose', 'sslserver', '-verify_ip', '::1')).toContain(': OK');
      expect(() => verify('-purpose', 'sslclient')).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('marks the CA as one and the leaf as none', () => {
    expect(new X509Certificate(authority.cert).ca).toBe(true);
    expect(new X509Certificate(leaf.cert).ca).toBe(false);
    expect(new X509Certificate(leaf.cert).keyUsage).toEqual([SERVER_AUTH]);
  });

  it('writes hosts as DNS names and IP addresses, international names in ASCII', async () => {
    const { cert } = await authority.issue({ hosts: ['Bücher.test', '::ffff:10.0.0.1', '10.1.2.3'], seconds: HOUR });
    expect(new X509Certificate(cert).subjectAltName).toBe(
      'DNS:xn--bcher-kva.test, IP Address:0:0:0:0:0:FFFF:A00:1, IP Address:10.1.2.3',
    );
  });

  it('gives every certificate a positive serial number of 128 bits of its own', async () => {
    const others = await Promise.all(
      Array.from({ length: 3 }, () => authority.issue({ hosts: ['a.test'], seconds: HOUR })),
    );
    const serials = [authority, leaf, ...others].map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(new Set(serials).size).toBe(serials.length);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  it('takes the time from the clock, begins a little before, and lets no leaf outlive the CA', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const dated = await createAuthority({ commonName: 'Dated CA', seconds: HOUR, clock: () => now });
    const short = await dated.issue({ hosts: ['a.test'], seconds: 60 });
    const long = await dated.issue({ hosts: ['a.test'], seconds: 100 * HOUR });
    expect(dated.notBefore).toEqual(new Date('2029-12-31T23:55:00Z'));
    expect(dated.notAfter).toEqual(new Date('2030-01-01T01:00:00Z'));
    expect(short.notAfter).toEqual(new Date('2030-01-01T00:01:00Z'));
    expect(long.notAfter).toEqual(dated.notAfter);
  });

  it('issues a certificate for a client that no server can use', async () => {
    const client = await authority.issue({ hosts: [], seconds: HOUR, client: { commonName: 'kube-apiserver' } });
    const read = new X509Certificate(client.cert);
    expect(read.keyUsage).toEqual([CLIENT_AUTH]);
    expect(read.subject).toBe('CN=kube-apiserver');
    expect(await handshake(client, 'webhook.test')).toBe('INVALID_PURPOSE');
  });

  it('does not cut a long host name into the name of somebody else', async () => {
    const host = `${'a'.repeat(60)}.${'b'.repeat(60)}.test`;
    const read = new X509Certificate((await authority.issue({ hosts: [host], seconds: HOUR })).cert);
    expect(read.subject).toBe('CN=buildless');
    expect(read.checkHost(host)).toBe(host);
  });

  it.each([
    ['localhost', true],
    ['buildless.buildless-system.svc', true],
    ['*.example.com', true],
    ['10.0.0.1', true],
    ['fd00::1', true],
    ['', false],
    ['two words', false],
    ['a..b', false],
    ['-a.test', false],
    ['a.test:8443', false],
    ['https://a.test', false],
    ['fe80::1%eth0', false],
    ['a*.test', false],
    ['x'.repeat(64), false],
  ])('knows whether %j is a host: %s', async (host, expected) => {
    expect(isHost(host)).toBe(expected);
    const issued = authority.issue({ hosts: [host], seconds: HOUR });
    if (expected) expect((await issued).cert).toContain('BEGIN CERTIFICATE');
    else await expect(issued).rejects.toThrow(RangeError);
  });
});
