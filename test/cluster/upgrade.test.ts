import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { at, listAt, objectsOf } from '../installation/shipped.ts';
import { prepareForOlder } from './back-to-older.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { createFunctions } from './creations.ts';
import { editFunction } from './edits.ts';
import { deployment, source } from './functions.ts';
import { eventually, it, type Opened } from './given.ts';
import { doctorOfVersions, versionsIn } from './injected-versions.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, deleteBackwards, kubectl, kubectlOk, podsOf, ROOT } from './kubectl.ts';
import { olderVersion, type OlderVersion } from './older-version.ts';
import { kubeconfigOf } from './shipped.ts';
import { openTcpProxy } from './tcp-proxy.ts';
import { runWebhookPods, type WebhookPods } from './webhook-pods.ts';
import { startWebhook } from './webhook.ts';

const CURRENT = readFileSync(path.join(ROOT, 'deploy/install.yaml'), 'utf8');
/** An installation of dependencies and a build, the first time on a machine. */
const BUILD_TIMEOUT = 600_000;

interface Upgrading {
  readonly older: OlderVersion;
  readonly pods: () => WebhookPods;
  /** As a user applies a version, and waits for its rollout. */
  readonly apply: (manifests: string) => Promise<void>;
  /** The controller of the current version leads. */
  readonly startControl: () => Promise<ControllerProcess>;
}

/** Manifests with a URL in place of the Service, which reaches no process of this machine, and a port that is free here. */
const reachable = (manifests: string, url: string, port: number): readonly unknown[] =>
  objectsOf(manifests.replaceAll('containerPort: 10250', `containerPort: ${port}`)).map((object) => {
    if (!String(at(object, 'kind')).endsWith('WebhookConfiguration')) return object;
    const webhooks = listAt(object, 'webhooks').map((webhook) => ({
      ...(webhook as object),
      clientConfig: { url: `${url}${String(at(webhook, 'clientConfig', 'service', 'path'))}` },
    }));
    return { ...(object as object), webhooks };
  });

const imageIn = (manifests: string): string =>
  String(
    at(
      objectsOf(manifests).find(
        (object) => at(object, 'kind') === 'Deployment' && at(object, 'metadata', 'name') === WEBHOOK_NAME,
      ),
      ...['spec', 'template', 'spec', 'containers', 0, 'image'],
    ),
  );

async function open(older: OlderVersion): Promise<Opened<Upgrading>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-upgrade-'));
  const service = await openTcpProxy();
  const url = `https://127.0.0.1:${service.port}`;
  let pods: WebhookPods | undefined;
  let kubeconfig = '';
  const controllers: ControllerProcess[] = [];
  const applyObjects = async (manifests: string): Promise<void> => {
    const items = reachable(manifests, url, service.port);
    // In the order of the file, as kubectl does.
    await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items });
  };
  return {
    value: {
      older,
      pods: () => {
        if (pods === undefined) throw new Error('nothing is installed yet');
        return pods;
      },
      async apply(manifests) {
        await applyObjects(manifests);
        if (pods === undefined) {
          kubeconfig = await kubeconfigOf(WEBHOOK_NAME, folder);
          pods = await runWebhookPods(
            service,
            (image) =>
              startWebhook({
                kubeconfig,
                certificates: { arguments: ['--namespace', INSTALL_NAMESPACE, '--host', '127.0.0.1'] },
                drainSeconds: 3,
                ...(image === imageIn(older.manifests) && { command: older.command }),
              }),
            // Of all addresses, nobody has this port but the proxy itself, on another one.
            service.port,
          );
        }
        const image = imageIn(manifests);
        const { settled } = pods;
        await eventually(
          () => Promise.resolve(settled() ?? []),
          (images) => images.length === 2 && images.every((each) => each === image),
          60_000,
        );
      },
      async startControl() {
        const controller = await startController({
          kubeconfig: await kubeconfigOf(CONTROL_NAME, folder),
          namespace: INSTALL_NAMESPACE,
          leaseSeconds: 4,
        });
        controllers.push(controller);
        await controller.untilLeading();
        return controller;
      },
    },
    async close() {
      await deleteBackwards([...objectsOf(older.manifests), ...objectsOf(CURRENT)], '--wait=false');
      await Promise.all(controllers.map((controller) => controller.stop().catch(() => undefined)));
      await pods?.stop();
      await service.close();
      rmSync(folder, { recursive: true, force: true });
      await eventually(
        () => kubectl(['get', 'namespace', INSTALL_NAMESPACE]),
        ({ status }) => status !== 0,
        60_000,
      );
    },
  };
}

describe('an upgrade from version 0.1.0 and the way back', () => {
  let reason = 'there is no cluster';
  let opened: Opened<Upgrading> | undefined;
  const upgrading = (): Upgrading => {
    if (opened === undefined) throw new Error(reason);
    return opened.value;
  };
  beforeAll(async () => {
    if (!('kubeconfig' in inject('cluster'))) return;
    const older = await olderVersion();
    if ('reason' in older) ({ reason } = older);
    else opened = await open(older);
  }, BUILD_TIMEOUT);
  afterAll(() => opened?.close());
  let stays = '';
  let edited = '';
  const namespaces: string[] = [];
  // doctor, in the tests of other files, would name what the older version injected.
  afterAll(async () => {
    if (namespaces.length > 0) await kubectlOk(['delete', 'namespace', ...namespaces, '--wait=false']);
  });

  const promise = (name: string, body: () => Promise<void>): void => {
    it.withControllers(name, async (context) => {
      if (opened === undefined) context.skip(reason);
      await body();
    });
  };

  promise('under a stream of Pods and edits no review fails, and Pods that were injected before stay', async () => {
    const { older: old, apply } = upgrading();
    await apply(old.manifests);
    stays = await createNamespace(OPTED_IN);
    namespaces.push(stays);
    await eventually(
      () =>
        kubectl(['create', '-n', stays, '--dry-run=server', '-o', 'json', '-f', '-'], {
          ...source('probe'),
          data: { 'a..': 'x' },
        }),
      ({ stderr }) => stderr.includes('is refused'),
    );
    await kubectlOk(['create', '-n', stays, '-f', '-'], source('shop'));
    await kubectlOk(['create', '-n', stays, '-f', '-'], deployment('shop', 2));
    const before = await podsOf(stays, 'app=shop', 2);
    expect(await versionsIn(stays)).toEqual(new Set([old.version]));

    edited = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', edited, '-f', '-'], source('shop'));
    await kubectlOk(['create', '-n', edited, '-f', '-'], deployment('shop', 1));
    const [pods, edits] = [await createFunctions(50), editFunction(edited, 'shop')];
    namespaces.push(edited, pods.namespace);
    await delay(1000);
    await apply(CURRENT);
    await delay(1000);
    const [creations, changes] = [await pods.end(), await edits.end()];
    console.log(`upgrade: ${creations.created} Pods created, ${changes.edits} edits`);
    expect(creations.failures).toEqual([]);
    expect(changes.failures).toEqual([]);
    expect(creations.created).toBeGreaterThan(50);
    expect(changes.edits).toBeGreaterThan(10);

    const after = await podsOf(stays, 'app=shop', 2);
    expect(after.map(({ metadata }) => metadata?.uid)).toEqual(before.map(({ metadata }) => metadata?.uid));
  });

  promise('doctor names the Functions that the older version injected', async () => {
    const results = await doctorOfVersions();
    expect(results.map(({ status }) => status)).toEqual(['warning']);
    expect(results[0]?.detail).toContain(`${stays}/shop (0.1.0)`);
    await kubectlOk(['rollout', 'restart', 'deployment/shop', '-n', stays]);
  });

  promise('the way back is as smooth, once the stamps of the controller are removed from the templates', async () => {
    const { older: old, apply, startControl } = upgrading();
    const controller = await startControl();
    const shop = ['get', 'deployment', 'shop', '-n', stays, '-o'];
    // The controller only labels a workload that it meets for the first time. It rolls out later edits.
    await eventually(
      () => kubectlOk([...shop, 'jsonpath={.metadata.labels}']),
      (labels) => labels.includes(FOLLOWED_LABEL),
      120_000,
    );
    const edit = JSON.stringify({ data: { 'handler.js': 'module.exports = { main: () => 2 };' } });
    await kubectlOk(['patch', 'configmap', 'shop', '-n', stays, '--type=merge', '-p', edit]);
    const template = [...shop, 'jsonpath={.spec.template.metadata.annotations}'];
    await eventually(
      () => kubectlOk(template),
      (annotations) => annotations.includes(REVISION_ANNOTATION),
    );
    await controller.stop();
    await prepareForOlder();
    expect(await kubectlOk(template)).not.toContain(REVISION_ANNOTATION);

    const kept = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', kept, '-f', '-'], source('shop'));
    await kubectlOk(['create', '-n', kept, '-f', '-'], deployment('shop', 2));
    const before = await podsOf(kept, 'app=shop', 2);
    const [pods, edits] = [await createFunctions(50), editFunction(edited, 'shop')];
    namespaces.push(kept, pods.namespace);
    await delay(1000);
    await apply(old.manifests);
    await delay(1000);
    const [creations, changes] = [await pods.end(), await edits.end()];
    console.log(`rollback: ${creations.created} Pods created, ${changes.edits} edits`);
    expect(creations.failures).toEqual([]);
    expect(changes.failures).toEqual([]);
    expect(creations.created).toBeGreaterThan(50);
    expect(changes.edits).toBeGreaterThan(10);
    const after = await podsOf(kept, 'app=shop', 2);
    expect(after.map(({ metadata }) => metadata?.uid)).toEqual(before.map(({ metadata }) => metadata?.uid));
    await kubectlOk(['rollout', 'restart', 'deployment/shop', '-n', stays]);
    await eventually(
      () => versionsIn(stays),
      (versions) => versions.has(old.version),
    );
  });
});
