import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { INSTALL_NAMESPACE, PART_OF, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { CHART, givenHelm, helm, helmProgram, type Printed } from '../chart/helm.ts';
import { at, find, installed, listAt, objectsOf } from '../installation/shipped.ts';
import { cluster, eventually, it } from './given.ts';
import { kubectl, kubectlOk, ROOT } from './kubectl.ts';
import { configurationNow, kubeconfigOf } from './shipped.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const RELEASE = ['buildless', '--namespace', INSTALL_NAMESPACE];

/** No node runs the Pods here, so nothing waits for them. */
const NO_WAIT = ['--wait=hookOnly'];

const run = (...args: readonly string[]): Promise<Printed> =>
  helm(args, '', { KUBECONFIG: cluster().kubeconfig, HELM_CACHE_HOME: folder, HELM_CONFIG_HOME: folder });

async function runOk(...args: readonly string[]): Promise<Printed> {
  const printed = await run(...args);
  if (printed.status !== 0) throw new Error(printed.stderr);
  return printed;
}

const install = (...more: readonly string[]): Promise<Printed> =>
  runOk('install', ...RELEASE, CHART, '--create-namespace', ...NO_WAIT, ...more);
const upgrade = (...more: readonly string[]): Promise<Printed> =>
  runOk('upgrade', ...RELEASE, CHART, ...NO_WAIT, ...more);

/** Controllers write a status into these at any time: their generation tells whether anybody else wrote. */
const WITH_STATUS = ['Deployment', 'PodDisruptionBudget', 'ValidatingAdmissionPolicy'];

/** resourceVersion by kind and name, of all that the release has. */
async function versions(): Promise<Readonly<Record<string, string>>> {
  const manifest = await runOk('get', 'manifest', ...RELEASE);
  const list = await kubectlOk(['get', '-f', '-', '-o', 'json', '--show-managed-fields=false'], manifest.stdout);
  return Object.fromEntries(
    listAt(JSON.parse(list), 'items').map((object) => [
      `${String(at(object, 'kind'))} ${String(at(object, 'metadata', 'name'))}`,
      WITH_STATUS.includes(String(at(object, 'kind')))
        ? String(at(object, 'metadata', 'generation'))
        : String(at(object, 'metadata', 'resourceVersion')),
    ]),
  );
}

async function caBundles(): Promise<readonly unknown[]> {
  const both = await Promise.all([configurationNow('mutating'), configurationNow('validating')]);
  return both.flatMap((each) => listAt(each, 'webhooks')).map((entry) => at(entry, 'clientConfig', 'caBundle'));
}

const replicas = (): Promise<string> =>
  kubectlOk(['get', 'deployment', WEBHOOK_NAME, '-n', INSTALL_NAMESPACE, '-o', 'jsonpath={.spec.replicas}']);

async function removeAll(): Promise<void> {
  await run('uninstall', ...RELEASE, '--ignore-not-found', '--wait=hookOnly');
  await kubectl(['delete', 'namespace', INSTALL_NAMESPACE, '--ignore-not-found', '--wait=true']);
}

const KINDS =
  'mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings,clusterroles,clusterrolebindings';
const clusterWide = (): Promise<string> =>
  kubectlOk(['get', KINDS, '-l', `${PART_OF.label}=${PART_OF.value}`, '-o', 'name']);

let folder = '';

describe('the chart', () => {
  givenHelm();
  let webhook: Webhook | undefined;

  const ready = (): boolean => {
    try {
      cluster();
      return helmProgram() !== '';
    } catch {
      return false;
    }
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'buildless-helm-'));
    if (!ready()) return;
    await install();
    // The real one writes its caBundle into the registrations.
    webhook = await startWebhook({
      kubeconfig: await kubeconfigOf(WEBHOOK_NAME, folder),
      certificates: { arguments: ['--namespace', INSTALL_NAMESPACE] },
    });
  });
  afterAll(async () => {
    await webhook?.stop();
    if (ready()) await removeAll();
    rmSync(folder, { recursive: true, force: true });
  });

  const promise = (name: string, body: () => Promise<void>): void => {
    it(name, async (context) => {
      if (!ready()) context.skip('no helm to test with: install Go');
      await body();
    });
  };

  promise('installs what the API server accepts to the last field, and names the next step', async () => {
    const { stdout } = await runOk('get', 'manifest', ...RELEASE);
    const dryRun = await kubectl(['create', '--dry-run=server', '--validate=strict', '-f', '-'], stdout);
    // Each of them is there already; nothing else is said against any.
    const lines = dryRun.stderr.split('\n').filter((line) => line !== '' && !line.includes('already exists'));
    expect(lines).toEqual([]);
    expect((await runOk('get', 'notes', ...RELEASE)).stdout).toContain('buildless.dev/functions=enabled');
    const objects = objectsOf(stdout).filter((object) => object !== null);
    expect(objects).toHaveLength(installed().length - 1);
  });

  promise('the webhook works with the rights that it gives, and writes the caBundle', async () => {
    await eventually(caBundles, (bundles) => bundles.length > 0 && bundles.every((bundle) => bundle !== undefined));
  });

  promise('an upgrade without a change writes no object, and leaves the caBundle of the webhook', async () => {
    const before = await versions();
    const bundles = await caBundles();
    await upgrade();
    expect(await versions()).toEqual(before);
    expect(await caBundles()).toEqual(bundles);
  });

  promise('an upgrade changes what its values say, and a rollback takes it back', async () => {
    const before = await versions();
    const bundles = await caBundles();
    await upgrade('--set', 'webhook.replicas=3', '--set', 'configuration.dependencies.enforce=exact');
    const after = await versions();
    const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(changed).toEqual(['ConfigMap buildless-config', `Deployment ${WEBHOOK_NAME}`]);
    expect(await replicas()).toBe('3');
    const config = (): Promise<string> =>
      kubectlOk(['get', 'configmap', 'buildless-config', '-n', INSTALL_NAMESPACE, '-o', 'jsonpath={.data}']);
    expect(await config()).toContain('enforce: exact');

    await runOk('rollback', ...RELEASE, ...NO_WAIT);
    expect(await replicas()).toBe('2');
    expect(await config()).toContain('enforce: no-latest');
    expect(await caBundles()).toEqual(bundles);
  });

  promise('what an upgrade takes out of the values is removed, and comes again', async () => {
    await upgrade('--set', 'control.enabled=false');
    expect(await clusterWide()).not.toContain('buildless-control');
    await upgrade('--reset-values');
    expect(await clusterWide()).toContain('buildless-control');
  });

  promise('an upgrade with a wrong value ends before anything is changed, and names it', async () => {
    const before = await versions();
    const { status, stderr } = await run('upgrade', ...RELEASE, CHART, '--set', 'webhook.replica=3');
    expect(status).toBe(1);
    expect(stderr).toContain("additional properties 'replica' not allowed");
    expect(await versions()).toEqual(before);
  });

  promise('each of its other values is accepted by the API server', async () => {
    for (const name of ['host-network', 'high-availability', 'without-control']) {
      const values = path.join(CHART, 'ci', `${name}-values.yaml`);
      await upgrade('-f', values, '--dry-run=server');
    }
  });

  promise('helm test makes its Pod, which the API server admits where restricted is enforced', async () => {
    const level = 'pod-security.kubernetes.io/enforce=restricted';
    await kubectlOk(['label', 'namespace', INSTALL_NAMESPACE, level]);
    const tested = run('test', ...RELEASE, '--timeout=20s');
    const phase = ['get', 'pod', 'buildless-test', '-n', INSTALL_NAMESPACE, '-o', 'jsonpath={.status.phase}'];
    await eventually(
      () => kubectl(phase),
      ({ stdout }) => stdout === 'Pending',
    );
    // No node runs it here: its program runs beside, with the rights that it has.
    const kubeconfig = await kubeconfigOf('buildless-test', folder);
    const doctor = spawn(
      process.execPath,
      [path.join(ROOT, 'dist/buildless.mjs'), 'doctor', '-o', 'json', '--kubeconfig', kubeconfig],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { results } = JSON.parse(await text(doctor.stdout)) as {
      readonly results: readonly { readonly check: string; readonly status: string; readonly detail: string }[];
    };
    expect(results.filter(({ detail }) => /forbidden|cannot/i.test(detail))).toEqual([]);
    const failed = results.filter(({ status }) => status === 'failed').map(({ check }) => check);
    // What only Pods that run could show.
    expect(failed.filter((check) => !['Replicas', 'Controller'].includes(check))).toEqual([]);
    await tested;
  });

  promise('uninstall leaves nothing in the cluster outside of the namespace', async () => {
    await runOk('uninstall', ...RELEASE, '--wait=hookOnly');
    await eventually(clusterWide, (names) => names === '');
  });

  promise('adopts what kubectl apply has installed', async () => {
    await kubectlOk(['delete', 'namespace', INSTALL_NAMESPACE, '--ignore-not-found']);
    await kubectlOk(['apply', '-f', 'deploy/install.yaml']);
    await install('--take-ownership', '--force-conflicts');
    const service = await kubectlOk(['get', 'service', WEBHOOK_NAME, '-n', INSTALL_NAMESPACE, '-o', 'json']);
    expect(at(JSON.parse(service), 'metadata', 'annotations', 'meta.helm.sh/release-name')).toBe('buildless');
    expect(find(installed(), 'Deployment', WEBHOOK_NAME)).toBeDefined();
  });
});
