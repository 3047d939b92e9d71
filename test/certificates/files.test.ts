import { createPrivateKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthority, type Authority, type Leaf } from '../../src/certificates/authority.ts';
import { openCertificateFiles } from '../../src/certificates/files.ts';
import type { CertificateSource, ServedCertificate } from '../../src/certificates/source.ts';
import type { Problem } from '../../src/outcome/problem.ts';
import { eventually } from '../eventually.ts';

const NOW = new Date('2030-06-01T12:00:00Z');
const INTERVAL = 10;

let authority: Authority;
let first: Leaf;
let second: Leaf;
let folder: string;
let certFile: string;
let keyFile: string;
let running: CertificateSource | undefined;

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Test CA', seconds: 1000, clock: () => NOW });
  first = await authority.issue({ hosts: ['first.test'], seconds: 100 });
  second = await authority.issue({ hosts: ['second.test'], seconds: 200 });
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-files-'));
  certFile = path.join(folder, 'tls.crt');
  keyFile = path.join(folder, 'tls.key');
});
afterEach(async () => {
  running?.stop();
  running = undefined;
  await rm(folder, { recursive: true });
});

/** Without giving up the thread, so that at most one look, which had begun before, sees half of it. */
function write(pair: { readonly cert: string; readonly key: string }): void {
  writeFileSync(certFile, pair.cert);
  writeFileSync(keyFile, pair.key);
}

const open = (clock: () => Date = () => NOW): ReturnType<typeof openCertificateFiles> =>
  openCertificateFiles({ certFile, keyFile, intervalMilliseconds: INTERVAL, clock });

interface Events {
  readonly source: CertificateSource;
  readonly changes: ServedCertificate[];
  readonly problems: Problem[];
}

/** Opens what is in the folder and follows it. */
async function follow(clock?: () => Date): Promise<Events> {
  const opened = await open(clock);
  if ('problem' in opened) throw new Error(opened.problem.problem);
  const { source } = opened;
  const changes: ServedCertificate[] = [];
  const problems: Problem[] = [];
  running = source;
  await source.start({
    changed: (certificate) => changes.push(certificate),
    failed: (problem) => problems.push(problem),
  });
  return { source, changes, problems };
}

const looks = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * INTERVAL));

describe('a certificate from files', () => {
  it('is served with what is known of it', async () => {
    write({ cert: first.cert + authority.cert, key: first.key });
    const opened = await open();
    expect(opened).toMatchObject({ source: expect.anything() as unknown });
    if ('problem' in opened) return;
    const certificate = opened.source.current();
    expect(certificate.notAfter).toEqual(first.notAfter);
    expect(certificate.chain.map(({ subject, issuer }) => ({ subject, issuer }))).toEqual([
      { subject: 'CN=first.test', issuer: 'CN=Test CA' },
      { subject: 'CN=Test CA', issuer: 'CN=Test CA' },
    ]);
    expect(certificate.chain[0]?.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(opened.source.healthy()).toEqual({ ok: true });
  });

  describe('is turned down at the start, with the file and the reason, where', () => {
    const encrypted = (): string =>
      createPrivateKey(first.key)
        .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
        .toString();
    it.each<[string, () => { readonly cert: string; readonly key: string }, 'tls.crt' | 'tls.key', RegExp]>([
      ['the certificate is no PEM', () => ({ cert: 'garbage', key: first.key }), 'tls.crt', /no PEM block CERTIFICATE/],
      [
        'the certificate is cut off',
        () => ({ cert: first.cert.slice(0, 300), key: first.key }),
        'tls.crt',
        /no PEM block CERTIFICATE/,
      ],
      [
        'an intermediate does not parse',
        () => ({
          cert: `${first.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
          key: first.key,
        }),
        'tls.crt',
        /^certificate 2 does not parse/,
      ],
      ['the key is no PEM', () => ({ cert: first.cert, key: '' }), 'tls.key', /no PEM block PRIVATE KEY/],
      [
        'the key does not parse',
        () => ({ cert: first.cert, key: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' }),
        'tls.key',
        /^the key does not parse/,
      ],
      ['the key is encrypted', () => ({ cert: first.cert, key: encrypted() }), 'tls.key', /encrypted/],
      [
        'the key is that of another certificate',
        () => ({ cert: first.cert, key: second.key }),
        'tls.key',
        /does not belong to the certificate/,
      ],
    ])('%s', async (_name, pair, file, reason) => {
      write(pair());
      const opened = await open();
      expect(opened).toMatchObject({
        problem: { file: path.join(folder, file), problem: expect.stringMatching(reason) as unknown },
      });
    });

    it('there is no file', async () => {
      expect(await open()).toMatchObject({ problem: { file: certFile, problem: 'the file does not exist' } });
    });

    it('it expired, or is not valid yet', async () => {
      write(first);
      expect(await open(() => new Date('2031-01-01'))).toMatchObject({
        problem: { file: certFile, problem: 'the certificate expired at 2030-06-01T12:01:40.000Z' },
      });
      expect(await open(() => new Date('2030-01-01'))).toMatchObject({
        problem: { file: certFile, problem: 'the certificate is valid from 2030-06-01T11:55:00.000Z on' },
      });
    });
  });

  it('is exchanged when the files are written anew', async () => {
    write(first);
    const { source, changes, problems } = await follow();
    write(second);
    await eventually(() => {
      expect(source.current().cert).toBe(second.cert);
    });
    await looks(5);
    expect(changes.map(({ cert }) => cert)).toEqual([second.cert]);
    expect(problems).toEqual([]);
  });

  it('is exchanged when the kubelet swaps the ..data link of a mounted Secret', async () => {
    const mount = async (name: string, pair: Leaf): Promise<void> => {
      await mkdir(path.join(folder, name));
      await writeFile(path.join(folder, name, 'tls.crt'), pair.cert);
      await writeFile(path.join(folder, name, 'tls.key'), pair.key);
      await symlink(name, path.join(folder, '..data_tmp'));
      await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    };
    await mount('..2030_1', first);
    await symlink(path.join('..data', 'tls.crt'), certFile);
    await symlink(path.join('..data', 'tls.key'), keyFile);
    const { source, changes } = await follow();
    await mount('..2030_2', second);
    await eventually(() => {
      expect(source.current().cert).toBe(second.cert);
    });
    expect(changes).toHaveLength(1);
  });

  it('stays while the new one is bad, says so once for each bad one, and is exchanged when it is good', async () => {
    write(first);
    const { source, changes, problems } = await follow();
    writeFileSync(certFile, 'garbage');
    await eventually(() => {
      expect(problems).toHaveLength(1);
    });
    await looks(10);
    write({ cert: second.cert, key: first.key });
    await eventually(() => {
      expect(problems).toHaveLength(2);
    });
    await rm(keyFile);
    await eventually(() => {
      expect(problems).toHaveLength(3);
    });
    expect(source.current().cert).toBe(first.cert);
    expect(source.healthy()).toEqual({ ok: true });
    expect(changes).toEqual([]);
    expect(problems.map(({ file, problem }) => [path.basename(file ?? ''), problem])).toEqual([
      ['tls.crt', 'it holds no PEM block CERTIFICATE'],
      ['tls.key', 'the key does not belong to the certificate'],
      ['tls.key', 'the file does not exist'],
    ]);
    write(second);
    await eventually(() => {
      expect(changes.map(({ cert }) => cert)).toEqual([second.cert]);
    });
  });

  it('is not exchanged for one that is not valid yet, until it is', async () => {
    let now = NOW;
    const later = await createAuthority({
      commonName: 'Later CA',
      seconds: 5000,
      clock: () => new Date('2030-06-01T12:30:00Z'),
    });
    const pair = await later.issue({ hosts: ['later.test'], seconds: 100 });
    write(first);
    const { source, problems } = await follow(() => now);
    write(pair);
    await eventually(() => {
      expect(problems.map(({ problem }) => problem)).toEqual([
        'the certificate is valid from 2030-06-01T12:25:00.000Z on',
      ]);
    });
    expect(source.current().cert).toBe(first.cert);
    now = new Date('2030-06-01T12:30:00Z');
    await eventually(() => {
      expect(source.current().cert).toBe(pair.cert);
    });
    expect(source.healthy()).toEqual({ ok: true });
  });

  it('is not healthy any more when it has expired, and still the one that is served', async () => {
    let now = NOW;
    write(first);
    const { source } = await follow(() => now);
    now = first.notAfter;
    expect(source.healthy()).toEqual({ ok: false, reason: 'the certificate expired at 2030-06-01T12:01:40.000Z' });
    expect(source.current().cert).toBe(first.cert);
  });
});
