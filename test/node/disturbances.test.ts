import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { V1Pod } from '@kubernetes/client-node';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed, RESOURCES, sourceOf } from './functions.ts';
import { answers, ctr } from './machine/containerd.ts';
import { PLACE } from './machine/place.ts';
import { callJson, isReady, readyPod, reread, statusOf } from './pods.ts';

/** Answers with every installed package, its version and the number of its files. */
const FILES = {
  'handler.js': `
const { readdirSync, readFileSync } = require('node:fs');
for (const name of ['axios', 'lodash', 'cloudevents']) require(name);
const root = '/buildless/function/node_modules';
exports.main = () => {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const manifests = entries.filter((entry) => entry.name === 'package.json');
  return { files: entries.filter((entry) => entry.isFile() && entry.name !== '.package-lock.json').length, manifests: manifests.length };
};`,
  'package.json': JSON.stringify({ dependencies: { axios: '1.7.9', lodash: '4.17.21', cloudevents: '8.0.2' } }),
};
const KILLS = 30;
const AT_ONCE = 10;

const containersOf = (filter: string): readonly string[] =>
  ctr('containers', 'ls', '-q', filter).split('\n').filter(Boolean);

const podOf = (name: string): V1Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    labels: { 'buildless.dev/function': 'packages' },
    // npm takes seconds in a container of its own: there is something to interrupt.
    annotations: { 'buildless.dev/runtime': 'nodejs22', 'buildless.dev/installer': 'npm' },
  },
  spec: { containers: [{ name: 'function', image: 'auto', resources: RESOURCES }] },
});

describe('a Function whose node is disturbed', () => {
  given(() => installWebhook());
  let namespace = '';

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    await apply(namespace, deployed('disturbed', { files: FILES }), sourceOf('packages', FILES));
  });
  afterAll(async () => {
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is complete again after its sandbox was killed', async (context) => {
    if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
    const pod = await readyPod(namespace, 'app=disturbed');
    const before = await callJson(pod);
    const [sandbox = ''] = containersOf(
      `labels."io.kubernetes.pod.uid"==${pod.metadata?.uid ?? ''},labels."io.cri-containerd.kind"==sandbox`,
    );
    ctr('tasks', 'kill', '--signal', 'SIGKILL', sandbox);
    const again = await eventually(
      () => reread(pod),
      (each) => isReady(each) && (statusOf(each, 'function')?.restartCount ?? 0) > 0,
      240_000,
    );
    expect(await callJson(again)).toEqual(before);
  });

  it('answers on while containerd is killed and started again, and so does one that is made after', async (context) => {
    if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
    const pod = await readyPod(namespace, 'app=disturbed');
    const restarts = statusOf(pod, 'function')?.restartCount;
    const before = containerd();
    process.kill(before, 'SIGKILL');
    await callJson(pod);
    await eventually(
      () => Promise.resolve(containerd()),
      (now) => now !== 0 && now !== before,
    );
    await eventually(answers, Boolean);
    await apply(namespace, deployed('made-after', { files: { 'handler.js': 'exports.main = () => [1];' } }));
    expect(await callJson(await readyPod(namespace, 'app=made-after'))).toEqual([1]);
    await callJson(pod);
    expect(statusOf(await reread(pod), 'function')?.restartCount).toBe(restarts);
  });

  it(`serves complete packages, or does not start, after its installation was killed at a random point, ${KILLS} times`, async (context) => {
    if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
    const complete = await callJson(await readyPod(namespace, 'app=disturbed'));
    let killed = 0;
    for (let batch = 0; batch < KILLS / AT_ONCE; batch += 1) {
      const names = Array.from({ length: AT_ONCE }, (_, index) => `killed-${batch}-${index}`);
      for (const name of names) await coreApi().createNamespacedPod({ namespace, body: podOf(name) });
      killed += await killEach(names);
      for (const name of names) {
        const pod = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
        expect(await callJson(pod)).toEqual(complete);
      }
      await kubectlOk(['delete', 'pods', '-n', namespace, '--grace-period=1', '--wait=false', ...names]);
    }
    console.log(`installations killed: ${killed} of ${KILLS}`);
    expect(killed).toBeGreaterThan(KILLS / 3);
  });

  /** Kills the container that installs of each Pod once, up to three seconds after it has come up. @returns how many it met */
  async function killEach(names: readonly string[]): Promise<number> {
    const kills = names.map(async (name) => {
      const filter = `labels."io.kubernetes.pod.namespace"==${namespace},labels."io.kubernetes.pod.name"==${name}`;
      const [install = ''] = await eventually(
        () => Promise.resolve(containersOf(`${filter},labels."io.kubernetes.container.name"==buildless-install`)),
        (found) => found.length > 0,
        120_000,
      );
      await delay(Math.random() * 3000);
      try {
        ctr('tasks', 'kill', '--signal', 'SIGKILL', install);
        return 1;
      } catch {
        return 0;
      }
    });
    return (await Promise.all(kills)).reduce<number>((sum, each) => sum + each, 0);
  }
});

/** The process of our containerd; 0 between two of them. */
function containerd(): number {
  const configuration = path.join(PLACE.folder, 'containerd.toml');
  const found = readdirSync('/proc').find((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return path.basename(program) === 'containerd' && args.includes(configuration);
    } catch {
      return false;
    }
  });
  return Number(found ?? 0);
}
