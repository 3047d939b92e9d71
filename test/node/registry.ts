import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';
import { integrityOf } from '../pod/install/fake-registry.ts';

export interface Listening {
  /** With a slash at its end; Pods reach it. */
  readonly url: string;
  close(): void;
}

/** A server of this machine that Pods reach. */
export async function listen(answer: RequestListener): Promise<Listening> {
  const server = createServer(answer);
  server.listen(0, inject('node').address);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${inject('node').address}:${port}/`,
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

/** Packs version 1.0.0 of a package. */
export function packNpm(name: string, index: string): NpmPackage {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-package-'));
  try {
    mkdirSync(path.join(folder, 'package'));
    writeFileSync(path.join(folder, 'package/package.json'), JSON.stringify({ name, version: '1.0.0' }));
    writeFileSync(path.join(folder, 'package/index.js'), index);
    const archive = execFileSync('tar', ['-czf', '-', '-C', folder, 'package']);
    return { name, archive, integrity: integrityOf(archive) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

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
