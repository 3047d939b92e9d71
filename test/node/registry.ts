import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { integrityOf } from '../pod/install/fake-registry.ts';
import { wheelRecord } from '../wheel-record.ts';

export interface Listening {
  /** With a slash at its end; Pods reach it. */
  readonly url: string;
  close(): void;
}

/** A server of this machine that Pods reach, at the address that they reach it by. */
export async function listen(answer: RequestListener, address = inject('node').address): Promise<Listening> {
  const server = createServer(answer);
  server.listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return {
    url: `http://${address}:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The text of an `.npmrc` for a registry. */
export const npmrcOf = (url: string, token: string): string =>
  `registry=${url}\n${url.replace('http:', '')}:_authToken=${token}\n`;

export interface NpmPackage {
  readonly name: string;
  readonly integrity: string;
  readonly archive: Buffer;
}

/** Packs a package, version 1.0.0 unless its manifest says otherwise. */
export function packNpm(name: string, index: string, manifest: object = {}): NpmPackage {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-package-'));
  try {
    mkdirSync(path.join(folder, 'package'));
    writeFileSync(path.join(folder, 'package/package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
    writeFileSync(path.join(folder, 'package/index.js'), index);
    const archive = execFileSync('tar', ['-czf', '-', '-C', folder, 'package']);
    return { name, archive, integrity: integrityOf(archive) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface Wheel {
  readonly name: string;
  /** Hexadecimal. */
  readonly sha256: string;
  readonly archive: Buffer;
}

/** Packs version 1.0.0 of a package of one module (packaging.python.org, "Binary distribution format"). */
export function packWheel(name: string, module: string): Wheel {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-package-'));
  try {
    const info = `${name}-1.0.0.dist-info`;
    mkdirSync(path.join(folder, info));
    const content = {
      [`${name}.py`]: module,
      [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.0\n`,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    };
    const record = `${info}/RECORD`;
    for (const [file, text] of Object.entries({ ...content, [record]: wheelRecord(content, record) }))
      writeFileSync(path.join(folder, file), text);
    execFileSync('python3', ['-m', 'zipfile', '-c', 'wheel.zip', `${name}.py`, info], { cwd: folder });
    const archive = readFileSync(path.join(folder, 'wheel.zip'));
    return { name, archive, sha256: createHash('sha256').update(archive).digest('hex') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What an index says of a wheel at a path (peps.python.org/pep-0503); undefined for a path that is not its. */
export function answerOfIndex({ name, archive, sha256 }: Wheel, request: IncomingMessage): Buffer | undefined {
  const file = `${name}-1.0.0-py3-none-any.whl`;
  if (request.url === `/files/${file}`) return archive;
  return request.url === `/simple/${name}/`
    ? Buffer.from(`<!DOCTYPE html><a href="/files/${file}#sha256=${sha256}">${file}</a>`)
    : undefined;
}

/** The text of a `pip.conf` for an index without TLS. */
export const pipConfOf = (url: string): string =>
  `[global]\nindex-url = ${url}simple/\ntrusted-host = ${new URL(url).host}\n`;

/** As all registries name it: bun knows the address of what a lock has by that. */
const fileOf = (name: string): string => `${name.replace(/^@[^/]+\//, '')}-1.0.0.tgz`;

/** What an npm registry says of a package at a path; undefined for a path that is not its. */
export function answerOf({ name, archive, integrity }: NpmPackage, request: IncomingMessage): Buffer | undefined {
  const asked = decodeURIComponent(request.url ?? '');
  if (asked === `/${name}/-/${fileOf(name)}`) return archive;
  if (asked !== `/${name}`) return undefined;
  const tarball = `http://${request.headers.host ?? ''}/${name}/-/${fileOf(name)}`;
  const manifest = { name, version: '1.0.0', dist: { tarball, integrity } };
  const document = { name, 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': manifest } };
  return Buffer.from(JSON.stringify(document));
}
