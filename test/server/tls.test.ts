import { execFile } from 'node:child_process';
import https from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { ask } from './client.ts';
import { reviewText, run, type Running } from './running.ts';

let running: Running;
beforeEach(async () => {
  running = await run();
});
afterEach(() => running.stop());

interface Handshake {
  readonly protocol: string | null;
  readonly alpn: string | false | null;
  readonly resumed: boolean;
  readonly fingerprint: string;
  readonly session: Buffer;
}

/** Connects, asks something (TLS 1.3 sends tickets after the handshake), and tells what was agreed upon. */
function handshake(options: ConnectionOptions = {}): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    let session: Buffer | undefined;
    const socket: TLSSocket = connect({
      host: '127.0.0.1',
      servername: 'localhost',
      port: running.server.tlsPort,
      ca: running.authority.cert,
      ...options,
    });
    socket.on('secureConnect', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    socket.on('session', (ticket: Buffer) => (session = ticket));
    socket.on('error', reject);
    socket.once('data', () => {
      resolve({
        protocol: socket.getProtocol(),
        alpn: socket.alpnProtocol,
        resumed: socket.isSessionReused(),
        fingerprint: socket.getPeerCertificate().fingerprint256,
        session: session ?? socket.getSession() ?? Buffer.alloc(0),
      });
      socket.destroy();
    });
  });
}

const fingerprint = (): string | undefined => running.certificates.current().chain[0]?.fingerprint;

describe('the TLS port', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s, also after the certificate was changed', async (version) => {
    expect((await handshake({ minVersion: version, maxVersion: version })).protocol).toBe(version);
    running.certificates.change(await running.authority.issue({ hosts: ['localhost'], seconds: 600 }));
    expect((await handshake({ minVersion: version, maxVersion: version })).protocol).toBe(version);
  });

  it('speaks nothing older, also after the certificate was changed', async () => {
    const old: ConnectionOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' };
    await expect(handshake(old)).rejects.toThrow(/alert protocol version/);
    running.certificates.change(await running.authority.issue({ hosts: ['localhost'], seconds: 600 }));
    await expect(handshake(old)).rejects.toThrow(/alert protocol version/);
  });

  it('agrees upon HTTP/1.1 and nothing else', async () => {
    expect((await handshake({ ALPNProtocols: ['h2', 'http/1.1'] })).alpn).toBe('http/1.1');
    await expect(handshake({ ALPNProtocols: ['h2'] })).rejects.toThrow(/no application protocol/);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes a session of %s', async (version) => {
    const pinned = { minVersion: version, maxVersion: version };
    const { session, resumed } = await handshake(pinned);
    expect(resumed).toBe(false);
    expect((await handshake({ ...pinned, session })).resumed).toBe(true);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'resumes none of %s from before a change of the certificate, so that everybody sees the new one',
    async (version) => {
      const pinned = { minVersion: version, maxVersion: version };
      const before = await handshake(pinned);
      expect(before.fingerprint).toBe(fingerprint());
      running.certificates.change(await running.authority.issue({ hosts: ['localhost'], seconds: 600 }));
      const after = await handshake({ ...pinned, session: before.session });
      expect(after.resumed).toBe(false);
      expect(after.fingerprint).toBe(fingerprint());
      expect(after.fingerprint).not.toBe(before.fingerprint);
    },
  );

  it('says in the log that a client does not accept the certificate', async (context) => {
    const failed = await new Promise<string | number | null | undefined>((resolve) => {
      const address = `127.0.0.1:${running.server.tlsPort}`;
      const child = execFile('openssl', ['s_client', '-connect', address, '-verify_return_error'], (error) => {
        resolve(error?.code);
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end();
    });
    if (failed === 'ENOENT') context.skip('openssl is not installed');
    await eventually(() => {
      const line = running.log().find(({ level }) => level === 'warn');
      expect(line).toMatchObject({ code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' });
    });
  });
});

describe('the certificate is changed under load', () => {
  it('without a failed request: open connections stay, new ones get the new one', async () => {
    const { tlsPort: port } = running.server;
    const { cert: ca } = running.authority;
    const kept = new https.Agent({ keepAlive: true, maxSockets: 4 });
    const seen = new Set<string>();
    let done = false;
    let answered = 0;
    const failures: unknown[] = [];
    const work = async (agent: https.Agent | undefined): Promise<void> => {
      while (!done) {
        const uid = String(answered);
        try {
          const answer = await ask({ port, ca, body: reviewText(uid), ...(agent && { agent }) });
          if (answer.status !== 200 || !answer.text.includes(`"uid":"${uid}"`)) failures.push(answer);
          answered += 1;
        } catch (error) {
          failures.push(error);
        }
      }
    };
    const early = await handshake();
    const workers = [kept, kept, kept, kept, undefined, undefined].map(work);
    for (let change = 0; change < 5; change += 1) {
      const before = answered;
      running.certificates.change(await running.authority.issue({ hosts: ['localhost'], seconds: 600 }));
      await eventually(() => {
        expect(answered).toBeGreaterThan(before + 20);
      });
      const { fingerprint: presented } = await handshake();
      expect(presented).toBe(fingerprint());
      seen.add(presented);
    }
    done = true;
    await Promise.all(workers);
    kept.destroy();
    expect(failures).toEqual([]);
    expect(seen.size).toBe(5);
    expect(seen).not.toContain(early.fingerprint);
    const metrics = await running.metrics();
    expect(metrics).toContain('buildless_certificate_reloads_total{outcome="success"} 5');
    const expiry = running.certificates.current().notAfter.getTime() / 1000;
    expect(metrics).toContain(`buildless_certificate_expiry_timestamp_seconds ${expiry}`);
  });

  it('and a bad one changes nothing but a metric and the log', async () => {
    const before = await handshake();
    running.certificates.events().failed({ file: 'tls.key', problem: 'the key is bad', fix: 'write a good one' });
    expect((await handshake()).fingerprint).toBe(before.fingerprint);
    expect(await running.metrics()).toContain('buildless_certificate_reloads_total{outcome="failure"} 1');
    expect(running.log().at(-1)).toMatchObject({ level: 'error', file: 'tls.key', problem: 'the key is bad' });
  });
});
