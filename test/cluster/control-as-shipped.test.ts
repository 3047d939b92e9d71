import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { type FakeRegistry, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { type RunningResolver, startResolver } from '../resolve/running-resolver.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { installManifests } from './manifests.ts';
import {
  answering,
  appsApi,
  createFunction,
  edit,
  events,
  functionDeployment,
  revisionNameOf,
  revisions,
  stamped,
} from './revisions.ts';
import { kubeconfigOf } from './shipped.ts';

interface Installation {
  readonly controller: ControllerProcess;
  readonly resolver: RunningResolver;
  /** Private: it answers only to a token. */
  readonly registry: FakeRegistry;
}

/** Controller and resolver as deploy/ installs them: with the token of the shipped account, and with none. */
async function installControl(): Promise<Opened<Installation>> {
  const manifests = await installManifests();
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-'));
  const kubeconfig = await kubeconfigOf(CONTROL_NAME, folder);
  const [resolver, registry] = await Promise.all([
    startResolver(),
    startNpmRegistry([{ name: 'left', version: '1.0.0', archive: Buffer.from('x') }]),
  ]);
  const controller = await startController({ kubeconfig, namespace: INSTALL_NAMESPACE, resolver: resolver.socket });
  await controller.untilLeading();
  return {
    value: { controller, resolver, registry },
    async close() {
      await controller.stop();
      await resolver.close();
      await registry.close();
      await manifests.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describe('the controller with the rights that are shipped', () => {
  const installed = given(installControl);

  it('rolls edits out, keeps their revisions, reports them, and is refused nothing', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await createFunction(namespace, 'hello', answering('one'));
    for (const answer of ['two', 'three']) {
      await edit(namespace, 'hello', answering(answer));
      await stamped(namespace, 'hello', (text) => text === `files:${revisionNameOf('hello', answering(answer))}`);
    }
    const stored = await eventually(
      () => revisions(namespace),
      (items) => items.length === 2,
    );
    for (const { metadata } of stored) expect(metadata?.ownerReferences?.[0]).toMatchObject({ kind: 'Deployment' });
    await eventually(
      () => events(namespace, 'RolledOut'),
      ({ length }) => length === 2,
    );
    await appsApi().deleteNamespacedDeployment({ namespace, name: 'hello' });
    // By the garbage collector, or by the controller.
    await eventually(
      () => revisions(namespace),
      ({ length }) => length === 0,
    );
    // Namespaces of other tests end, or have a full quota: that is refused to everybody.
    const refusals = installed().controller.lines.filter(
      (line) =>
        /forbidden|ValidatingAdmissionPolicy|denied/.test(line) && !/being terminated|exceeded quota/.test(line),
    );
    expect(refusals).toEqual([]);
  });

  it('resolves a lock from a private registry if the namespace lets it read the Secret, else says why not', async () => {
    const { registry } = installed();
    const host = new URL(registry.address).host;
    const files = { ...answering('one'), 'package.json': '{"dependencies":{"left":"1.0.0"}}' };
    const npmrc = `registry=${registry.address}\n//${host}/:_authToken=secret-token\n`;
    const make = async (grant: boolean): Promise<string> => {
      const namespace = await createNamespace(OPTED_IN);
      await kubectlOk(['create', 'secret', 'generic', 'registry', '-n', namespace, `--from-literal=.npmrc=${npmrc}`]);
      if (grant)
        await kubectlOk([
          ...['create', 'rolebinding', 'buildless-source-reader', '-n', namespace],
          `--serviceaccount=${INSTALL_NAMESPACE}:${CONTROL_NAME}`,
          '--clusterrole=buildless-source-reader',
        ]);
      await coreApi().createNamespacedConfigMap({
        namespace,
        body: { metadata: { name: 'hello' }, data: answering('zero') },
      });
      const body = functionDeployment('hello', {}, { [ANNOTATIONS.registry]: 'registry' });
      await appsApi().createNamespacedDeployment({ namespace, body });
      await eventually(
        () => appsApi().readNamespacedDeployment({ namespace, name: 'hello' }),
        ({ metadata }) => metadata?.labels?.['buildless.dev/followed'] !== undefined,
      );
      await edit(namespace, 'hello', files);
      return namespace;
    };
    const granted = await make(true);
    const { text } = await stamped(granted, 'hello', (stamp) => stamp?.includes(' lock:') === true);
    const lock = await coreApi().readNamespacedConfigMap({ namespace: granted, name: text?.split(' lock:')[1] ?? '' });
    expect(lock.data?.['package-lock.json']).toContain('"node_modules/left"');
    expect(JSON.stringify(lock)).not.toContain('secret-token');

    const refused = await make(false);
    const [event] = await eventually(
      () => events(refused, 'LockNotResolved'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('Secret');
    expect(installed().controller.lines.join('\n')).not.toContain('secret-token');
  });
});
