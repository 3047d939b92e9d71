import { describe, expect, it } from 'vitest';
import { VERSION } from '../../src/version.ts';
import { dryRunFunction } from '../../src/doctor/checks/function.ts';
import { configuration } from '../../src/doctor/checks/configuration.ts';
import { namespaces } from '../../src/doctor/checks/namespaces.ts';
import { replicas } from '../../src/doctor/checks/replicas.ts';
import { rights } from '../../src/doctor/checks/rights.ts';
import { injectedVersions } from '../../src/doctor/checks/injected-versions.ts';
import { toolkit } from '../../src/doctor/checks/toolkit.ts';
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
    ['injectedVersions', injectedVersions],
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

/** A Pod of a Function in the namespace shop. */
const injectedBy = (buildless: string, name: string, more: object = {}): object => ({
  metadata: {
    namespace: 'shop',
    ...more,
    annotations: {
      'buildless.dev/status': JSON.stringify({
        version: buildless,
        function: name,
        runtime: 'nodejs22',
        image: 'node:22.1.0',
        container: 'function',
        server: true,
        source: { type: 'configmap', reference: 'configmap:hello' },
        added: { volumes: [], initContainers: [] },
      }),
    },
  },
});

describe('doctor warns', () => {
  it.each<[string, Changes, string]>([
    ['a single replica', deployment(1, 1), 'warning: a single replica'],
    ['all replicas on one node', pods(podOn('one'), podOn('one')), 'warning: all replicas are on one node'],
  ])('of %s, as Functions start all the same', async (_, changes, words) => {
    const report = await look(replicas, changes);
    expect(report).toContain(words);
    expect(report).not.toContain('failed: ');
  });

  it('of Functions that another version injected, and names each once', async () => {
    const report = await look(
      injectedVersions,
      pods(injectedBy('0.1.0', 'old'), injectedBy('0.1.0', 'old'), injectedBy(VERSION, 'new'), podOn('one')),
    );
    expect(report).toContain('warning: ');
    expect(report).toContain('of shop/old (0.1.0) ->');
    expect(report).toContain('kubectl rollout restart');
    expect(report).not.toContain('shop/new');
  });

  it('of no Function whose Pods of another version are being deleted', async () => {
    const report = await look(
      injectedVersions,
      pods(injectedBy('0.1.0', 'old', { deletionTimestamp: '2026-11-29T00:00:00Z' })),
    );
    expect(report).toContain('ok: ');
  });

  it('of many such Functions in one line', async () => {
    const many = Array.from({ length: 30 }, (_, index) => injectedBy('0.1.0', `f${index + 10}`));
    const report = await look(injectedVersions, pods(...many));
    expect(report).toContain('shop/f19 (0.1.0), and 20 more');
  });

  it('of a toolkit image of another version than the webhook', async () => {
    const report = await look(toolkit, config('toolkit: { image: "registry.example/toolkit:9.8.7" }\n'));
    expect(report).toContain(
      `warning: registry.example/toolkit:9.8.7 is of another version than the webhook, which is ${VERSION}`,
    );
  });

  it('of none if the toolkit is of the same version', async () => {
    expect(await look(toolkit, config(`toolkit: { image: "registry.example/toolkit:${VERSION}" }\n`))).toContain(
      'ok: ',
    );
  });

  it('of none if only a digest names the toolkit', async () => {
    expect(await look(toolkit, config(`toolkit: { image: "registry.example/toolkit@${DIGEST}" }\n`))).toContain('ok: ');
  });
});

describe('doctor leaves out what a new installation cannot show', () => {
  it('and says how to opt in', async () => {
    const label = 'kubectl label namespace NAME buildless.dev/functions=enabled';
    for (const check of [namespaces, dryRunFunction]) {
      const report = await look(check, optedIn());
      expect(report).toContain('skipped: ');
      expect(report).toContain(label);
    }
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
