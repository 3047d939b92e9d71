import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, type Authority } from '../../src/certificates/authority.ts';
import { eventually } from '../eventually.ts';
import { ask, get, type Answer } from './client.ts';
import { startReplica, type Replica, type ReplicaOptions } from './replica.ts';
import { reviewText } from './running.ts';

let authority: Authority;
let folder: string;
let files: Pick<ReplicaOptions, 'certFile' | 'keyFile'>;
const replicas: Replica[] = [];

beforeAll(async () => {
  authority = await createAuthority({ commonName: 'Test CA', seconds: 3600 });
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-stopping-'));
  files = { certFile: path.join(folder, 'tls.crt'), keyFile: path.join(folder, 'tls.key') };
  await renew();
});
afterEach(async () => {
  for (const { signal, ended } of replicas.splice(0)) {
    signal('SIGKILL');
    await ended;
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function renew(): Promise<void> {
  const { cert, key } = await authority.issue({ hosts: ['localhost'], seconds: 600 });
  await Promise.all([writeFile(files.certFile, cert), writeFile(files.keyFile, key)]);
}

async function start(options: Omit<ReplicaOptions, 'certFile' | 'keyFile'>): Promise<Replica> {
  const replica = await startReplica({ ...files, ...options });
  replicas.push(replica);
  return replica;
}

const review = ({ tlsPort }: Replica, uid: string, agent?: https.Agent): Promise<Answer> =>
  ask({ port: tlsPort, ca: authority.cert, body: reviewText(uid), ...(agent && { agent }) });

const messages = ({ lines }: Replica): unknown[] => lines.map(({ msg }) => msg);

async function untilInFlight(replica: Replica, count: number): Promise<void> {
  await eventually(async () => {
    const { text } = await get(replica.plainPort, '/metrics');
    expect(text).toContain(`buildless_admission_reviews_in_flight ${count}\n`);
  });
}

describe('SIGTERM', () => {
  it('under load fails no request of clients that go by readiness, as a Service does, and loses no line of the log', async () => {
    const [old, other] = await Promise.all([start({ drainSeconds: 3 }), start({})]);
    const answers = { old: 0, closing: 0, other: 0 };
    const failures: unknown[] = [];
    let oldIsReady = true;
    let done = false;
    const probe = async (): Promise<void> => {
      while (oldIsReady) {
        oldIsReady = (await get(old.plainPort, '/readyz')).status === 200;
        await delay(20);
      }
    };
    const work = async (): Promise<void> => {
      const agents = { old: new https.Agent({ keepAlive: true }), other: new https.Agent({ keepAlive: true }) };
      while (!done) {
        const name = oldIsReady ? 'old' : 'other';
        try {
          const answer = await review(name === 'old' ? old : other, '3', agents[name]);
          if (answer.status !== 200) failures.push(answer);
          answers[name] += 1;
          if (name === 'old' && answer.headers.connection === 'close') answers.closing += 1;
        } catch (error) {
          failures.push(error);
        }
      }
      agents.old.destroy();
      agents.other.destroy();
    };
    const load = [probe(), ...Array.from({ length: 20 }, work)];
    await eventually(() => {
      expect(answers.old).toBeGreaterThan(200);
    });
    old.signal('SIGTERM');
    expect(await old.ended).toEqual({ code: 0, signal: null });
    await eventually(() => {
      expect(answers.other).toBeGreaterThan(200);
    });
    done = true;
    await Promise.all(load);

    expect(failures).toEqual([]);
    expect(answers.closing).toBeGreaterThan(0);
    expect(messages(old).filter((message) => message === 'review')).toHaveLength(answers.old);
    expect(messages(old).at(-1)).toBe('stopped');
  });

  it('makes it not ready at once, while it lives, answers, and closes each connection after the answer', async () => {
    const replica = await start({ drainSeconds: 600 });
    const agent = new https.Agent({ keepAlive: true });
    expect((await review(replica, '0', agent)).headers.connection).toBe('keep-alive');
    expect((await get(replica.plainPort, '/readyz')).status).toBe(200);
    replica.signal('SIGTERM');
    await eventually(async () => {
      const { status, text } = await get(replica.plainPort, '/readyz');
      expect(status).toBe(503);
      expect(text).toContain('[-]stopping failed: ');
    });
    expect((await get(replica.plainPort, '/healthz')).status).toBe(200);
    expect(await review(replica, '0', agent)).toMatchObject({ status: 200, headers: { connection: 'close' } });
    expect(await review(replica, '0')).toMatchObject({ status: 200, headers: { connection: 'close' } });
    const other = await ask({ port: replica.tlsPort, ca: authority.cert, path: '/nothing', agent });
    expect(other).toMatchObject({ status: 404, headers: { connection: 'close' } });
    agent.destroy();
  });

  it('lets what is in flight finish, and accepts nothing new meanwhile', async () => {
    const replica = await start({});
    const agent = new https.Agent({ keepAlive: true });
    const inFlight = Array.from({ length: 5 }, () => review(replica, 'sigterm+1500', agent));
    await untilInFlight(replica, 5);
    replica.signal('SIGTERM');
    await eventually(() => expect(review(replica, '0')).rejects.toThrow(/ECONNREFUSED/));
    for (const answer of await Promise.all(inFlight)) {
      expect(answer).toMatchObject({ status: 200, headers: { connection: 'close' } });
    }
    expect(await replica.ended).toEqual({ code: 0, signal: null });
  });

  it('does not wait for a review that is never answered longer than the grace', async () => {
    const replica = await start({ graceSeconds: 0.2 });
    const hanging = review(replica, 'never');
    hanging.catch(() => undefined);
    await untilInFlight(replica, 1);
    replica.signal('SIGTERM');
    expect(await replica.ended).toEqual({ code: 0, signal: null });
    await expect(hanging).rejects.toThrow(/socket hang up|ECONNRESET/);
    expect(messages(replica).at(-1)).toBe('stopped');
  });
});

it('a second SIGINT ends the wait for the API servers', async () => {
  const replica = await start({ drainSeconds: 600 });
  replica.signal('SIGINT');
  await eventually(async () => {
    expect((await get(replica.plainPort, '/readyz')).status).toBe(503);
  });
  replica.signal('SIGINT');
  expect(await replica.ended).toEqual({ code: 0, signal: null });
  expect(messages(replica)).toContain('asked again to stop');
});

it('a running process takes new certificate files, and keeps the last good pair while they are bad', async () => {
  const replica = await start({});
  const presented = async (): Promise<unknown> => {
    await review(replica, '0');
    return replica.lines.filter(({ fingerprint }) => fingerprint !== undefined).at(-1)?.fingerprint;
  };
  const first = await presented();
  await writeFile(files.keyFile, 'garbage');
  await eventually(async () => {
    const { text } = await get(replica.plainPort, '/metrics');
    expect(text).toContain('buildless_certificate_reloads_total{outcome="failure"} 1');
  });
  expect(await presented()).toBe(first);
  await renew();
  await eventually(async () => {
    const { text } = await get(replica.plainPort, '/metrics');
    expect(text).toContain('buildless_certificate_reloads_total{outcome="success"} 1');
  });
  await eventually(async () => {
    expect(await presented()).not.toBe(first);
  });
});
