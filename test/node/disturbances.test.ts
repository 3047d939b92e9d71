import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed } from './functions.ts';
import { killInstallations, slowedTo } from './kills.ts';
import { answers, ctr } from './machine/containerd.ts';
import { PLACE } from './machine/place.ts';
import { nodeHandler, podOf, pythonFiles } from './packages.ts';
import { callJson, isReady, readyPod, reread, statusOf } from './pods.ts';

/** Without a lock, as npm alone installs it, within seconds. */
const NPM_FILES = {
  'handler.js': nodeHandler(['axios', 'lodash', 'cloudevents']),
  'package.json': JSON.stringify({ dependencies: { axios: '1.7.9', lodash: '4.17.21', cloudevents: '8.0.2' } }),
};
/** BUILDLESS_TEST_KILLS=20 for the long form. */
const KILLS = Number(process.env.BUILDLESS_TEST_KILLS ?? 10);
const INSTALLATIONS = [
  { installer: 'npm', runtime: 'nodejs22', kills: KILLS },
  { installer: 'pip', runtime: 'python311', kills: Math.ceil(KILLS / 2) },
] as const;

const containersOf = (filter: string): readonly string[] =>
  ctr('containers', 'ls', '-q', filter).split('\n').filter(Boolean);

describe('a Function whose node is disturbed', () => {
  given(() => installWebhook());
  let namespace = '';

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    const files = { npm: NPM_FILES, pip: await pythonFiles() };
    await apply(
      namespace,
      INSTALLATIONS.map(({ installer, runtime }) => {
        const annotations = { 'buildless.dev/installer': installer };
        return deployed(`disturbed-${installer}`, { runtime, files: files[installer], annotations });
      }).flat(),
    );
  });
  afterAll(async () => {
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is complete again after its sandbox was killed', async (context) => {
    if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
    const pod = await readyPod(namespace, 'app=disturbed-npm');
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
    const pod = await readyPod(namespace, 'app=disturbed-npm');
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

  for (const { installer, runtime, kills } of INSTALLATIONS) {
    it(`serves complete packages, or does not start, after its installation by ${installer} was killed at a random point, ${kills} times`, async (context) => {
      if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
      const source = `disturbed-${installer}`;
      const complete = await callJson(await readyPod(namespace, `app=${source}`));
      const annotations = { 'buildless.dev/runtime': runtime, 'buildless.dev/installer': installer };
      const killed = await killInstallations({ namespace, container: 'buildless-install' }, kills, (index) => ({
        pod: podOf(`killed-${installer}-${index}`, source, annotations, slowedTo('500m')),
        complete,
      }));
      expect(killed).toBeGreaterThan(kills / 3);
    });
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
