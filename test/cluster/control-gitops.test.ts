import { setTimeout as delay } from 'node:timers/promises';
import type { V1ConfigMap, V1Deployment } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { listOf, source } from './functions.ts';
import { given, it } from './given.ts';
import { installBoth } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { answering, appsApi, functionDeployment, revisionNameOf, revisions, stamped, stampOf } from './revisions.ts';

/** Longer than the wait for quiet and everything after it. */
const SETTLED = 2500;
const ONE = answering('one');
const TWO = answering('two');
const nameOf = (files: typeof ONE): string => `files:${revisionNameOf('hello', files)}`;

/** As Argo CD marks what belongs to an application. */
const TRACKED = 'argocd.argoproj.io/instance';

/** The manifests of a Function as they are in its Git repository. */
function manifestsOf(files: typeof ONE): readonly [V1ConfigMap, V1Deployment] {
  const configMap = source('hello', files);
  const labels = { ...configMap.metadata?.labels, [TRACKED]: 'shop' };
  return [
    { ...configMap, metadata: { ...configMap.metadata, labels } },
    functionDeployment('hello', { [TRACKED]: 'shop' }),
  ];
}

/**
 * What Argo CD's default diff computes (gitops-engine, pkg/diff: ThreeWayDiff): Kubernetes' strategic merge of the manifest
 * applied last, the manifest and the live object, by the function that `kubectl diff` calls for the same three.
 */
const threeWayDiff = (namespace: string, manifests: object): ReturnType<typeof kubectl> =>
  kubectl(['diff', '--server-side=false', '-n', namespace, '-f', '-'], manifests);

/** What Argo CD's server-side diff compares: the live object, and a dry run of its apply without what it does not manage. */
async function serverSideDiff(namespace: string, manifest: V1ConfigMap | V1Deployment): Promise<unknown[]> {
  const where = ['-n', namespace, '-o', 'json'];
  const apply = [
    'apply',
    '--server-side',
    '--dry-run=server',
    '--force-conflicts',
    '--field-manager=argocd-controller',
  ];
  const predicted: unknown = JSON.parse(await kubectlOk([...apply, ...where, '-f', '-'], manifest));
  const { kind = '', metadata } = manifest;
  const live: unknown = JSON.parse(await kubectlOk(['get', kind, metadata?.name ?? '', ...where]));
  return [predicted, live].map((object) => {
    const { metadata: marks, spec, data } = object as V1Deployment & V1ConfigMap;
    return { spec, data, labels: marks?.labels, annotations: marks?.annotations, generation: marks?.generation };
  });
}

describe('a GitOps tool that looks at a Function after its edits were rolled out', () => {
  given(installBoth);

  /** Applied, edited in Git and applied again: the controller changed the workload in between. */
  const edited = async (): Promise<string> => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], listOf(...manifestsOf(ONE)));
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], listOf(...manifestsOf(TWO)));
    await stamped(namespace, 'hello', (text) => text === nameOf(TWO));
    return namespace;
  };

  it('finds nothing to do by a three-way merge, and its sync changes nothing', async () => {
    const namespace = await edited();
    const before = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    const manifests = listOf(...manifestsOf(TWO));
    expect(await threeWayDiff(namespace, manifests)).toMatchObject({ status: 0, stdout: '' });
    const sync = await kubectlOk(['apply', '-n', namespace, '-f', '-'], manifests);
    expect(sync.trim().split('\n')).toEqual(['configmap/hello unchanged', 'deployment.apps/hello unchanged']);
    const after = await appsApi().readNamespacedDeployment({ namespace, name: 'hello' });
    expect(after.metadata?.generation).toBe(before.metadata?.generation);
    expect(after.metadata?.labels).toEqual(before.metadata?.labels);
  });

  it('finds nothing to do by a server-side diff', async () => {
    const namespace = await edited();
    for (const manifest of manifestsOf(TWO)) {
      const [predicted, live] = await serverSideDiff(namespace, manifest);
      expect(predicted).toEqual(live);
    }
  });

  it('finds nothing to do where objects were created without a last applied manifest', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], listOf(...manifestsOf(ONE)));
    await kubectlOk(['replace', '-n', namespace, '-f', '-'], manifestsOf(TWO)[0]);
    await stamped(namespace, 'hello', (text) => text === nameOf(TWO));
    const { status, stdout } = await threeWayDiff(namespace, listOf(...manifestsOf(TWO)));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });

  it.withControllers('does not set an undo back', async () => {
    const namespace = await edited();
    await kubectlOk(['rollout', 'undo', 'deployment/hello', '-n', namespace]);
    const undone = await stamped(namespace, 'hello', (text) => text === nameOf(ONE));
    const manifests = listOf(...manifestsOf(TWO));
    expect(await threeWayDiff(namespace, manifests)).toMatchObject({ status: 0, stdout: '' });
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], manifests);
    await delay(SETTLED);
    expect(await stampOf(namespace, 'hello')).toEqual(undone);
  });

  it('prunes no revision: none carries the mark of the application', async () => {
    const namespace = await edited();
    const marked = await coreApi().listNamespacedConfigMap({ namespace, labelSelector: TRACKED });
    expect(marked.items.map(({ metadata }) => metadata?.name)).toEqual(['hello']);
    const before = await revisions(namespace);
    expect(before).toHaveLength(2);
    const prune = ['apply', '--prune', '-l', `${TRACKED}=shop`, '--prune-allowlist=core/v1/ConfigMap'];
    await kubectlOk([...prune, '-n', namespace, '-f', '-'], listOf(...manifestsOf(TWO)));
    expect((await revisions(namespace)).map(({ metadata }) => metadata?.name)).toEqual(
      before.map(({ metadata }) => metadata?.name),
    );
  });
});
