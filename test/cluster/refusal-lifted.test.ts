import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
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

interface Installed {
  readonly registry: Registry;
  readonly configure: (configuration: string) => void;
}

/** For one test, which changes the configuration: at a second attempt it is as it was. */
async function install(configuration: string, environment: Readonly<Record<string, string>> = {}): Promise<Installed> {
  const packages: NpmPackage[] = [];
  const { address, close } = await startNpmRegistry(packages);
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
    configure: (text) => {
      webhook.value.webhook().configure(text);
      controller.value.controller().configure(text);
    },
  };
}

const isRefused = (data: Readonly<Record<string, string>>): boolean => 'refused.json' in data;
const isLock = (data: Readonly<Record<string, string>>): boolean => 'package-lock.json' in data;

/** `other` stays denied, so that the lock has the same inputs before and after. */
const denying = (...names: readonly string[]): string =>
  `dependencies: { denied: { nodejs: [${[...names, 'other'].map((name) => `{ name: ${name}, versions: 1.0.0, reason: steals tokens }`).join(', ')}] } }\n`;

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
    configure(denying());
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
    configure(denying());
    expect(await verdict(namespace, isChecked)).toEqual({ 'checked.json': '{}' });
  });

  it('when its package is excepted from what refused it, and not before', async () => {
    const licences = 'licences: { refused: [GPL-3.0-only] }';
    const { registry, configure } = await install(`dependencies: { ${licences} }\n`);
    const namespace = await createNamespace(OPTED_IN);
    await apply(registry, namespace, pinning(registry, 'copyleft', '1.0.0', { license: 'GPL-3.0-only' }));
    await verdict(namespace, isRefused);
    expect(await untilEvent(namespace, 'LockNotResolved')).toContain('[licence-refused]');
    const refused = await stampOf(namespace, 'hello');
    configure(`dependencies: { ${licences}, enforce: exact }\n`);
    configure(`dependencies: { ${licences}, denied: { nodejs: [{ name: other, reason: steals tokens }] } }\n`);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    expect(await stampOf(namespace, 'hello')).toEqual(refused);
    configure(`dependencies: { licences: { refused: [GPL-3.0-only], exceptions: [copyleft] } }\n`);
    await verdict(namespace, isChecked);
    await eventually(
      () => stampOf(namespace, 'hello'),
      ({ generation }) => generation === (refused.generation ?? 0) + 1,
      PATIENCE,
    );
  });
});
