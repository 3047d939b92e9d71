import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, POLICY_LABELS, REFRESH_ANNOTATION } from '../../src/function/keys.ts';
import { CONTROL_NAME, INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { parseStamp } from '../../src/function/stamp.ts';
import { Repository, startGitServer, type GitServer } from '../pod/git/git-server.ts';
import { SSHD, startSshServer } from '../pod/git/ssh-server.ts';
import { startResolver } from '../resolve/running-resolver.ts';
import { startController, type ControllerProcess } from './controller.ts';
import { listOf, source } from './functions.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { answering, appsApi, edit, events, functionDeployment, revisionNameOf, stamped, stampOf } from './revisions.ts';
import { installShipped, kubeconfigOf } from './shipped.ts';

interface Everything {
  readonly controller: ControllerProcess;
  readonly git: GitServer;
  readonly repository: Repository;
}

/** Webhook, controller and resolver with the shipped rights, and a Git server. */
async function installEverything(): Promise<Opened<Everything>> {
  const shipped = await installShipped();
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-control-'));
  const repository = new Repository(folder, 'orders');
  await repository.commit(answering('first'));
  repository.push();
  const git = await startGitServer(folder);
  await shipped.value.start();
  const resolver = await startResolver({ GIT_SSL_CAINFO: git.authority });
  const controller = await startController({
    kubeconfig: await kubeconfigOf(CONTROL_NAME, folder),
    namespace: INSTALL_NAMESPACE,
    resolver: resolver.socket,
    configuration: 'git:\n  interval: 10s\n',
  });
  await controller.untilLeading();
  // The webhook has to learn that somebody holds the Lease.
  await delay(500);
  return {
    value: { controller, git, repository },
    async close() {
      await controller.stop();
      await resolver.close();
      await git.close();
      await shipped.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const LEFT_PAD = { 'package.json': JSON.stringify({ dependencies: { 'left-pad': '1.3.0' } }) };
const IS_ODD = { 'package.json': JSON.stringify({ dependencies: { 'is-odd': '3.0.1' } }) };

const apply = (namespace: string, ...objects: readonly object[]): Promise<string> =>
  kubectlOk(['apply', '-n', namespace, '-f', '-'], listOf(...objects));

const replicaSets = async (namespace: string): Promise<number> =>
  (await appsApi().listNamespacedReplicaSet({ namespace })).items.length;

/** The lock of a stamp, as soon as it is stored. */
async function lockOf(namespace: string, text: string | undefined): Promise<Readonly<Record<string, string>>> {
  const name = parseStamp(text ?? '')?.lock ?? '';
  const { data = {} } = await eventually(
    () =>
      coreApi()
        .readNamespacedConfigMap({ namespace, name })
        .catch(() => ({ data: undefined })),
    ({ data }) => data !== undefined,
    60_000,
  );
  return data;
}

describe('webhook, controller and resolver as shipped', () => {
  const everything = given(installEverything);

  it.withControllers(
    'one apply of source and workload is one ReplicaSet, with code and lock; edits keep the lock',
    async () => {
      const namespace = await createNamespace(OPTED_IN);
      await apply(namespace, source('hello', { ...answering('one'), ...LEFT_PAD }), functionDeployment('hello'));
      const first = await stampOf(namespace, 'hello');
      expect(first.text).toMatch(/^files:hello-[0-9a-f]{10} lock:hello-[0-9a-f]{10}$/);
      const lock = await lockOf(namespace, first.text);
      expect(JSON.parse(lock['package-lock.json'] ?? '{}')).toMatchObject({
        packages: {
          'node_modules/left-pad': { version: '1.3.0', integrity: expect.stringMatching(/^sha512-/) as string },
        },
      });
      await eventually(
        () => replicaSets(namespace),
        (count) => count > 0,
      );
      await delay(2000);
      expect(await stampOf(namespace, 'hello')).toEqual(first);
      expect(await replicaSets(namespace)).toBe(1);

      const resolutions = async (): Promise<number> =>
        (await everything().controller.metrics()).sum('buildless_control_resolution_duration_seconds_count');
      const before = await resolutions();
      await edit(namespace, 'hello', { ...answering('two'), ...LEFT_PAD });
      const second = await stamped(namespace, 'hello', (text) => text !== first.text);
      expect(parseStamp(second.text ?? '')?.lock).toBe(parseStamp(first.text ?? '')?.lock);
      expect(second.generation).toBe(2);
      expect(await resolutions()).toBe(before);

      await edit(namespace, 'hello', { ...answering('two'), ...IS_ODD });
      const third = await stamped(namespace, 'hello', (text) => text !== second.text);
      expect(Object.keys(await lockOf(namespace, third.text))).toEqual(['package-lock.json']);
      expect(third.generation).toBe(3);
      expect(await resolutions()).toBe(before + 1);
    },
  );

  it.withControllers('one apply that changes source and template is one rollout', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', { ...answering('one') }), functionDeployment('hello'));
    const first = await stampOf(namespace, 'hello');
    const profile = { [ANNOTATIONS.profile]: 'S' };
    await apply(namespace, source('hello', { ...answering('two') }), functionDeployment('hello', {}, profile));
    const second = await stamped(namespace, 'hello', (text) => text !== first.text);
    await delay(2000);
    expect(await stampOf(namespace, 'hello')).toEqual(second);
    expect(second.text).toBe(`files:${revisionNameOf('hello', answering('two'))}`);
    await eventually(
      () => replicaSets(namespace),
      (count) => count === 2,
    );
  });

  it('a workload that is applied before its source is rolled out once it is there', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, functionDeployment('hello'), source('hello', { ...answering('one'), ...LEFT_PAD }));
    const { text } = await stamped(namespace, 'hello');
    expect(await lockOf(namespace, text)).toHaveProperty(['package-lock.json']);
  });

  it('kubectl apply again changes nothing', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const objects = [source('hello', { ...answering('one') }), functionDeployment('hello')];
    await apply(namespace, ...objects);
    await edit(namespace, 'hello', answering('two'));
    const two = `files:${revisionNameOf('hello', answering('two'))}`;
    const before = await stamped(namespace, 'hello', (text) => text === two);
    await apply(namespace, functionDeployment('hello'));
    expect(await stampOf(namespace, 'hello')).toEqual(before);
  });

  it('a refresh resolves the same files again, as a new revision', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await apply(namespace, source('hello', { ...answering('one'), ...LEFT_PAD }), functionDeployment('hello'));
    const first = await stampOf(namespace, 'hello');
    await lockOf(namespace, first.text);
    await kubectlOk(['annotate', 'configmap', 'hello', `${REFRESH_ANNOTATION}=1`, '-n', namespace]);
    const second = await stamped(namespace, 'hello', (text) => text !== first.text);
    const [one, two] = [parseStamp(first.text ?? ''), parseStamp(second.text ?? '')];
    expect(two?.code).toEqual(one?.code);
    expect(two?.lock).not.toBe(one?.lock);
  });

  it('at the level locked an edit whose lock cannot be resolved rolls nothing, and says why', async () => {
    const namespace = await createNamespace({ ...OPTED_IN, [POLICY_LABELS.enforce]: 'locked' });
    await apply(namespace, source('hello', { ...answering('one') }), functionDeployment('hello'));
    const first = await stampOf(namespace, 'hello');
    const missing = { 'package.json': JSON.stringify({ dependencies: { 'left-pad': '99.0.0' } }) };
    await edit(namespace, 'hello', { ...answering('two'), ...missing });
    const [unresolved] = await eventually(
      () => events(namespace, 'LockNotResolved'),
      ({ length }) => length > 0,
      60_000,
    );
    expect(unresolved?.note).toContain('left-pad');
    await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    expect(await stampOf(namespace, 'hello')).toEqual(first);
    await edit(namespace, 'hello', { ...answering('two'), ...LEFT_PAD });
    const second = await stamped(namespace, 'hello', (text) => text !== first.text);
    expect(await lockOf(namespace, second.text)).toHaveProperty(['package-lock.json']);
  });

  it('a branch of a Git repository is followed: a push rolls out within the interval', async () => {
    const { git, repository } = everything();
    const namespace = await createNamespace(OPTED_IN);
    const reference = `git+${git.origin}/orders.git?ref=main`;
    await apply(namespace, functionDeployment('orders', {}, { [ANNOTATIONS.source]: reference }));
    const first = await stamped(namespace, 'orders');
    expect(first.text).toMatch(/^commit:[0-9a-f]{40}$/);
    const commit = await repository.commit({ ...answering('second'), ...LEFT_PAD });
    repository.push();
    const second = await stamped(namespace, 'orders', (text) => text !== first.text);
    expect(second.text).toContain(`commit:${commit} lock:orders-`);
    expect(await lockOf(namespace, second.text)).toHaveProperty(['package-lock.json']);
  });

  it('a private repository by ssh is followed once the namespace lets the controller read its key', async (context) => {
    if (SSHD === undefined) return context.skip('this machine has no sshd');
    const { repository } = everything();
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-sshd-'));
    const ssh = await startSshServer(SSHD, folder);
    try {
      const namespace = await createNamespace(OPTED_IN);
      const literals = Object.entries(ssh.secret).map(([key, text]) => `--from-literal=${key}=${text}`);
      await kubectlOk(['create', 'secret', 'generic', 'key', '-n', namespace, ...literals]);
      const annotations = {
        [ANNOTATIONS.source]: `${ssh.source}${repository.path}?ref=main`,
        [ANNOTATIONS.sourceAuth]: 'key',
      };
      await apply(namespace, functionDeployment('orders', {}, annotations));
      const [ungranted] = await eventually(
        () => events(namespace, 'SourceMissing'),
        ({ length }) => length > 0,
      );
      expect(ungranted?.note).toContain('the controller cannot read the Secret key; create the Secret, and bind');
      expect((await stampOf(namespace, 'orders')).text).toBeUndefined();

      const grant = ['create', 'rolebinding', 'reads-sources', '-n', namespace];
      const subject = `--serviceaccount=${INSTALL_NAMESPACE}:${CONTROL_NAME}`;
      await kubectlOk([...grant, '--clusterrole=buildless-source-reader', subject]);
      const first = await stamped(namespace, 'orders');
      expect(first.text).toContain(`commit:${repository.git('rev-parse', 'main').trim()}`);
      const pushed = await repository.commit(answering('over ssh'));
      repository.push();
      await stamped(namespace, 'orders', (text) => text?.includes(pushed) === true);
    } finally {
      await ssh.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
