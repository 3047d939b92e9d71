import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import { PUBLIC_REGISTRY } from '../../src/dependencies/npm/registries.ts';
import { ANNOTATIONS } from '../../src/function/keys.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { startResolver } from '../resolve/running-resolver.ts';
import { apply, isChecked, pinning, type Registry, untilEvent, verdict } from './compared-source.ts';
import { installController } from './controller.ts';
import { eventually, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace } from './kubectl.ts';
import { answering, appsApi, functionDeployment, stampOf } from './revisions.ts';

const PATIENCE = 90_000;
const WEBHOOK_IS_BEHIND = 3000;

interface Installed {
  readonly registry: Registry;
  /** The controller first: the webhook of a cluster may be a minute behind it. */
  readonly configure: (rules: object) => Promise<void>;
}

/**
 * For one test, which changes the configuration: at a second attempt it is as it was.
 *
 * @param rules of `dependencies`
 */
async function install(rules: object, environment: Readonly<Record<string, string>> = {}): Promise<Installed> {
  const packages: NpmPackage[] = [];
  const { address, close } = await startNpmRegistry(packages);
  const configurationOf = (more: object): string =>
    JSON.stringify({ dependencies: { registries: { nodejs: [address, PUBLIC_REGISTRY] }, ...more } });
  const configuration = configurationOf(rules);
  const resolver = await startResolver(environment);
  const controller = await installController({ resolver: resolver.socket, configuration });
  const webhook = await installWebhook({ leaseNamespace: controller.value.namespace, configuration });
  onTestFinished(async () => {
    await webhook.close();
    await controller.close();
    await resolver.close();
    await close();
  });
  return {
    registry: { address, packages },
    configure: async (changed) => {
      controller.value.controller().configure(configurationOf(changed));
      await new Promise((resolve) => setTimeout(resolve, WEBHOOK_IS_BEHIND));
      webhook.value.webhook().configure(configurationOf(changed));
    },
  };
}

const isRefused = (data: Readonly<Record<string, string>>): boolean => 'refused.json' in data;
const isLock = (data: Readonly<Record<string, string>>): boolean => 'package-lock.json' in data;

/** `other` stays denied, so that the lock has the same inputs before and after. */
const denying = (...names: readonly string[]): object => ({
  denied: { nodejs: [...names, 'other'].map((name) => ({ name, versions: '1.0.0', reason: 'steals tokens' })) },
});

describe('a Function whose first Pods were refused is rolled out without an edit', () => {
  it('when the version that its lock came to is denied no more', async () => {
    const { registry, configure } = await install(denying('left'));
    registry.packages.push({ name: 'left', version: '1.0.0', archive: Buffer.from('x') });
    const namespace = await createNamespace(OPTED_IN);
    // The source alone does not say which version it comes to.
    const files = { ...answering('one'), 'package.json': '{ "dependencies": { "left": "^1.0.0" } }' };
    await apply(registry, namespace, files);
    await verdict(namespace, isRefused);
    const refused = await stampOf(namespace, 'hello');
    await configure(denying());
    await verdict(namespace, isLock);
    const now = await stampOf(namespace, 'hello');
    expect(now.generation).toBe((refused.generation ?? 0) + 1);
    // The same inputs have the same name, which the refusal keeps.
    expect(parseStamp(now.text ?? '')?.lock).toContain(parseStamp(refused.text ?? '')?.lock);
  });

  it('when the lock in its commit has no denied version any more', async () => {
    const folders = new Folders();
    const folder = await folders.open('repositories');
    const git = await startGitServer(folder);
    onTestFinished(async () => {
      await git.close();
      await folders.removeAll();
    });
    const { configure } = await install(denying('left'), { GIT_SSL_CAINFO: git.authority });
    const repository = new Repository(folder, 'shop');
    const files = pinning({ address: '', packages: [] }, 'left', '1.0.0', {});
    const commit = await repository.commit({ ...files, 'attempt.txt': randomUUID() });
    repository.push();
    const namespace = await createNamespace(OPTED_IN);
    const annotations = { [ANNOTATIONS.source]: `git+${git.origin}/shop.git?ref=${commit}` };
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello', {}, annotations) });
    await verdict(namespace, isRefused);
    await configure(denying());
    expect(await verdict(namespace, isChecked)).toEqual({ 'checked.json': '{}' });
  });

  it('when its package is excepted from what refused it, and not before', async () => {
    const refused = ['GPL-3.0-only'];
    const { registry, configure } = await install({ licences: { refused } });
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry, namespace, pinning(registry, 'copyleft', '1.0.0', { license: 'GPL-3.0-only' }));
    await verdict(namespace, isRefused);
    expect(await untilEvent(namespace, 'LockNotResolved')).toContain('[licence-refused]');
    const before = await stampOf(namespace, 'hello');
    await configure({ licences: { refused }, ...denying() });
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await configure({ licences: { refused, exceptions: ['copyleft'] } });
    await verdict(namespace, isChecked);
    await eventually(
      () => stampOf(namespace, 'hello'),
      ({ generation }) => generation === (before.generation ?? 0) + 1,
      PATIENCE,
    );
  });
});
