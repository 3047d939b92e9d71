import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { buildless } from '../cli/command.ts';
import { installed } from '../installation/shipped.ts';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk, ROOT, type Printed } from '../cluster/kubectl.ts';
import { call, callJson, nameOf, readyPod, readyPods } from './pods.ts';
import { apply, deployed, sourceOf } from './functions.ts';

const MANIFESTS = ['-f', 'deploy/install.yaml'];

describe('the webhook in the cluster, from deploy/install.yaml as it is', () => {
  given(async () => {
    await kubectlOk(['apply', ...MANIFESTS]);
    return {
      value: undefined,
      // Registrations first, as nothing may be refused while the rest goes.
      async close() {
        for (const object of [...installed()].reverse()) {
          await kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], JSON.stringify(object));
        }
        await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=120s']);
      },
    };
  });

  it('has two Ready replicas, in a namespace that enforces restricted, that wrote the caBundle themselves', async () => {
    const rollout = ['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${WEBHOOK_NAME}`, '--timeout=180s'];
    expect(await kubectlOk(rollout)).toContain('successfully rolled out');
    const pods = await readyPods(INSTALL_NAMESPACE, 'app.kubernetes.io/component=webhook', 2);
    expect(pods.map((pod) => pod.spec?.hostNetwork ?? false)).toEqual([false, false]);
    const bundle = await kubectlOk([
      'get',
      'mutatingwebhookconfiguration/buildless',
      '-o',
      'jsonpath={.webhooks[0].clientConfig.caBundle}',
    ]);
    expect(Buffer.from(bundle, 'base64').toString()).toContain('BEGIN CERTIFICATE');
  });

  it('turns an example into running Pods, over its Service', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['apply', '-n', namespace, '-f', 'examples/hello-python']);
    const [pod] = await readyPods(namespace, 'app=hello-python', 1);
    if (pod === undefined) throw new Error('no Pod');
    expect(await callJson(pod)).toMatchObject({ message: 'Hello, world, from hello-python!' });
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('rolls an edit out and resolves its lock, with the rights and under the policies that it ships with', async () => {
    const rollout = ['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${CONTROL_NAME}`, '--timeout=180s'];
    expect(await kubectlOk(rollout)).toContain('successfully rolled out');
    const namespace = await createNamespace(RESTRICTED);
    const files = (code: string): Readonly<Record<string, string>> => ({
      'handler.js': `exports.main = () => '${code} ' + require('is-odd')(3);`,
      'package.json': '{"dependencies":{"is-odd":"3.0.1"}}',
    });
    await apply(namespace, deployed('edited', { files: files('one') }));
    const answer = async (): Promise<string> => (await call(await readyPod(namespace, 'app=edited'))).text;
    expect(await answer()).toBe('one true');
    await apply(namespace, sourceOf('edited', files('two')));
    await eventually(
      () => answer().catch(() => ''),
      (text) => text === 'two true',
      120_000,
    );
    const where = ['-n', namespace, '--kubeconfig', cluster().kubeconfig];
    const { stdout } = await buildless(['status', ...where, '-o', 'json'], '', ROOT);
    expect(JSON.parse(stdout)).toMatchObject({
      functions: [{ state: 'current', lock: 'controller', level: 'locked' }],
    });
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('is found well by buildless doctor, which asks each Pod for its certificate through a port-forward', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const where = ['--kubeconfig', cluster().kubeconfig, '--probe-namespace', namespace];
    const args = ['dist/buildless.mjs', 'doctor', ...where, '-o', 'json'];
    const { stdout } = await promisify(execFile)(process.execPath, args).catch((error: unknown) => error as Printed);
    const { results } = JSON.parse(stdout) as { results: readonly CheckResult[] };
    const pods = await readyPods(INSTALL_NAMESPACE, 'app.kubernetes.io/component=webhook', 2);
    for (const pod of pods) {
      const detail = expect.stringContaining(`every caBundle trusts what Pod ${nameOf(pod)} serves`) as string;
      expect(results).toContainEqual({ check: 'Certificate', status: 'ok', detail });
    }
    const failures = results.filter(({ status }) => status !== 'ok').map(({ detail }) => detail);
    // Which is true of a cluster of one node.
    expect(failures.filter((detail) => detail !== 'all replicas are on one node')).toEqual([]);
  });

  it('goes on while its replicas are replaced, and so do Functions that are created meanwhile', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['rollout', 'restart', '-n', INSTALL_NAMESPACE, `deployment/${WEBHOOK_NAME}`]);
    await apply(
      namespace,
      deployed('meanwhile', { files: { 'handler.js': "exports.main = () => 'made meanwhile';" } }),
    );
    const [pod] = await readyPods(namespace, 'app=meanwhile', 1);
    if (pod === undefined) throw new Error('no Pod');
    expect((await call(pod)).text).toBe('made meanwhile');
    const status = (): Promise<string> =>
      kubectl(['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${WEBHOOK_NAME}`, '--watch=false']).then(
        ({ stdout }) => stdout,
      );
    await eventually(status, (text) => text.includes('successfully'), 180_000);
    expect(nameOf(pod)).toContain('meanwhile');
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });
});
