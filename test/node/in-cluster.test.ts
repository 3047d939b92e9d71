import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import {
  CONTROL_NAME,
  INSTALL_NAMESPACE,
  PORTS,
  PUSH_SECRET,
  SOURCE_READER,
  WEBHOOK_NAME,
} from '../../src/installation/names.ts';
import { installed, ROOT } from '../installation/shipped.ts';
import { GITHUB } from '../push/payloads.ts';
import { Folders } from '../pod/pod-programs.ts';
import { GO_BUILD_TIMEOUT, goProgram } from '../programs/go-program.ts';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, deleteBackwards, kubectl, kubectlOk, type Printed } from '../cluster/kubectl.ts';
import { call, callJson, nameOf, readyPods } from './pods.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { answerOf, listen, npmrcOf, packNpm } from './registry.ts';

const MANIFESTS = ['-f', 'deploy/install.yaml'];
const folders = new Folders();
afterAll(() => folders.removeAll());

let helmProgram: string | { readonly reason: string } = { reason: 'not looked for' };
beforeAll(async () => {
  if (!('reason' in inject('cluster'))) helmProgram = await goProgram('helm');
}, GO_BUILD_TIMEOUT);

describe('the webhook in the cluster, from deploy/install.yaml as it is', () => {
  given(async () => {
    await kubectlOk(['apply', ...MANIFESTS]);
    return {
      value: undefined,
      async close() {
        await deleteBackwards(installed(), '--wait=false');
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

  it('has a controller, of which one replica leads, and only one of its two containers has a token', async () => {
    const rollout = ['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${CONTROL_NAME}`, '--timeout=180s'];
    expect(await kubectlOk(rollout)).toContain('successfully rolled out');
    const pods = await readyPods(INSTALL_NAMESPACE, 'app.kubernetes.io/component=control', 2);
    const lease = ['get', 'lease', CONTROL_NAME, '-n', INSTALL_NAMESPACE, '-o', 'jsonpath={.spec.holderIdentity}'];
    const holder = await kubectlOk(lease);
    expect(pods.filter((pod) => holder.startsWith(`${nameOf(pod)}_`))).toHaveLength(1);
    const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';
    for (const pod of pods) {
      for (const [container, has] of Object.entries({ control: true, resolver: false })) {
        const program = `process.stdout.write(String(require('node:fs').existsSync('${token}')))`;
        const args = [
          'exec',
          nameOf(pod),
          '-n',
          INSTALL_NAMESPACE,
          '-c',
          container,
          '--',
          '/usr/bin/node',
          '-e',
          program,
        ];
        expect(await kubectlOk(args)).toBe(String(has));
      }
    }
  });

  it('rolls an edit out, with a lock that the controller resolved from a private registry', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const left = packNpm('left', "module.exports = 'left of the registry';");
    const registry = await listen((request, response) => {
      const answer = request.headers.authorization === 'Bearer the-token' ? answerOf(left, request) : undefined;
      response.writeHead(answer === undefined ? 404 : 200).end(answer);
    });
    try {
      const npmrc = npmrcOf(registry.url, 'the-token');
      await kubectlOk(['create', 'secret', 'generic', 'registry', '-n', namespace, `--from-literal=.npmrc=${npmrc}`]);
      await kubectlOk([
        ...['create', 'rolebinding', SOURCE_READER, '-n', namespace, `--clusterrole=${SOURCE_READER}`],
        `--serviceaccount=${INSTALL_NAMESPACE}:${CONTROL_NAME}`,
      ]);
      const annotations = { [ANNOTATIONS.registry]: 'registry' };
      const files = { 'handler.js': "exports.main = () => 'one';" };
      await apply(namespace, deployed('locked', { files, annotations }));
      const [first] = await readyPods(namespace, 'app=locked', 1);
      if (first === undefined) throw new Error('no Pod');
      expect((await call(first)).text).toBe('one');
      const edited = {
        'handler.js': "exports.main = () => require('left');",
        'package.json': '{"dependencies":{"left":"1.0.0"}}',
      };
      await kubectlOk(['apply', '-n', namespace, '-f', '-'], sourceOf('locked', edited));
      const answer = async (): Promise<string> => {
        const pods = await readyPods(namespace, 'app=locked', 1);
        return pods[0] === undefined ? '' : (await call(pods[0]).catch(() => ({ text: '' }))).text;
      };
      expect(await eventually(answer, (text) => text === 'left of the registry', 180_000)).toBe('left of the registry');
      const revisions = ['get', 'configmap', '-n', namespace, '-l', 'buildless.dev/revision-holds=lock', '-o', 'json'];
      expect(await kubectlOk(revisions)).toContain(left.integrity);
    } finally {
      registry.close();
      await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
    }
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

  it('passes helm test, whose Pod runs doctor with the rights that it gets', async (context) => {
    const program = typeof helmProgram === 'string' ? helmProgram : context.skip(helmProgram.reason);
    const helm = (...args: readonly string[]): Promise<{ readonly stdout: string }> =>
      promisify(execFile)(program, [...args, '--namespace', INSTALL_NAMESPACE], {
        env: { ...process.env, KUBECONFIG: cluster().kubeconfig },
      });
    await helm('install', 'buildless', 'deploy/chart', '--take-ownership', '--force-conflicts', '--wait=hookOnly');
    const { stdout } = await helm('test', 'buildless', '--logs', '--timeout=120s');
    expect(stdout).toMatch(/Phase: +Succeeded/);
    expect(stdout).toMatch(/ok +Toolkit/);
    expect(stdout).toMatch(/\d+ ok, 0 failed/);
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

  it('takes webhooks of Git hosts behind its Service once the component is there, and hands them to the replica that leads', async () => {
    const secret = 'a secret that nobody guesses';
    const folder = path.join(await folders.open('push'), 'kustomization');
    await mkdir(folder);
    const relative = (name: string): string => path.relative(folder, path.join(ROOT, 'deploy', name));
    const kustomization = { resources: [relative('.')], components: [relative('components/push')] };
    await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
    const literal = `--from-literal=a=${secret}`;
    await kubectlOk(['create', 'secret', 'generic', PUSH_SECRET, '-n', INSTALL_NAMESPACE, literal]);
    await kubectlOk(['apply', '--server-side', '--force-conflicts', '-k', folder]);
    const rollout = ['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${CONTROL_NAME}`, '--timeout=180s'];
    expect(await kubectlOk(rollout)).toContain('successfully rolled out');
    const slices = ['get', 'endpointslice', '-n', INSTALL_NAMESPACE, '-l', 'kubernetes.io/service-name=buildless-push'];
    // The node of the tests has no kube-proxy: what the Service leads to is asked directly.
    const endpoints = '{range .items[*].endpoints[?(@.conditions.ready==true)]}{.addresses[0]} {end}';
    const addresses = await eventually(
      async () => (await kubectlOk([...slices, '-o', `jsonpath=${endpoints}`])).trim().split(' '),
      ({ length }) => length === 2,
      120_000,
    );
    const body = JSON.stringify(GITHUB);
    const signed = createHmac('sha256', secret).update(body).digest('hex');
    for (const address of addresses) {
      const post = async (signature: string): Promise<string> => {
        const headers = { 'x-hub-signature-256': `sha256=${signature}` };
        const response = await fetch(`http://${address}:${PORTS.push}/push`, { method: 'POST', headers, body });
        return `${response.status} ${await response.text()}`;
      };
      // A replica knows the leader from when it last asked for the Lease.
      expect(
        await eventually(
          () => post(signed),
          (answer) => answer.startsWith('202'),
          60_000,
        ),
      ).toContain('"workloads":0');
      expect(await post(signed.replace(/./g, '0'))).toMatch(/^401 /);
    }
  });
});
