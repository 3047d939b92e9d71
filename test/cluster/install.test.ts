import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { AuthorizationV1Api, KubeConfig } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { kustomize } from '../../scripts/manifests.mjs';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { INSTALL_NAMESPACE, WEBHOOK_NAME } from '../../src/installation/names.ts';
import { RIGHTS } from '../../src/installation/rights.ts';
import { at, installed, objectsOf } from '../installation/shipped.ts';
import { functionPod, source } from './functions.ts';
import { cluster, eventually, given, it } from './given.ts';
import { OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, podsOf, ROOT } from './kubectl.ts';
import { installShipped } from './shipped.ts';

const COMMAND = path.join(ROOT, 'dist/buildless.mjs');

async function buildless(...args: readonly string[]): Promise<{ status: unknown; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [COMMAND, ...args, '--kubeconfig', cluster().kubeconfig], { stdio: 'pipe' });
  const [stdout, stderr, closed] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const [status] = closed as readonly unknown[];
  return { status, stdout, stderr };
}

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly detail: string;
  readonly cure?: string;
}

async function doctor(...args: readonly string[]): Promise<readonly Finding[]> {
  const { stdout } = await buildless('doctor', '-o', 'json', ...args);
  return (JSON.parse(stdout) as { results: readonly Finding[] }).results;
}

const of = (findings: readonly Finding[], check: string): readonly Finding[] =>
  findings.filter((finding) => finding.check === check);

const deployment = (name: string, image = 'auto'): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: {
        labels: { app: name, [FUNCTION_LABEL]: name },
        annotations: { [ANNOTATIONS.runtime]: 'nodejs22' },
      },
      spec: { containers: [{ name: 'function', image }] },
    },
  },
});

describe('the manifests', () => {
  const shipped = given(async () => {
    const opened = await installShipped();
    await Promise.all([opened.value.start(), opened.value.start()]);
    return opened;
  });

  it('are accepted by the API server without a warning, every field of them', () => {
    expect(shipped().warnings).toBe('');
    return Promise.resolve();
  });

  for (const name of ['cert-manager', 'host-network', 'high-availability', 'openshift']) {
    it(`so is the overlay ${name}, but for kinds of others`, async (context) => {
      const built = kustomize(`deploy/overlays/${name}`);
      if ('missing' in built) context.skip(built.missing);
      const items = objectsOf('manifests' in built ? built.manifests : '').filter(
        (object) => !String(at(object, 'apiVersion')).startsWith('cert-manager.io'),
      );
      const isRegistration = (object: unknown): boolean =>
        String(at(object, 'apiVersion')).startsWith('admissionregistration');
      const dryRun = async (verb: string, wanted: boolean): Promise<string> => {
        const list = { apiVersion: 'v1', kind: 'List', items: items.filter((each) => isRegistration(each) === wanted) };
        expect(list.items.length).toBeGreaterThan(1);
        const { status, stderr } = await kubectl([verb, '--dry-run=server', '--validate=strict', '-f', '-'], list);
        expect({ status, stderr }).toMatchObject({ status: 0 });
        return stderr;
      };
      const warnings = await dryRun('apply', false);
      // The dry run does not change the namespace, whose level this overlay lowers.
      const expected = name === 'host-network' ? /^Warning: would violate PodSecurity .*host namespaces.*\n$/ : /^$/;
      expect(warnings).toMatch(expected);
      // Those that are there name a URL in place of the Service: apply would merge both.
      expect(await dryRun('replace', true)).toBe('');
    });
  }

  it("the Deployment's own Pods are admitted at Pod Security restricted, and the webhook is not asked about them", async () => {
    await kubectlOk(['label', 'namespace', INSTALL_NAMESPACE, 'buildless.dev/functions=enabled']);
    const selector = 'app.kubernetes.io/component=webhook';
    await kubectlOk(['delete', 'pods', '-n', INSTALL_NAMESPACE, '-l', selector, '--wait=false']);
    const pods = await podsOf(INSTALL_NAMESPACE, selector, 2);
    expect(pods).toHaveLength(2);
    await kubectlOk(['label', 'namespace', INSTALL_NAMESPACE, 'buildless.dev/functions-']);
  });

  it('a labelled Pod in kube-system or in our own namespace never waits for us, whatever their labels say', async () => {
    const before = (await Promise.all(shipped().replicas.map((replica) => replica.metrics()))).map((m) => m.reviews());
    for (const namespace of ['kube-system', INSTALL_NAMESPACE]) {
      await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions=enabled']);
      const security = {
        runAsNonRoot: true,
        runAsUser: 1000,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        seccompProfile: { type: 'RuntimeDefault' },
      };
      const spec = { containers: [{ name: 'function', image: 'own:1', securityContext: security }] };
      const pod = { ...functionPod('hello', { pod: 'not-ours' }), spec };
      const sa = await eventually(
        () => kubectl(['get', 'serviceaccount', 'default', '-n', namespace]),
        ({ status }) => status === 0,
      );
      expect(sa.status).toBe(0);
      await kubectlOk(['create', '--dry-run=server', '-n', namespace, '-f', '-'], pod);
      await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions-']);
    }
    const after = (await Promise.all(shipped().replicas.map((replica) => replica.metrics()))).map((m) => m.reviews());
    expect(after).toEqual(before);
  });

  it('a template is shown once to each half: not when it is scaled, labelled or paused, nor again as a ReplicaSet', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const asked = async (): Promise<readonly number[]> => {
      const all = await Promise.all(shipped().replicas.map((replica) => replica.metrics()));
      return ['Deployment', 'ReplicaSet'].flatMap((kind) =>
        ['mutate', 'validate'].map((webhook) =>
          all.reduce((sum, samples) => sum + samples.reviews({ kind, webhook }), 0),
        ),
      );
    };
    const [mutations = 0, validations = 0, ...sets] = await asked();
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], deployment('hello'));
    await podsOf(namespace, 'app=hello', 1);
    await kubectlOk(['scale', 'deployment/hello', '-n', namespace, '--replicas=3']);
    await kubectlOk(['label', 'deployment/hello', '-n', namespace, 'team=shop']);
    await kubectlOk(['rollout', 'pause', 'deployment/hello', '-n', namespace]);
    await podsOf(namespace, 'app=hello', 3);
    expect(await asked()).toEqual([mutations + 1, validations + 1, ...sets]);
    await kubectlOk(['set', 'env', 'deployment/hello', '-n', namespace, 'A=b']);
    expect(await asked()).toEqual([mutations + 2, validations + 2, ...sets]);
  });

  it('a CronJob is asked about for its own template', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const cronJob = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'nightly' },
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: {
            template: {
              metadata: { labels: { [FUNCTION_LABEL]: 'nightly' }, annotations: { [ANNOTATIONS.runtime]: 'nodejs22' } },
              spec: { restartPolicy: 'Never', containers: [{ name: 'function', image: 'auto', args: ['run.js'] }] },
            },
          },
        },
      },
    };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('nightly'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], cronJob);
    const all = await Promise.all(shipped().replicas.map((replica) => replica.metrics()));
    for (const webhook of ['mutate', 'validate'])
      expect(all.reduce((sum, samples) => sum + samples.reviews({ kind: 'CronJob', webhook }), 0)).toBe(1);
  });

  it('the ServiceAccount may do what it needs and, verb by verb, nothing else', async () => {
    const config = new KubeConfig();
    config.loadFromFile(shipped().kubeconfig);
    const review = async (namespace: string): Promise<readonly string[]> => {
      const api = config.makeApiClient(AuthorizationV1Api);
      const { status } = await api.createSelfSubjectRulesReview({ body: { spec: { namespace } } });
      return (status?.resourceRules ?? [])
        .filter(
          ({ apiGroups = [] }) => !apiGroups.some((group) => /^(authorization|authentication)\.k8s\.io$/.test(group)),
        )
        .flatMap(({ apiGroups = [], resources = [], resourceNames = [''], verbs }) =>
          apiGroups.flatMap((group) =>
            resources.flatMap((resource) =>
              resourceNames.flatMap((name) => verbs.map((verb) => `${verb} ${group}/${resource}/${name}`)),
            ),
          ),
        )
        .sort();
    };
    const wanted = (own: boolean): readonly string[] =>
      RIGHTS.filter((right) => own || right.own === undefined)
        .flatMap(({ group, resource, name = '', verbs }) => verbs.map((verb) => `${verb} ${group}/${resource}/${name}`))
        .sort();
    expect(await review(INSTALL_NAMESPACE)).toEqual(wanted(true));
    expect(await review('default')).toEqual(wanted(false));
  });

  it('doctor finds all well but the Pods, which no node runs here, and tries a Function the whole way', async () => {
    const namespace = await createNamespace(OPTED_IN);
    const findings = await doctor('--probe-namespace', namespace);
    const states = findings.map(({ check, status }) => `${check} ${status}`);
    expect(states).toEqual([
      'Kubernetes ok',
      'Rights ok',
      'Replicas failed',
      'Configuration ok',
      'Denied versions skipped',
      'Toolkit ok',
      'Registration ok',
      'Registration ok',
      'Certificate ok',
      'Certificate ok',
      'Namespaces ok',
      'Functions only ok',
      'Controller failed',
      'Controller failed',
      'Reports ok',
      'Quotas ok',
      'Versions ok',
      'Function ok',
      'Workloads ok',
    ]);
    expect(of(findings, 'Certificate')[1]?.detail).toContain('every caBundle trusts what https://127.0.0.1:');
    expect(of(findings, 'Replicas')[0]?.cure).toContain('kubectl describe pods');
    // Its Pods run as little; its rights and policies are as they should be.
    expect(of(findings, 'Controller').map(({ detail }) => detail)).toEqual([
      '0 of 2 replicas are Ready',
      expect.stringContaining('no replica has led yet'),
    ]);
    expect(of(findings, 'Workloads')[0]?.detail).toBe(
      'Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob: a good template is admitted, a faulty one is refused (dry run)',
    );
    const created = 'pods,deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs';
    expect(await kubectlOk(['get', created, '-n', namespace, '-o', 'name'])).toBe('');
  });

  it('doctor names what is wrong, with its cure, and ends with status 1', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await Promise.all(shipped().replicas.map((replica) => replica.kill()));
    try {
      await kubectlOk(['replace', '-f', '-'], shipped().registration);
      const { status, stdout } = await buildless('doctor', '--probe-namespace', namespace);
      expect(status).toBe(1);
      expect(stdout).toMatch(/FAILED +Certificate +pods\.mutate\.buildless\.dev has no caBundle/);
      expect(stdout).toMatch(/FAILED +Function +a Function in \S+ is refused: .*failed calling webhook/);
      expect(stdout).toMatch(/-> +let the API server reach the webhook|-> +compare the caBundle/);
    } finally {
      shipped().replicas.length = 0;
      await Promise.all([shipped().start(), shipped().start()]);
    }
  });

  it('kubectl finds the command as its plugin', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-plugin-'));
    try {
      symlinkSync(COMMAND, path.join(folder, 'kubectl-buildless'));
      const child = spawn(cluster().kubectl, ['buildless', 'doctor', '--help'], {
        env: { ...process.env, PATH: `${folder}:${path.dirname(process.execPath)}:${process.env.PATH ?? ''}` },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      expect(await text(child.stdout)).toContain('Usage: kubectl buildless doctor');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('uninstall --dry-run lists every object, the registrations first, and removes none', async () => {
    const { status, stdout } = await buildless('uninstall', '--dry-run');
    expect(status).toBe(0);
    const lines = stdout.split('\n').filter((line) => line.endsWith(': would be removed'));
    for (const object of installed()) {
      expect(lines).toContain(
        `${String(at(object, 'kind'))} ${String(at(object, 'metadata', 'name'))}: would be removed`,
      );
    }
    expect(lines).toContain('Secret buildless-ca: would be removed');
    expect(lines[0]).toBe('MutatingWebhookConfiguration buildless: would be removed');
    expect(lines[1]).toBe('ValidatingWebhookConfiguration buildless: would be removed');
    expect(lines.at(-1)).toBe(`Namespace ${INSTALL_NAMESPACE}: would be removed`);
    await kubectlOk(['get', 'deployment', WEBHOOK_NAME, '-n', INSTALL_NAMESPACE]);
  });

  it('uninstall leaves nothing behind, and Functions that run go on', async () => {
    const namespace = await createNamespace(OPTED_IN);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    await kubectlOk(['create', '-n', namespace, '-f', '-'], functionPod('hello'));
    const { status, stdout } = await buildless('uninstall');
    expect(status).toBe(0);
    expect(stdout).toMatch(/stays: \d+ Pods? of Functions/);
    const kinds =
      'mutatingwebhookconfigurations,validatingwebhookconfigurations,validatingadmissionpolicies,validatingadmissionpolicybindings,clusterroles,clusterrolebindings,namespaces';
    await eventually(
      () => kubectlOk(['get', kinds, '-l', 'app.kubernetes.io/part-of=buildless', '-o', 'name']),
      (names) => names === '',
      60_000,
    );
    await kubectlOk(['get', 'pod', 'hello', '-n', namespace]);
    await kubectlOk(['create', 'configmap', 'x', '-n', namespace]);
    expect((await buildless('uninstall')).stdout).toContain('Buildless is not installed');
  });
});
