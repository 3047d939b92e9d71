import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, FOLLOWED_LABEL, REFUSED_UNTIL_ANNOTATION, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { parseStamp, UNKNOWN_COMMIT } from '../../src/function/stamp.ts';
import { type GitServer, Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { startNpmRegistry, type NpmPackage } from '../pod/install/fake-registry.ts';
import { pinning as pinningOne } from './compared-source.ts';
import { functionPod, listOf, source } from './functions.ts';
import { eventually, given, it, type Opened } from './given.ts';
import { installWithResolver } from './installed-both.ts';
import { OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { answering, appsApi, edit, events, functionDeployment, revisions, stamped, stampOf } from './revisions.ts';

const HOUR = 3600;
const secondsAgo = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString();

interface Registry {
  readonly address: string;
  readonly packages: NpmPackage[];
  readonly repository: Repository;
  readonly git: GitServer;
}

const folders = new Folders();

/** A private registry whose times the test chooses, and a cluster in which versions have to be an hour old. */
async function install(): Promise<Opened<Registry>> {
  const packages: NpmPackage[] = [];
  const registry = await startNpmRegistry(packages);
  const folder = await folders.open('repositories');
  const repository = new Repository(folder, 'shop');
  const git = await startGitServer(folder);
  const authority = path.join(folder, 'authority.pem');
  await writeFile(authority, await readFile(git.authority, 'utf8'));
  const both = await installWithResolver(
    { GIT_SSL_CAINFO: authority },
    { configuration: 'dependencies: {minimumReleaseAge: 1h}\ngit: {interval: 10s}\n' },
  );
  return {
    value: { address: registry.address, packages, repository, git },
    close: async () => {
      await both.close();
      await git.close();
      await folders.removeAll();
      await registry.close();
    },
  };
}

describe('a minimum release age in a cluster', () => {
  const registry = given(install);

  /** A source whose lock pins one version, which is so old. */
  const pinning = (name: string, published: string): Readonly<Record<string, string>> =>
    pinningOne(registry(), name, '1.0.0', { published });

  const secret = (): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'npm' },
    stringData: { '.npmrc': `registry=${registry().address}\n` },
  });

  /** One apply of the Function and the Secret with its registry. */
  async function apply(files: Readonly<Record<string, string>>): Promise<string> {
    const namespace = await createNamespace(OPTED_IN);
    const { metadata, ...configMap } = source('hello', {});
    const deployment = functionDeployment('hello', {}, { [ANNOTATIONS.registry]: 'npm' });
    const objects = listOf(secret(), { ...configMap, metadata, data: files }, deployment);
    await kubectlOk(['apply', '-n', namespace, '-f', '-'], JSON.stringify(objects));
    return namespace;
  }

  /** The verdict that a template's stamp names. */
  async function verdictOf(namespace: string): Promise<Readonly<Record<string, string>> | undefined> {
    const { text = '' } = await stampOf(namespace, 'hello');
    const name = parseStamp(text)?.lock;
    return (await revisions(namespace)).find(({ metadata }) => metadata?.name === name)?.data;
  }

  it('writes a refusal in place of a lock for Pods that came first, and the finding as an Event', async () => {
    const namespace = await apply(pinning('young-first', secondsAgo(60)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    expect(Object.keys(verdict ?? {})).toEqual(['refused.json']);
    expect(verdict?.['refused.json']).toContain('young-first 1.0.0 was published at');
    const [stored] = (await revisions(namespace)).filter(({ data = {} }) => 'refused.json' in data);
    expect(stored?.metadata?.annotations?.[REFUSED_UNTIL_ANNOTATION]).toMatch(/^\d{4}-/);
    const [event] = await eventually(
      () => events(namespace, 'LockNotResolved'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('[release-too-young]');
  });

  it('lets a lock pass whose versions are old enough', async () => {
    const namespace = await apply(pinning('old', secondsAgo(2 * HOUR)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    expect(verdict).toHaveProperty(['checked.json'], '{}');
  });

  it('keeps the revision that runs if an edit brings a young version, and rolls out the next one', async () => {
    const namespace = await apply(pinning('runs', secondsAgo(2 * HOUR)));
    await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined,
    );
    const before = await stampOf(namespace, 'hello');
    await edit(namespace, 'hello', pinning('young-edit', secondsAgo(60)));
    const [event] = await eventually(
      () => events(namespace, 'SourceRefused'),
      ({ length }) => length > 0,
    );
    expect(event?.note).toContain('young-edit 1.0.0 was published at');
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await edit(namespace, 'hello', pinning('old-edit', secondsAgo(2 * HOUR)));
    await stamped(namespace, 'hello', (text) => text !== before.text);
    expect(await verdictOf(namespace)).toHaveProperty(['checked.json'], '{}');
  });

  it('tries a refused revision again without an edit, as soon as it is old enough', async () => {
    const namespace = await apply(pinning('ripens', secondsAgo(HOUR - 10)));
    const verdict = await eventually(
      () => verdictOf(namespace),
      (data) => data !== undefined && 'checked.json' in data,
      90_000,
    );
    expect(verdict).toHaveProperty(['checked.json'], '{}');
  });

  describe('of a Git repository', () => {
    /** Pushes files, and applies a Function of them. */
    async function applyGit(
      files: Readonly<Record<string, string>>,
      refOf: (commit: string) => string,
    ): Promise<{ readonly namespace: string; readonly commit: string }> {
      const { repository, git } = registry();
      // At a second attempt there is something to commit as well.
      const commit = await repository.commit({ ...files, 'attempt.txt': randomUUID() });
      repository.push();
      const namespace = await createNamespace(OPTED_IN);
      const annotations = {
        [ANNOTATIONS.source]: `git+${git.origin}/shop.git?ref=${refOf(commit)}`,
        [ANNOTATIONS.registry]: 'npm',
      };
      const deployment = functionDeployment('hello', {}, annotations);
      await kubectlOk(['apply', '-n', namespace, '-f', '-'], JSON.stringify(listOf(secret(), deployment)));
      return { namespace, commit };
    }
    /** Of Pods that were admitted: what they install by, `buildless-prepare` mounts. */
    const podsOf = async (namespace: string): Promise<readonly string[]> => {
      const { items } = await coreApi().listNamespacedPod({ namespace });
      return items.map(({ metadata }) => metadata?.annotations?.[REVISION_ANNOTATION] ?? 'no revision');
    };

    it('lets the Pods of a commit wait for the verdict by name, and refuses a young version in its place', async () => {
      const { namespace, commit } = await applyGit(pinning('young-git', secondsAgo(60)), (each) => each);
      const { text = '', generation } = await stampOf(namespace, 'hello');
      expect(text).toMatch(new RegExp(`^commit:${commit} lock:hello-[0-9a-f]{10}$`));
      const verdict = await eventually(
        () => verdictOf(namespace),
        (data) => data !== undefined,
        90_000,
      );
      expect(verdict?.['refused.json']).toContain('young-git 1.0.0 was published at');
      for (const revision of await podsOf(namespace)) expect(revision).toBe(text);
      expect(await stampOf(namespace, 'hello')).toEqual({ text, generation });
    });

    it('starts a commit whose versions are old enough by the verdict that the webhook named, without a second rollout', async () => {
      const { namespace } = await applyGit(pinning('old-git', secondsAgo(2 * HOUR)), (each) => each);
      const before = await stampOf(namespace, 'hello');
      const verdict = await eventually(
        () => verdictOf(namespace),
        (data) => data !== undefined,
        90_000,
      );
      expect(verdict).toHaveProperty(['checked.json'], '{}');
      await eventually(
        async () => (await appsApi().readNamespacedDeployment({ namespace, name: 'hello' })).metadata?.labels,
        (labels) => /^[0-9a-f]{32}$/.test(labels?.[FOLLOWED_LABEL] ?? ''),
        90_000,
      );
      expect(await stampOf(namespace, 'hello')).toEqual(before);
    });

    it('also checks a commit without dependencies, and one at a branch, none of whose Pods starts before', async () => {
      const { namespace, commit } = await applyGit(
        { ...answering('plain'), 'package.json': '{}', 'package-lock.json': '{}' },
        () => 'main',
      );
      const { text = '' } = await eventually(
        () => stampOf(namespace, 'hello'),
        (found) => found.text?.startsWith(`commit:${commit}`) === true,
        90_000,
      );
      expect(parseStamp(text)?.lock).toMatch(/^hello-/);
      expect(await verdictOf(namespace)).toEqual({ 'checked.json': '{}' });
      for (const revision of await podsOf(namespace)) expect(revision).toBe(text);
    });

    it('keeps the Pods of a branch refused while its commit is, with the finding as an Event', async () => {
      const { namespace } = await applyGit(pinning('young-branch', secondsAgo(60)), () => 'main');
      const [event] = await eventually(
        () => events(namespace, 'SourceRefused'),
        ({ length }) => length > 0,
        90_000,
      );
      expect(event?.note).toContain('young-branch 1.0.0 was published at');
      expect((await stampOf(namespace, 'hello')).text).toBe(`commit:${UNKNOWN_COMMIT}`);
      expect(await podsOf(namespace)).toEqual([]);
    });
  });

  it('refuses a Pod that no workload makes, as nobody compares its versions', async () => {
    const namespace = await apply(pinning('bare', secondsAgo(2 * HOUR)));
    const created = coreApi().createNamespacedPod({ namespace, body: functionPod('hello', { pod: 'bare' }) });
    await expect(created).rejects.toThrow('release-age-unchecked');
  });
});
