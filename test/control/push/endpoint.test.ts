import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ControlMetrics } from '../../../src/control/metrics.ts';
import { openPushes, type OpenPushes } from '../../../src/control/push/open.ts';
import { readSecrets } from '../../../src/control/push/secrets.ts';
import type { Pushed } from '../../../src/push/pushed.ts';
import { closed } from '../../../src/server/listen.ts';
import { createLogger } from '../../../src/server/logging.ts';
import { GITHUB } from '../../push/payloads.ts';

const SECRET = 'a secret that nobody guesses';

/** A replica as far as pushes go. */
class Replica {
  readonly pushes: Pushed[] = [];
  readonly metrics = new ControlMetrics({ version: '0.0.0', processMetrics: false });
  isLeader = true;
  leader: string | undefined;
  private opened: OpenPushes | undefined;

  async open(): Promise<void> {
    this.opened = await openPushes(
      { port: 0, host: '127.0.0.1', secrets: () => readSecrets(folder) },
      {
        address: '127.0.0.1',
        pushed: (push) => {
          if (!this.isLeader) return undefined;
          return this.pushes.push(push);
        },
        leaderAddress: () => this.leader,
        metrics: this.metrics,
        logger: createLogger({ level: 'error' }),
      },
    );
  }

  get address(): string {
    return this.opened?.address ?? '';
  }

  async close(): Promise<void> {
    if (this.opened === undefined) return;
    const isClosed = closed(this.opened.server);
    this.opened.server.closeAllConnections();
    await isClosed;
  }

  async post(
    body: string | Uint8Array<ArrayBuffer> = JSON.stringify(GITHUB),
    { secret = SECRET, type = 'application/json', ...more }: Readonly<Record<string, string>> = {},
  ): Promise<{ status: number; answer: { error?: string; message?: string } }> {
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
    const response = await fetch(`http://${this.address}/push`, {
      method: 'POST',
      headers: { 'content-type': type, ...(secret !== '' && { 'x-hub-signature-256': signature }), ...more },
      body,
    });
    return { status: response.status, answer: (await response.json()) as { error?: string; message?: string } };
  }

  async counted(outcome: string): Promise<number> {
    const line = new RegExp(`^buildless_control_pushes_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm');
    return Number(line.exec(await this.metrics.render())?.[1]);
  }
}

let folder: string;
let replica: Replica;
let other: Replica;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-push-'));
  await writeFile(path.join(folder, 'secret'), `${SECRET}\n`);
  [replica, other] = [new Replica(), new Replica()];
  await Promise.all([replica.open(), other.open()]);
});
afterEach(async () => {
  await Promise.all([replica.close(), other.close()]);
  await rm(folder, { recursive: true });
});

describe('POST /push', () => {
  it('says how many workloads are looked up', async () => {
    const { status, answer } = await replica.post();
    expect(status).toBe(202);
    expect(answer).toEqual({
      repository: 'git.example/acme/shop',
      refs: ['main'],
      workloads: 1,
      message: '1 workload follows it and is looked up now',
    });
    expect([...(replica.pushes[0]?.refs ?? [])]).toEqual(['main']);
    expect(await replica.counted('looked-up')).toBe(1);
  });

  it('takes a form with the JSON in it, as GitHub sends unless told otherwise', async () => {
    const form = new URLSearchParams({ payload: JSON.stringify(GITHUB) }).toString();
    const type = 'application/x-www-form-urlencoded';
    expect(await replica.post(form, { type })).toMatchObject({ status: 202 });
    // And what curl makes of JSON.
    expect(await replica.post(undefined, { type })).toMatchObject({ status: 202 });
  });

  it('turns away what nobody signed with a secret of the folder, as it is now', async () => {
    for (const secret of ['', 'another secret of a team']) {
      const { status, answer } = await replica.post(undefined, { secret });
      expect(status).toBe(401);
      expect(answer.error).toContain('the Secret buildless-push');
    }
    expect(replica.pushes).toEqual([]);
    expect(await replica.counted('unsigned')).toBe(2);
    await writeFile(path.join(folder, 'next'), 'another secret of a team');
    expect(await replica.post(undefined, { secret: 'another secret of a team' })).toMatchObject({ status: 202 });
  });

  it('takes nothing while there is no secret, or only one that is easily guessed', async () => {
    await writeFile(path.join(folder, 'secret'), 'hunter2');
    const { status, answer } = await replica.post(undefined, { secret: 'hunter2' });
    expect(status).toBe(503);
    expect(answer.error).toContain('with a key of at least 16 characters');
  });

  it.each([
    ['not JSON', '{'],
    ['about no repository', '{}'],
    ['deeper than anybody nests', '['.repeat(1_000_000)],
  ])('says what is wrong with a body that is %s', async (_, body) => {
    const { status, answer } = await replica.post(body);
    expect(status).toBe(400);
    expect(answer.error).toContain('push events of GitHub');
  });

  it('reads at most 8 MiB', async () => {
    expect(await replica.post(new Uint8Array(8 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
  });

  it('is there, and nothing else is', async () => {
    const got = await fetch(`http://${replica.address}/push`);
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`http://${replica.address}/metrics`)).status).toBe(404);
  });
});

describe('a replica that does not lead', () => {
  beforeEach(() => {
    replica.isLeader = false;
    replica.leader = other.address;
  });

  it('passes a push on to the one that does, with the answer', async () => {
    const { status, answer } = await replica.post();
    expect(status).toBe(202);
    expect(answer.message).toContain('looked up now');
    expect(other.pushes).toHaveLength(1);
    expect(await replica.counted('passed-on')).toBe(1);
    expect(await other.counted('looked-up')).toBe(1);
  });

  it('passes a push on once, even if both think that the other one leads', async () => {
    other.isLeader = false;
    other.leader = replica.address;
    const { status, answer } = await replica.post();
    expect(status).toBe(503);
    expect(answer.error).toContain('no replica of the controller leads now');
  });

  it('says so if the leader does not answer', async () => {
    await other.close();
    expect(await replica.post()).toMatchObject({ status: 503 });
  });

  it('checks the signature before it passes anything on', async () => {
    expect(await replica.post(undefined, { secret: 'another secret of a team' })).toMatchObject({ status: 401 });
    expect(await other.counted('unsigned')).toBe(0);
  });
});
