import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../src/certificates/authority.ts';
import { openClientAuthority } from '../../src/certificates/client-authority.ts';
import { ask } from './client.ts';
import { reviewText, run, type Running } from './running.ts';

let folder: string;
let clients: Authority;
let running: Running | undefined;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'buildless-clients-'));
  clients = await createAuthority({ commonName: 'Clients', seconds: 3600 });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

/** A server that asks clients for a certificate of the CA in a file. */
async function serving(
  names?: readonly string[],
): Promise<(client?: Authority, commonName?: string) => Promise<string>> {
  const file = path.join(folder, 'clients.crt');
  writeFileSync(file, clients.cert);
  const opened = await openClientAuthority({
    file,
    intervalMilliseconds: 20,
    failed: () => undefined,
    ...(names !== undefined && { names }),
  });
  if ('problem' in opened) throw new Error(opened.problem.problem);
  const started = await run({ clients: opened.authority });
  running = started;
  return async (client, commonName = 'kube-apiserver') => {
    const leaf = await client?.issue({ hosts: [], seconds: 600, client: { commonName } });
    const agent = new https.Agent({ maxCachedSessions: 0, ...(leaf && { cert: leaf.cert, key: leaf.key }) });
    try {
      const { status } = await ask({
        port: started.server.tlsPort,
        ca: started.authority.cert,
        agent,
        body: reviewText('u-1'),
      });
      return String(status);
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    } finally {
      agent.destroy();
    }
  };
}

describe('a server that asks its clients for a certificate', () => {
  it('answers one of the CA, and nobody else', async () => {
    const reviewed = await serving();
    expect(await reviewed(clients)).toBe('200');
    expect(await reviewed()).not.toBe('200');
    expect(await reviewed(await createAuthority({ commonName: 'Clients', seconds: 3600 }))).not.toBe('200');
  });

  it('answers only the common names that are given, where any are', async () => {
    const reviewed = await serving(['kube-apiserver']);
    expect(await reviewed(clients, 'kube-apiserver')).toBe('200');
    expect(await reviewed(clients, 'somebody')).not.toBe('200');
  });

  it('takes another CA when the file changes, without a restart, and stays with the last good one', async () => {
    const reviewed = await serving();
    const other = await createAuthority({ commonName: 'Others', seconds: 3600 });
    writeFileSync(path.join(folder, 'clients.crt'), 'garbage');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await reviewed(clients)).toBe('200');
    writeFileSync(path.join(folder, 'clients.crt'), other.cert);
    await expect.poll(() => reviewed(other), { timeout: 10_000 }).toBe('200');
    expect(await reviewed(clients)).not.toBe('200');
  });
});

it('says what is wrong with a file that holds no CA', async () => {
  const file = path.join(folder, 'leaf.crt');
  writeFileSync(file, (await clients.issue({ hosts: ['a.test'], seconds: 600 })).cert);
  expect(await openClientAuthority({ file, failed: () => undefined })).toMatchObject({
    problem: { file, problem: 'it holds no certificate of a CA' },
  });
});
