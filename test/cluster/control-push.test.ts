import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { type GitServer, Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { startResolver } from '../resolve/running-resolver.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { appsApi, functionDeployment, stamped } from './revisions.ts';

const SECRET = 'a secret that nobody guesses';
/** So long that nothing but a webhook rolls a push out. */
const CONFIGURATION = 'git: { interval: 1h }';

const folders = new Folders();
let repository: Repository;
let server: GitServer;
let secrets: string;

beforeAll(async () => {
  if ('reason' in inject('cluster')) return;
  const folder = await folders.open('repositories');
  repository = new Repository(folder, 'orders');
  await repository.commit({ 'handler.js': "exports.main = () => 'one';\n" });
  repository.push();
  server = await startGitServer(folder);
  secrets = await folders.open('secrets');
  await writeFile(path.join(secrets, 'secret'), `${SECRET}\n`);
});
afterAll(async () => {
  if ('reason' in inject('cluster')) return;
  await server.close();
  await folders.removeAll();
});

interface Replicas {
  readonly leader: ControllerProcess;
  readonly other: ControllerProcess;
}

async function openReplicas(): Promise<Opened<Replicas>> {
  const resolver = await startResolver({ GIT_SSL_CAINFO: server.authority });
  const namespace = await createNamespace();
  const options = { namespace, resolver: resolver.socket, pushSecrets: secrets, configuration: CONFIGURATION };
  const leader = await startController(options);
  await leader.untilLeading();
  const other = await startController(options);
  const webhook = await installWebhook({ leaseNamespace: namespace, configuration: CONFIGURATION });
  return {
    value: { leader, other },
    async close() {
      await webhook.close();
      await Promise.all([leader.stop(), other.stop()]);
      await resolver.close();
    },
  };
}

/** As GitHub tells of a push. */
async function tell(replica: ControllerProcess, ref = 'refs/heads/main', secret = SECRET): Promise<[number, string]> {
  const body = JSON.stringify({ ref, repository: { clone_url: `${server.origin}/orders.git` } });
  const response = await fetch(`http://127.0.0.1:${replica.pushPort ?? 0}/push`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
    body,
  });
  return [response.status, await response.text()];
}

describe('a webhook of the Git host', () => {
  const opened = given(openReplicas);
  const commit = async (answer: string): Promise<string> => {
    const hash = await repository.commit({ 'handler.js': `exports.main = () => '${answer}';\n` });
    repository.push();
    return hash;
  };
  const followed = async (): Promise<string> => {
    const namespace = await createNamespace(OPTED_IN);
    const source = { [ANNOTATIONS.source]: `git+${server.origin}/orders.git?ref=main` };
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello', {}, source) });
    await stamped(namespace, 'hello');
    return namespace;
  };

  it.withControllers('rolls a push out, whichever replica hears of it', async () => {
    const namespace = await followed();
    const { leader, other } = opened();
    for (const [replica, answer] of [
      [leader, 'two'],
      [other, 'three'],
    ] as const) {
      const hash = await commit(answer);
      // The other one learns of the leader when it next asks for the Lease.
      const [status, text] = await eventually(
        () => tell(replica),
        ([code]) => code !== 503,
      );
      expect([status, text]).toEqual([202, expect.stringContaining('looked up now')]);
      await stamped(namespace, 'hello', (stamp) => stamp === `commit:${hash}`);
    }
    expect((await other.metrics()).sum('buildless_control_pushes_total', { outcome: 'passed-on' })).toBe(1);
  });

  it('asks the remote for nothing if it is about another branch, or nobody signed it', async () => {
    const { leader } = opened();
    const [status, text] = await tell(leader, 'refs/heads/other');
    expect([status, text]).toEqual([202, expect.stringContaining('no workload of a Function follows')]);
    expect((await tell(leader, 'refs/heads/main', 'another secret of a team'))[0]).toBe(401);
    const metrics = await leader.metrics();
    expect(metrics.sum('buildless_control_pushes_total', { outcome: 'no-function' })).toBe(1);
    expect(metrics.sum('buildless_control_pushes_total', { outcome: 'unsigned' })).toBe(1);
  });

  it.withControllers('brings the next push as well, if one comes while the remote is asked', async () => {
    const namespace = await followed();
    const { leader } = opened();
    let last = '';
    for (const answer of ['a', 'b', 'c', 'd']) {
      last = await commit(answer);
      await tell(leader);
    }
    await stamped(namespace, 'hello', (stamp) => stamp === `commit:${last}`);
  });
});
