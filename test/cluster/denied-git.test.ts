import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, DENIED_LABEL, REVISION_ANNOTATION } from '../../src/function/keys.ts';
import { REPORT_NAME } from '../../src/policy-report/kinds.ts';
import { parseStamp, UNKNOWN_COMMIT } from '../../src/function/stamp.ts';
import { buildless } from '../cli/command.ts';
import { type GitServer, Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { startResolver } from '../resolve/running-resolver.ts';
import { isChecked, pinning, untilEvent, verdict } from './compared-source.ts';
import { installController } from './controller.ts';
import { cluster, eventually, given, it, type Opened } from './given.ts';
import { installWithResolver } from './installed-both.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { defineReports, removeDefinition } from './report-definitions.ts';
import { appsApi, functionDeployment, stampOf } from './revisions.ts';
import type { Samples } from './webhook.ts';

const DENIED = 'dependencies: { denied: { nodejs: [{ name: left, versions: 1.0.0, reason: steals tokens }] } }\n';
/** Everything here waits for clones and lookups of a loaded machine. */
const PATIENCE = 90_000;

type Files = Readonly<Record<string, string>>;

interface Remote {
  readonly repository: Repository;
  readonly git: GitServer;
}

const folders = new Folders();

/** A repository, and a cluster in which one version is denied; nothing asks how old versions are. */
async function install(): Promise<Opened<Remote>> {
  const folder = await folders.open('repositories');
  const repository = new Repository(folder, 'shop');
  const git = await startGitServer(folder);
  const both = await installWithResolver(
    { GIT_SSL_CAINFO: git.authority },
    { configuration: `${DENIED}git: { interval: 10s }\n` },
  );
  return {
    value: { repository, git },
    close: async () => {
      await both.close();
      await git.close();
      await folders.removeAll();
    },
  };
}

/** A source whose author's lock has one version, which is denied if it is 1.0.0. */
const locking = (version: string): Files => pinning({ address: '', packages: [] }, 'left', version, {});

describe('a Git source while a version is denied, without a minimum release age', () => {
  const remote = given(install);

  async function push(files: Files): Promise<string> {
    const { repository } = remote();
    // At a second attempt there is something to commit as well.
    const commit = await repository.commit({ ...files, 'attempt.txt': randomUUID() });
    repository.push();
    return commit;
  }

  async function create(ref: string): Promise<string> {
    const namespace = await createNamespace(OPTED_IN);
    const annotations = { [ANNOTATIONS.source]: sourceAt(ref) };
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello', {}, annotations) });
    return namespace;
  }
  const sourceAt = (ref: string): string => `git+${remote().git.origin}/shop.git?ref=${ref}`;

  const podsOf = async (namespace: string): Promise<readonly string[]> => {
    const { items } = await coreApi().listNamespacedPod({ namespace });
    return items.map(({ metadata }) => metadata?.annotations?.[REVISION_ANNOTATION] ?? 'no revision');
  };
  const runs = (namespace: string, commit: string): Promise<unknown> =>
    eventually(
      () => stampOf(namespace, 'hello'),
      ({ text }) => text?.startsWith(`commit:${commit} lock:`) === true,
      PATIENCE,
    );

  it.withControllers(
    'lets the first Pods of a commit wait for its verdict by name, which an allowed version gets',
    async () => {
      const commit = await push(locking('1.0.1'));
      const namespace = await create(commit);
      const { text = '', generation } = await stampOf(namespace, 'hello');
      expect(text).toMatch(new RegExp(`^commit:${commit} lock:hello-[0-9a-f]{10}$`));
      const pods = await eventually(
        () => podsOf(namespace),
        ({ length }) => length > 0,
        PATIENCE,
      );
      expect(new Set(pods)).toEqual(new Set([text]));
      const found = await verdict(namespace, isChecked);
      expect(found).toEqual({ 'checked.json': '{}' });
      expect(await stampOf(namespace, 'hello')).toEqual({ text, generation });
    },
  );

  it('stores the refusal in place of the verdict if the lock of a first commit has the denied version', async () => {
    const namespace = await create(await push(locking('1.0.0')));
    const refused = await verdict(namespace, (data) => 'refused.json' in data);
    expect(refused?.['refused.json']).toContain('\\"left\\" 1.0.0 is denied in this cluster (steals tokens)');
    expect(await untilEvent(namespace, 'LockNotResolved')).toContain('[dependency-denied]');
  });

  it('does not roll out a push that brings the denied version, and rolls out the next one without it', async () => {
    const first = await push(locking('1.0.1'));
    const namespace = await create('main');
    await runs(namespace, first);
    const before = await stampOf(namespace, 'hello');
    await push(locking('1.0.0'));
    expect(await untilEvent(namespace, 'SourceRefused')).toContain('[dependency-denied]');
    expect(await stampOf(namespace, 'hello')).toEqual(before);
    await runs(namespace, await push(locking('1.0.2')));
  });

  it('refuses the Pods of a branch until its commit is known and allowed', async () => {
    await push(locking('1.0.0'));
    const namespace = await create('main');
    expect(await untilEvent(namespace, 'SourceRefused')).toContain('[dependency-denied]');
    expect((await stampOf(namespace, 'hello')).text).toBe(`commit:${UNKNOWN_COMMIT}`);
    expect(await podsOf(namespace)).toEqual([]);
    const fixed = await push(locking('1.0.1'));
    await runs(namespace, fixed);
    expect(parseStamp((await stampOf(namespace, 'hello')).text ?? '')?.lock).toMatch(/^hello-/);
  });

  it('stores the refusal also if the template is moved from an allowed commit to one with the denied version', async () => {
    const namespace = await create(await push(locking('1.0.1')));
    await verdict(namespace, isChecked);
    const denied = await push(locking('1.0.0'));
    const template = { metadata: { annotations: { [ANNOTATIONS.source]: sourceAt(denied) } } };
    await kubectlOk(['patch', 'deployment', 'hello', '-n', namespace, '-p', JSON.stringify({ spec: { template } })]);
    expect((await stampOf(namespace, 'hello')).text).toMatch(new RegExp(`^commit:${denied} lock:hello-`));
    const refused = await verdict(namespace, (data) => 'refused.json' in data);
    expect(refused?.['refused.json']).toContain('steals tokens');
  });
});

interface Denying {
  readonly remote: Remote;
  /** Of the lists of denied versions. */
  readonly namespace: string;
  readonly metrics: () => Promise<Samples>;
}

/** A cluster in which nothing is denied yet. */
async function installOpen(): Promise<Opened<Denying>> {
  const own = new Folders();
  const folder = await own.open('repositories');
  const repository = new Repository(folder, 'shop');
  const git = await startGitServer(folder);
  await defineReports('wgpolicyk8s.io');
  const resolver = await startResolver({ GIT_SSL_CAINFO: git.authority });
  const controller = await installController({ resolver: resolver.socket, configuration: 'git: { interval: 10s }\n' });
  const { namespace } = controller.value;
  const webhook = await installWebhook({ leaseNamespace: namespace });
  return {
    value: { remote: { repository, git }, namespace, metrics: () => controller.value.controller().metrics() },
    close: async () => {
      await webhook.close();
      await controller.close();
      await resolver.close();
      await git.close();
      await removeDefinition('wgpolicyk8s.io');
      await own.removeAll();
    },
  };
}

describe('a commit that runs when a version in the lock of its author gets denied', () => {
  const opened = given(installOpen);

  it('is named by status --denied, an Event, the metric and the report, until the version is denied no more', async () => {
    const { namespace: installation, remote, metrics } = opened();
    const namespace = await createNamespace(OPTED_IN);
    // Its own: a first attempt may have left a Function that would be counted as well.
    const name = `of-${namespace}`;
    const files = pinning({ address: '', packages: [] }, name, '1.0.0', {});
    const commit = await remote.repository.commit({ ...files, 'attempt.txt': randomUUID() });
    remote.repository.push();
    const annotations = { [ANNOTATIONS.source]: `git+${remote.git.origin}/shop.git?ref=${commit}` };
    await appsApi().createNamespacedDeployment({ namespace, body: functionDeployment('hello', {}, annotations) });
    expect((await stampOf(namespace, 'hello')).text).toBe(`commit:${commit}`);
    const list = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'incident', labels: { [DENIED_LABEL]: 'incident' } },
      data: {
        'denied.yaml': `dependencies: { denied: { nodejs: [{ name: ${name}, versions: 1.0.0, reason: steals }] } }`,
      },
    };
    await kubectlOk(['apply', '-n', installation, '-f', '-'], JSON.stringify(list));
    try {
      const runsIt = `runs "${name}" 1.0.0, which is denied (steals); it comes with package.json > ${name}@1.0.0`;
      expect(await untilEvent(namespace, 'DeniedVersion')).toBe(runsIt);
      await eventually(metrics, (each) => each.sum('buildless_control_functions_denied') === 1, PATIENCE);
      const { status, stdout } = await buildless([
        ...['status', '--kubeconfig', cluster().kubeconfig, '-n', namespace],
        ...['--installation', installation, '--denied'],
      ]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining(`hello: ${runsIt}`) as unknown });
      await eventually(
        () => kubectl(['get', 'policyreport', REPORT_NAME, '-n', namespace, '-o', 'jsonpath={.results[*].message}']),
        (shown) => shown.stdout.includes(`"${name}" 1.0.0 is denied in this cluster (steals)`),
        PATIENCE,
      );
    } finally {
      await kubectlOk(['delete', 'configmap', 'incident', '-n', installation]);
    }
    await eventually(metrics, (each) => each.sum('buildless_control_functions_denied') === 0, PATIENCE);
  });
});
