import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { CheckResult } from '../../src/doctor/check.ts';
import { CONTROL_NAME, CONTROL_POD_LABELS, INSTALL_NAMESPACE, POD_LABELS } from '../../src/installation/names.ts';
import { buildless } from '../cli/command.ts';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, deleteBackwards, kubectl, kubectlOk, ROOT } from '../cluster/kubectl.ts';
import { at, installed } from '../installation/shipped.ts';
import { type FakeRegistry, integrityOf, type NpmPackage, startNpmRegistry } from '../pod/install/fake-registry.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { callJson, readyPods } from './pods.ts';
import { packNpm } from './registry.ts';

/**
 * The incident of docs/supply-chain.md, "axios 1.14.1, minute by minute", on running Pods: a private registry whose times the test
 * chooses, and an installation from deploy/install.yaml, of which one namespace is exempt from the minimum release age. The steps
 * build on one another; each can be done again.
 */
const MINUTES = 60_000;
const DAY = 86_400_000;
const PAGE = readFileSync(path.join(ROOT, 'docs/supply-chain.md'), 'utf8');
const CHAPTER = PAGE.split('\n## axios 1.14.1')[1] ?? '';
/** The ConfigMap that the page shows. */
const DENIED = /```yaml\n# denied\.yaml[^\n]*\n([^`]*)```/.exec(PAGE)?.[1] ?? '';

const packages: NpmPackage[] = [];
let registry: FakeRegistry;
/** A namespace of the rule, and one that is exempt, as a cluster without the rule is. */
let shop = '';
let legacy = '';

function publish(name: string, version: string, daysAgo: number, dependencies: Record<string, string> = {}): void {
  if (packages.some((each) => each.name === name && each.version === version)) return;
  const text = name === 'axios' ? `module.exports = '${version}';` : "module.exports = require('axios');";
  const { archive } = packNpm(name, text, { version, dependencies });
  const published = new Date(Date.now() - daysAgo * DAY).toISOString();
  packages.push({ name, version, dependencies, archive, published, hasInstallScript: false });
}

beforeAll(async () => {
  if ('reason' in inject('cluster')) return;
  registry = await startNpmRegistry(packages, inject('node').address);
});
afterAll(async () => {
  if ('reason' in inject('cluster')) return;
  await registry.close();
});

/** The shipped installation with a minimum release age. */
function manifests(): readonly unknown[] {
  const configuration = `dependencies:
  minimumReleaseAge: 7d
  exemptNamespaces: [${legacy}]
  registries: { nodejs: ["${registry.address}"] }
`;
  return installed().map((object) =>
    at(object, 'kind') === 'ConfigMap' && at(object, 'metadata', 'name') === 'buildless-config'
      ? Object.assign({}, object, { data: { 'config.yaml': configuration } })
      : object,
  );
}

/** A Function that answers with the version of axios that came with `payments`. */
const filesOf = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
  'handler.js': "exports.main = () => ({ axios: require('payments') });",
  'package.json': '{"dependencies":{"payments":"^3.0.0"}}',
  '.npmrc': `registry=${registry.address}\n`,
  ...more,
});

/** As an author has it who ran `npm install` in that minute. */
function lockOf(axios: string): string {
  const entry = (name: string, version: string): object => {
    const found = packages.find((each) => each.name === name && each.version === version);
    const resolved = `${registry.address}${name}/-/${name}-${version}.tgz`;
    return { version, resolved, integrity: integrityOf(found?.archive ?? new Uint8Array()) };
  };
  const dependencies = { payments: '^3.0.0' };
  return JSON.stringify({
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { dependencies },
      'node_modules/axios': entry('axios', axios),
      'node_modules/payments': { ...entry('payments', '3.2.0'), dependencies: { axios: '^1.14.0' } },
    },
  });
}

const untilAnswer = async (namespace: string, name: string, axios: string): Promise<void> => {
  await eventually(
    async () => {
      const pods = await readyPods(namespace, `app=${name}`, 1).catch(() => []);
      return pods[0] === undefined ? undefined : await callJson(pods[0]).catch(() => undefined);
    },
    (answer) => at(answer, 'axios') === axios,
    4 * MINUTES,
  );
};

const run = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await buildless([...args, '--kubeconfig', cluster().kubeconfig], '', ROOT);
  return stdout + stderr;
};

const bill = async (namespace: string, name: string): Promise<readonly string[]> => {
  const parsed: unknown = JSON.parse(await run('sbom', name, '-n', namespace));
  const components = at(parsed, 'components');
  return (Array.isArray(components) ? components : []).map((each: unknown) => String(at(each, 'purl')));
};

/** What the metrics of every replica of webhook and controller say, one text each. */
async function metrics(): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const labels of [POD_LABELS, CONTROL_POD_LABELS]) {
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    const { items } = await coreApi().listNamespacedPod({ namespace: INSTALL_NAMESPACE, labelSelector });
    for (const { metadata } of items.filter(({ status }) => status?.phase === 'Running')) {
      const proxy = `/api/v1/namespaces/${INSTALL_NAMESPACE}/pods/${metadata?.name ?? ''}:8080/proxy/metrics`;
      texts.push((await kubectl(['get', '--raw', proxy])).stdout);
    }
  }
  return texts;
}
const digests = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => /^buildless_denied_list_info\{digest="([0-9a-z]+)"\} 1$/m.exec(text)?.[1] ?? '');
const entries = (texts: readonly string[]): readonly string[] =>
  texts.map((text) => /^buildless_denied_entries(?:\{[^}]*\})? (\d+)$/m.exec(text)?.[1] ?? '');

const notesOf = (namespace: string, reason: string): Promise<string> =>
  kubectlOk([
    ...['get', 'events', '-n', namespace, '--field-selector', `reason=${reason}`],
    ...['-o', 'jsonpath={range .items[*]}{.message}{"\\n"}{end}'],
  ]);

/** Without what differs from run to run: times, digests, names of namespaces, the width of columns. */
const masked = (text: string): string =>
  text
    .replaceAll(shop, 'shop')
    .replaceAll(legacy, 'legacy')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\b[0-9a-f]{16}\b/g, 'DIGEST')
    .replaceAll(/ +/g, ' ')
    .trim();

/** Shows what a person sees in this minute, and that the documentation quotes it. */
function quoted(text: string): void {
  console.log(text.trim());
  for (const line of masked(text).split('\n')) expect(masked(CHAPTER)).toContain(line.trim());
}

describe('axios 1.14.1, minute by minute', () => {
  given(async () => {
    [shop, legacy] = [await createNamespace(RESTRICTED), await createNamespace(RESTRICTED)];
    // The installation of another file may still be going.
    await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=180s']);
    await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: manifests() });
    for (const name of ['buildless-webhook', CONTROL_NAME]) {
      await kubectlOk(['rollout', 'status', '-n', INSTALL_NAMESPACE, `deployment/${name}`, '--timeout=240s']);
    }
    return {
      value: undefined,
      async close() {
        await kubectl(['delete', 'namespace', shop, legacy, '--wait=false']);
        await deleteBackwards(installed(), '--wait=false');
        await kubectl(['wait', '--for=delete', `namespace/${INSTALL_NAMESPACE}`, '--timeout=120s']);
      },
    };
  });

  it('00:00: the compromised version is published, and a Function with a range gets the one before', async () => {
    publish('axios', '1.14.0', 60);
    publish('payments', '3.2.0', 60, { axios: '^1.14.0' });
    publish('axios', '1.14.1', 0);
    await apply(shop, deployed('pay', { files: filesOf() }));
    await untilAnswer(shop, 'pay', '1.14.0');
    expect(await bill(shop, 'pay')).toContain('pkg:npm/axios@1.14.0');
  });

  it('00:03: a lock that its author made in that minute is refused, and no Pod of it starts', async () => {
    await apply(shop, deployed('refund', { files: filesOf({ 'package-lock.json': lockOf('1.14.1') }) }));
    const note = await eventually(
      () => notesOf(shop, 'LockNotResolved'),
      (text) => text.includes('axios 1.14.1'),
      2 * MINUTES,
    );
    quoted(note.split('\n').find((line) => line.includes('axios 1.14.1')) ?? '');
    const ready = ['get', 'deployment', 'refund', '-n', shop, '-o', 'jsonpath={.status.readyReplicas}'];
    expect(await kubectlOk(ready)).toBe('');
  });

  it('00:05: where the rule is not in force, the same range runs the compromised version', async () => {
    await apply(legacy, deployed('cart', { files: filesOf() }));
    await untilAnswer(legacy, 'cart', '1.14.1');
    expect(await bill(legacy, 'cart')).toContain('pkg:npm/axios@1.14.1');
  });

  it('02:40: the administrator denies it, and every replica has the same list in force', async () => {
    const before = performance.now();
    await kubectlOk(['apply', '-f', '-'], DENIED);
    await eventually(
      metrics,
      (texts) =>
        texts.length === 4 && entries(texts).every((each) => each === '1') && new Set(digests(texts)).size === 1,
      2 * MINUTES,
    );
    console.log(`in force on every replica after ${((performance.now() - before) / 1000).toFixed(1)} s`);
    const check = await eventually(
      async () => {
        const { results } = JSON.parse(await run('doctor', '-o', 'json')) as { results: readonly CheckResult[] };
        return results.find((each) => each.check === 'Denied versions');
      },
      (found) => found?.status === 'ok',
      2 * MINUTES,
    );
    quoted(`Denied versions: ${check?.detail ?? ''}`);
  });

  it('02:41: no new Pod of it starts, and what runs goes on', async () => {
    await kubectlOk(['scale', '-n', legacy, 'deployment/cart', '--replicas=2']);
    const note = await eventually(
      () => notesOf(legacy, 'FailedCreate'),
      (text) => text.includes('[dependency-denied]'),
      2 * MINUTES,
    );
    await kubectlOk(['scale', '-n', legacy, 'deployment/cart', '--replicas=1']);
    await untilAnswer(legacy, 'cart', '1.14.1');
    quoted(/"axios".*\[dependency-denied\]/.exec(note)?.[0] ?? note);
  });

  it('02:42: status, an Event and a metric name the Functions that run it, with the path by which it came', async () => {
    const listed = await eventually(
      () => run('status', '-A', '--denied'),
      (text) => text.includes(`${legacy}/cart: `) && text.includes(`${shop}/refund: `),
      2 * MINUTES,
    );
    expect(listed).not.toContain(`${shop}/pay`);
    for (const name of [`${legacy}/cart: `, `${shop}/refund: `]) {
      quoted(listed.split('\n').find((each) => each.startsWith(name)) ?? name);
    }
    const note = await eventually(
      () => notesOf(legacy, 'DeniedVersion'),
      (text) => text !== '',
      2 * MINUTES,
    );
    quoted(note);
    await eventually(
      metrics,
      (texts) => texts.some((text) => /^buildless_control_functions_denied(?:\{[^}]*\})? 2$/m.test(text)),
      2 * MINUTES,
    );
  });

  it('03:05: a good version is published, a refresh rolls it out, and the bill of materials shows it', async () => {
    publish('axios', '1.14.2', 0);
    expect(await run('lock', '--refresh', 'cart', '-n', legacy)).toContain('cart');
    await untilAnswer(legacy, 'cart', '1.14.2');
    expect(await bill(legacy, 'cart')).toContain('pkg:npm/axios@1.14.2');
    await eventually(
      () => run('status', '-A', '--denied'),
      (text) => !text.includes(legacy),
      2 * MINUTES,
    );
    // The rule of the other namespace does not know the new version yet.
    await untilAnswer(shop, 'pay', '1.14.0');
  });

  it('03:10: an edit of the refused Function goes back to the version before, and it starts', async () => {
    await apply(shop, sourceOf('refund', filesOf({ 'package-lock.json': lockOf('1.14.0') })));
    await untilAnswer(shop, 'refund', '1.14.0');
    const listed = await eventually(
      () => run('status', '-A', '--denied'),
      (text) => text.includes('No Functions'),
      2 * MINUTES,
    );
    quoted(listed);
  });
});
