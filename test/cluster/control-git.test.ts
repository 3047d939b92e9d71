import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { ANNOTATIONS, FOLLOWED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { type GitServer, Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { eventually, given, it } from './given.ts';
import { installWithResolver } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { appsApi, events, functionDeployment, stamped, stampOf } from './revisions.ts';

const INTERVAL = '10s';

const folders = new Folders();
let repository: Repository;
let first = '';
let server: GitServer;
let locked: GitServer;
let authorities: string;

beforeAll(async () => {
  if ('reason' in inject('cluster')) return;
  const folder = await folders.open('repositories');
  repository = new Repository(folder, 'orders');
  first = await repository.commit({ 'handler.js': "exports.main = () => 'one';\n" });
  repository.push();
  server = await startGitServer(folder);
  locked = await startGitServer(folder, { username: 'me', password: 'secret' });
  authorities = path.join(folder, 'authorities.pem');
  const texts = await Promise.all([server, locked].map(({ authority }) => readFile(authority, 'utf8')));
  await writeFile(authorities, texts.join('\n'));
});
afterAll(async () => {
  if ('reason' in inject('cluster')) return;
  await server.close();
  await locked.close();
  await folders.removeAll();
});

const at = (ref: string, from: GitServer): Record<string, string> => ({
  [ANNOTATIONS.source]: `git+${from.origin}/orders.git?ref=${ref}`,
});

/** A Function whose code is in the repository, at a branch. */
const create = async (namespace: string, from: GitServer, annotations: Record<string, string> = {}): Promise<void> => {
  const source = { ...at('main', from), ...annotations };
  await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello', {}, source) });
};

describe('a Git repository', () => {
  given(() =>
    installWithResolver({ GIT_SSL_CAINFO: authorities }, { configuration: `git: { interval: ${INTERVAL} }` }),
  );

  it.withControllers(
    'at a branch is one commit for all Pods of a rollout, a push rolls out, a refused one does not, and an undo stays',
    async () => {
      const namespace = await createNamespace(OPTED_IN);
      await create(namespace, server);
      const before = await stamped(namespace, 'hello');
      expect(before.text).toBe(`commit:${first}`);

      const second = await repository.commit({ 'handler.js': "exports.main = () => 'two';\n" });
      repository.push();
      const after = await stamped(namespace, 'hello', (text) => text === `commit:${second}`);
      expect(after.generation).toBe((before.generation ?? 0) + 1);
      const pod = await eventually(
        async () => {
          const { items } = await coreApi().listNamespacedPod({ namespace });
          return items.find(({ metadata }) => metadata?.annotations?.[REVISION_ANNOTATION] === `commit:${second}`);
        },
        (found) => found !== undefined,
      );
      const prepare = pod?.spec?.initContainers?.find(({ name }) => name === 'buildless-prepare');
      expect(prepare?.args).toContain(`--source=git+${server.origin}/orders.git?ref=${second}`);

      await repository.commit({ 'package.json': '{"dependencies":{"axios":"latest"}}' });
      repository.push();
      const refused = await eventually(
        () => events(namespace, 'SourceRefused'),
        ({ length }) => length > 0,
      );
      expect(refused[0]?.note).toContain('"axios" is "latest"');
      expect((await stampOf(namespace, 'hello')).text).toBe(`commit:${second}`);
      await kubectlOk(['rollout', 'undo', '-n', namespace, 'deployment/hello']);
      await stamped(namespace, 'hello', (text) => text === `commit:${first}`);

      const fixed = await repository.commit({ 'package.json': '{}' });
      repository.push();
      await stamped(namespace, 'hello', (text) => text === `commit:${fixed}`);
    },
  );

  it('at a commit is one rollout for each commit, from the first apply on', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await create(namespace, server, at(first, server));
    expect(await stampOf(namespace, 'hello')).toEqual({ text: `commit:${first}`, generation: 1 });
    const followed = async (): Promise<string> =>
      (await appsApi().readNamespacedDeployment({ namespace, name: 'hello' })).metadata?.labels?.[FOLLOWED_LABEL] ?? '';
    const before = await eventually(followed, (label) => /^[0-9a-f]{32}$/.test(label));
    expect(await stampOf(namespace, 'hello')).toEqual({ text: `commit:${first}`, generation: 1 });

    const second = await repository.commit({ 'handler.js': "exports.main = () => 'second';\n", 'package.json': '{}' });
    repository.push();
    const template = { metadata: { annotations: at(second, server) } };
    await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', JSON.stringify({ spec: { template } })]);
    await eventually(followed, (label) => /^[0-9a-f]{32}$/.test(label) && label !== before);
    expect(await stampOf(namespace, 'hello')).toEqual({ text: `commit:${second}`, generation: 2 });
  });

  it('that is private is read with the Secret; if that is deleted, what runs stays and the reason is reported', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const secret = ['create', 'secret', 'generic', 'git', '-n', namespace];
    await kubectlOk([...secret, '--from-literal=username=me', '--from-literal=password=secret']);
    await create(namespace, locked, { [ANNOTATIONS.sourceAuth]: 'git' });
    const before = await stamped(namespace, 'hello');
    expect(before.text).toMatch(/^commit:[0-9a-f]{40}$/);
    await kubectlOk(['delete', 'secret', 'git', '-n', namespace]);
    const [event] = await eventually(
      () => events(namespace, 'SourceMissing'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('the controller cannot read the Secret git');
    expect(await stampOf(namespace, 'hello')).toEqual(before);
  });
});
