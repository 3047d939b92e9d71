import { describe, expect } from 'vitest';
import { FUNCTION_LABEL, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { deployment, functionPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN, RESTRICTED } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf } from './kubectl.ts';

const FLOATING = '{"dependencies":{"axios":"latest"}}';

describe('kubectl', () => {
  given(() => installWebhook());

  it('create --dry-run=server shows the injected Pod and leaves nothing', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    const args = [
      'create',
      '-n',
      namespace,
      '--dry-run=server',
      '-o',
      'jsonpath={.spec.initContainers[*].name}',
      '-f',
      '-',
    ];
    expect(await kubectlOk(args, functionPod('hello'))).toBe('buildless-prepare');
    const floating = await kubectl(
      ['create', '-n', namespace, '--dry-run=server', '-f', '-'],
      source('floating', { 'package.json': FLOATING }),
    );
    expect(floating.stderr).toContain('[dependencies-float]');
    expect((await coreApi().listNamespacedPod({ namespace })).items).toEqual([]);
  });

  it('apply of an unchanged Function changes nothing', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['apply', '-n', namespace, '-f', 'examples/hello-node']);
    const again = await kubectlOk(['apply', '-n', namespace, '-f', 'examples/hello-node']);
    expect(again).toBe(
      'configmap/hello-node unchanged\ndeployment.apps/hello-node unchanged\nservice/hello-node unchanged\n',
    );
    expect((await kubectl(['diff', '-n', namespace, '-f', 'examples/hello-node'])).status).toBe(0);
  });

  it('apply of an unchanged Function that is a bare Pod changes nothing either', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(
      ['apply', '-n', namespace, '-f', '-'],
      functionPod('hello', { spec: { containers: [{ name: 'function', image: 'own:1' }] } }),
    );
    const pod = functionPod('hello', { spec: { containers: [{ name: 'function', image: 'own:1' }] } });
    expect(await kubectlOk(['apply', '-n', namespace, '-f', '-'], pod)).toBe('pod/hello unchanged\n');
  });

  it('patch of a ConfigMap to something that floats is refused, and what it was stays', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    const patch = JSON.stringify({ data: { 'package.json': FLOATING } });
    const { status, stderr } = await kubectl(['patch', 'configmap', 'hello', '-n', namespace, '-p', patch]);
    expect(status).toBe(1);
    expect(stderr).toContain('[dependencies-float]');
    expect(await kubectlOk(['get', 'configmap', 'hello', '-n', namespace, '-o', 'jsonpath={.data}'])).not.toContain(
      'axios',
    );
  });

  it('label, annotate and delete of a running Function are not in its way', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    await kubectlOk(['label', 'pod', 'hello', '-n', namespace, 'tier=front']);
    await kubectlOk(['annotate', 'pod', 'hello', '-n', namespace, 'note=mine']);
    await kubectlOk(['delete', 'pod', 'hello', '-n', namespace, '--wait=false']);
    await kubectlOk(['delete', 'configmap', 'hello', '-n', namespace]);
  });

  it.withControllers('scale and rollout restart make Pods that are injected', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('hello', 1));
    const [first] = await podsOf(namespace, 'app=hello', 1);
    await kubectlOk(['scale', 'deployment', 'hello', '-n', namespace, '--replicas=3']);
    const scaled = await podsOf(namespace, 'app=hello', 3);
    for (const { metadata } of scaled) expect(metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);

    await kubectlOk(['rollout', 'restart', 'deployment', 'hello', '-n', namespace]);
    const restarted = await eventually(
      async () => (await coreApi().listNamespacedPod({ namespace, labelSelector: 'app=hello' })).items,
      (pods) => pods.some(({ metadata }) => metadata?.annotations?.['kubectl.kubernetes.io/restartedAt'] !== undefined),
    );
    for (const { metadata } of restarted) expect(metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
    expect(first?.spec?.initContainers?.[0]?.name).toBe('buildless-prepare');
  });

  it('server-side apply leaves the injected fields to the webhook, and other field managers keep theirs', async () => {
    const namespace = await createNamespace(RESTRICTED);
    const apply = (manager: string, object: object): Promise<{ status: number | null; stderr: string }> =>
      kubectl(['apply', '--server-side', '--field-manager', manager, '-n', namespace, '-f', '-'], object);
    const pod = functionPod('hello', { spec: { containers: [{ name: 'function', image: 'own:1' }] } });
    expect((await apply('team', source('hello'))).status).toBe(0);
    expect((await apply('team', pod)).status).toBe(0);
    const initContainers = (): Promise<string> =>
      kubectlOk(['get', 'pod', 'hello', '-n', namespace, '-o', 'jsonpath={.spec.initContainers[*].name}']);
    expect(await initContainers()).toBe('buildless-prepare');
    // What the team did not write is not the team's to take away.
    expect(await apply('team', pod)).toMatchObject({ status: 0, stderr: '' });
    expect(await initContainers()).toBe('buildless-prepare');
    const labels = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'hello', labels: { tier: 'front' } } };
    expect(await apply('platform', labels)).toMatchObject({ status: 0, stderr: '' });
    expect(await kubectlOk(['get', 'pod', 'hello', '-n', namespace, '-o', 'jsonpath={.metadata.labels}'])).toContain(
      FUNCTION_LABEL,
    );
  });

  it('debug adds its container to a Function, and Pod Security judges that one', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    const debug = (profile: string): Promise<{ status: number | null; stderr: string }> =>
      kubectl([
        'debug',
        'hello',
        '-n',
        namespace,
        '--image=busybox:1.36',
        `--profile=${profile}`,
        '--container',
        profile,
        '--',
        'true',
      ]);
    const restricted = await debug('restricted');
    expect(restricted.stderr).not.toContain('denied');
    expect(restricted.status).toBe(0);
    expect((await debug('sysadmin')).stderr).toContain('violates PodSecurity');
    expect(
      await kubectlOk(['get', 'pod', 'hello', '-n', namespace, '-o', 'jsonpath={.spec.ephemeralContainers[*].name}']),
    ).toBe('restricted');
  });

  it('debug --copy-to of a Function makes a Pod that is no Function, or one that is admitted as injected', async () => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    const args = ['debug', 'hello', '-n', namespace, '--image=busybox:1.36', '--profile=restricted', '--copy-to=copy'];
    const { stderr } = await kubectl([...args, '--', 'true']);
    expect(stderr).not.toContain('denied');
    const copied = await coreApi().readNamespacedPod({ namespace, name: 'copy' });
    expect(copied.metadata?.labels ?? {}).not.toHaveProperty([FUNCTION_LABEL]);
    expect(copied.spec?.initContainers?.map(({ name }) => name)).toEqual(['buildless-prepare']);
  });
});
