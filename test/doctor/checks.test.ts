import { describe, expect, it } from 'vitest';
import { configuration } from '../../src/doctor/checks/configuration.ts';
import { namespaces } from '../../src/doctor/checks/namespaces.ts';
import { replicas } from '../../src/doctor/checks/replicas.ts';
import { rights } from '../../src/doctor/checks/rights.ts';
import { version } from '../../src/doctor/checks/version.ts';
import type { Check } from '../../src/doctor/check.ts';
import { field } from '../../src/kubernetes/fields.ts';
import { clusterAsInstalled, deploymentOf, found, podOn, type Changes } from './cluster-as-installed.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;

const config = (text: string): Changes => ({
  get: { 'configmaps/buildless-config': found({ data: { 'config.yaml': text } }) },
});
const optedIn = (...names: readonly string[]): Changes => ({
  get: { namespaces: found({ items: names.map((name) => ({ metadata: { name } })) }) },
});
const pods = (...items: readonly object[]): Changes => ({ get: { pods: found({ items }) } });
const deployment = (...args: Parameters<typeof deploymentOf>): Changes => ({
  get: { 'deployments/buildless-webhook': deploymentOf(...args) },
});
/** Every right but those of a verb on a resource. */
const without = (verb: string, resource: string): Changes => ({
  post: (body) => {
    const asked = field(body, 'spec', 'resourceAttributes');
    return found({ status: { allowed: !(field(asked, 'verb') === verb && field(asked, 'resource') === resource) } });
  },
});

const look = async (check: Check, changes: Changes = {}): Promise<string> =>
  (await check(clusterAsInstalled(changes)))
    .map(({ status, detail, cure }) => `${status}: ${detail}${cure === undefined ? '' : ` -> ${cure}`}`)
    .join('\n');

describe('doctor is content with a cluster as deploy/install.yaml makes it', () => {
  it.each<[string, Check]>([
    ['version', version],
    ['rights', rights],
    ['replicas', replicas],
    ['configuration', configuration],
    ['namespaces', namespaces],
  ])('%s', async (_, check) => {
    expect((await check(clusterAsInstalled())).map(({ status }) => status)).toEqual(['ok']);
  });
});

describe('doctor finds', () => {
  it.each<[string, Check, Changes, readonly string[]]>([
    [
      'an API server that is too old',
      version,
      { get: { version: found({ gitVersion: 'v1.29.9' }) } },
      ['v1.29.9', '1.30'],
    ],
    ['an API server without a version', version, { get: { version: found({}) } }, ['1.30']],
    [
      'a right that is missing, as kubectl writes it',
      rights,
      without('patch', 'mutatingwebhookconfigurations'),
      ['patch mutatingwebhookconfigurations/buildless', 'rbac.yaml'],
    ],
    [
      'replicas that are not Ready',
      replicas,
      deployment(2, 1),
      ['1 of 2', 'kubectl describe pods -n buildless-system'],
    ],
    ['a Deployment that was scaled to nothing', replicas, deployment(0, 0), ['0 of 0']],
    ['a single replica', replicas, deployment(1, 1), ['single replica']],
    ['all replicas on one node', replicas, pods(podOn('one'), podOn('one')), ['one node']],
    [
      'another version than this command',
      replicas,
      deployment(2, 2, `registry.example:5000/buildless:v9.8.7@${DIGEST}`),
      ['9.8.7'],
    ],
    [
      'a configuration that cannot be parsed, with its line',
      configuration,
      config('mode: buildless\nruntimes: [\n'),
      ['config.yaml:3'],
    ],
    ['a key that does not exist in the configuration', configuration, config('modus: buildless\n'), ['modus']],
    [
      'a configuration that disables injection',
      configuration,
      config('mode: disabled\n'),
      ['disable', 'mode: buildless'],
    ],
    [
      'that no namespace opted in',
      namespaces,
      optedIn(),
      ['kubectl label namespace NAME buildless.dev/functions=enabled'],
    ],
    [
      'namespaces of the cluster that opted in in vain',
      namespaces,
      optedIn('shop', 'kube-system'),
      ['kubectl label namespace kube-system buildless.dev/functions-'],
    ],
    [
      "Buildless' own namespace that opted in in vain",
      namespaces,
      optedIn('buildless-system'),
      ['namespace buildless-system buildless.dev/functions-'],
    ],
  ])('%s', async (_, check, changes, words) => {
    const report = await look(check, changes);
    expect(report).toContain('failed: ');
    for (const each of words) expect(report).toContain(each);
  });
});

describe('doctor does not mistake', () => {
  it('Pods that are about to go, or not there yet, for replicas on another node', async () => {
    expect(await look(replicas, pods(podOn('one'), podOn('one'), podOn('two', 'Pending')))).toContain('one node');
  });

  it('an image by digest alone for another version', async () => {
    expect(await look(replicas, deployment(2, 2, `registry.example/buildless@${DIGEST}`))).not.toContain('failed');
  });

  it('the port of a registry for another version', async () => {
    expect(await look(replicas, deployment(2, 2, 'registry.example:5000/buildless'))).not.toContain('failed');
  });

  it('a newer major version of Kubernetes for an old one', async () => {
    expect(await look(version, { get: { version: found({ gitVersion: 'v2.0.0' }) } })).toContain('ok: ');
  });

  it('many namespaces for a long line', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `shop-${index}`);
    const report = await look(namespaces, optedIn(...names));
    expect(report).toContain('50');
    expect(report).not.toContain('shop-10');
  });
});
