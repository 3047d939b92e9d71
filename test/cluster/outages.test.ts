import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, POLICY_LABELS, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { deployment, functionPod, plainPod, source } from './functions.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { installWebhook, OPTED_IN, RESTRICTED, type Installed } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';
import { kubeconfigThrough } from './proxied.ts';
import { openTcpProxy, type TcpProxy } from './tcp-proxy.ts';
import type { Webhook } from './webhook.ts';

describe('while the webhook is down', () => {
  const installed = given(() => installWebhook());

  it('whatever is no Function is not affected', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await installed().webhook().kill();
    try {
      await kubectlOk(['create', '-n', namespace, '-f', '-'], plainPod('plain'));
      await kubectlOk(['create', 'configmap', 'settings', '-n', namespace, '--from-literal=a=b']);
      const other = await createNamespace();
      await kubectlOk(['create', '-n', other, '-f', '-'], functionPod('hello'));
    } finally {
      await installed().start();
    }
  });

  it.withControllers(
    'Functions are refused with a message that says why, and come by themselves once it is back',
    async () => {
      const namespace = await createNamespace(OPTED_IN);
      await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
      await installed().webhook().kill();
      try {
        const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
        expect(status).toBe(1);
        expect(stderr).toContain('failed calling webhook "pods.validate.buildless.dev"');
        expect(stderr).toContain('connection refused');
        await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('hello', 2));
        await kubectlOk([
          'wait',
          'deployment/hello',
          '-n',
          namespace,
          '--for=condition=ReplicaFailure',
          '--timeout=30s',
        ]);
      } finally {
        await installed().start();
      }
      const pods = await podsOf(namespace, 'app=hello', 2);
      for (const { metadata } of pods) expect(metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
    },
  );

  it('a Function that only the mutating half missed is refused instead of started without its code', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    const configuration = await kubectlOk(['get', 'mutatingwebhookconfiguration', 'buildless', '-o', 'json']);
    // Nobody listens on port 1.
    const patch = [{ op: 'replace', path: '/webhooks/0/clientConfig/url', value: 'https://127.0.0.1:1/mutate' }];
    await kubectlOk(['patch', 'mutatingwebhookconfiguration', 'buildless', '--type=json', '-p', JSON.stringify(patch)]);
    try {
      const pod = functionPod('hello', {
        spec: {
          containers: [
            {
              name: 'function',
              image: 'own:1',
              securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
            },
          ],
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        },
      });
      const { stderr } = await eventually(
        () => kubectl(['create', '--dry-run=server', '-n', namespace, '-f', '-'], pod),
        ({ status }) => status === 1,
      );
      expect(stderr).toContain('admission webhook "pods.validate.buildless.dev" denied the request');
      expect(stderr).toContain('[not-injected]');
    } finally {
      await kubectlOk(['replace', '-f', '-'], configuration.replace(/"resourceVersion": "\d+",?/, ''));
    }
  });
});

interface CutOff extends Installed {
  readonly proxy: TcpProxy;
  readonly apiServerPort: number;
}

/** The webhook reaches the API server through a proxy that a test can cut. */
async function installBehindProxy(): Promise<Opened<CutOff>> {
  const proxy = await openTcpProxy();
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-proxied-'));
  const { kubeconfig, port: apiServerPort } = kubeconfigThrough(proxy, folder);
  proxy.use([apiServerPort]);
  const installed = await installWebhook({ kubeconfig });
  return {
    value: { ...installed.value, proxy, apiServerPort },
    async close() {
      await installed.close();
      await proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describe('while the webhook cannot reach the API server', () => {
  const installed = given(installBehindProxy);

  it('it goes on from what it read last, says so, and is up to date again by itself afterwards', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '--dry-run=server', '-n', namespace, '-f', '-'], functionPod('hello'));
    const { proxy, apiServerPort } = installed();
    const webhook = (): Webhook => installed().webhook();
    const problems = async (): Promise<number> => (await webhook().metrics()).sum('buildless_cluster_problems');
    expect(await problems()).toBe(0);

    proxy.use([]);
    proxy.cut();
    // ConfigMaps, Namespaces, LimitRanges, ResourceQuotas, revisions and the controller's Lease.
    await eventually(problems, (count) => count === 6);
    const { status, text } = await webhook().readiness();
    expect(text).toMatch(/^\[\+\]cluster ok, but not up to date: .*\/api\/v1\/configmaps/m);
    expect(status).toBe(200);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    const pod = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
    expect(pod.metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);

    // What it never read it cannot know.
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('later'));
    const later = await kubectl(['create', '-n', namespace, '-f', '-'], functionPod('later'));
    expect(later.stderr).toContain('[source-unreachable]');
    const unseen = await createNamespace({ ...OPTED_IN, [POLICY_LABELS.enforce]: 'locked' });
    const ofUnseen = ['create', '-n', unseen, '-f', '-'];
    const git = { [ANNOTATIONS.source]: `git+https://git.example/shop/hello?ref=${'a1'.repeat(20)}` };
    const refused = await kubectl(ofUnseen, functionPod('hello', { annotations: git }));
    expect(refused.stderr).toContain('[namespace-unreachable]');
    expect((await kubectl(ofUnseen, source('hello'))).stderr).toContain('[namespace-unreachable]');

    proxy.use([apiServerPort]);
    await eventually(problems, (count) => count === 0, 60_000);
    expect((await webhook().readiness()).text).toMatch(/^\[\+\]cluster ok$/m);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('later'));
    await kubectlOk(ofUnseen, functionPod('hello', { annotations: git }));
  });
});
