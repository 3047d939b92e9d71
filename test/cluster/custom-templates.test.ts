import { describe, expect } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfiguration } from '../../src/config/load.ts';
import { workloads } from '../../src/doctor/checks/workloads.ts';
import { openPatient } from '../../src/doctor/open-patient.ts';
import { templateEntries } from '../../src/installation/template-entries.ts';
import { INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { groupOf, kindOf, type KubernetesObject } from '../../src/kubernetes/object.ts';
import { blocksOf } from '../docs/page.ts';
import { listOf } from './functions.ts';
import { cluster, eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk } from './kubectl.ts';
import { configurations } from './registration.ts';

const [sources, configuration, ...documented] = blocksOf('docs/workloads.md').filter(
  ({ language }) => language === 'yaml',
);
const CONFIGURATION = configuration?.code ?? '';
const EXAMPLES = documented.flatMap(({ code }) =>
  parseAllDocuments(code).map((document) => document.toJS() as KubernetesObject),
);

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Its plural and its group. */
  readonly resource: string;
  readonly path: string;
  /** Of the page; it has none for a map of templates. */
  readonly example: KubernetesObject;
}

const ordinary = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
const template = {
  metadata: { labels: { 'buildless.dev/function': 'hello' }, annotations: { 'buildless.dev/runtime': 'nodejs22' } },
  spec: { containers: [{ name: 'function', image: 'auto' }], restartPolicy: 'Never' },
};
const MAP_OF_TEMPLATES = {
  apiVersion: 'kubeflow.org/v1',
  kind: 'PyTorchJob',
  metadata: { name: 'hello' },
  spec: { pytorchReplicaSpecs: { Master: { template: ordinary }, Worker: { template } } },
};

const KINDS: readonly Kind[] = (parse(CONFIGURATION) as { templates: readonly Record<string, string>[] }).templates.map(
  ({ group = '', kind = '', path = '' }) => {
    const example = [...EXAMPLES, MAP_OF_TEMPLATES].find((each) => groupOf(each) === group && kindOf(each) === kind);
    if (example === undefined) throw new Error(`docs/workloads.md has no ${kind}`);
    const version = String(example.apiVersion).split('/')[1] ?? '';
    return { group, version, kind, resource: `${kind.toLowerCase()}s.${group}`, path, example };
  },
);

/** As their operators install them, apart from the schema. */
const definitions = KINDS.map(({ group, version, kind, resource }) => {
  const plural = resource.slice(0, resource.indexOf('.'));
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: resource },
    spec: { group, names, scope: 'Namespaced', versions: [{ name: version, served: true, storage: true, schema }] },
  };
});

/** As docs/operations.md has it. */
const PATCH = ['patch', 'validatingwebhookconfiguration', 'buildless', '--patch'];

/** The page's sources, in a namespace of its own. */
async function namespaceWithSources(): Promise<string> {
  const namespace = await createNamespace(OPTED_IN);
  await kubectlOk(['create', '-n', namespace, '-f', '-'], sources?.code ?? '');
  return namespace;
}

const named = (object: KubernetesObject, name: string): object => ({ ...object, metadata: { name } });
/** The same object with another value of an annotation of its templates. */
const withRuntime = (object: object, runtime: string): KubernetesObject =>
  JSON.parse(JSON.stringify(object).replaceAll('"nodejs22"', JSON.stringify(runtime))) as KubernetesObject;

describe('kinds that the configuration names under templates, registered with `buildless registration`', () => {
  const installed = given(async () => {
    const webhook = await installWebhook({ configuration: CONFIGURATION });
    const removeKinds = await defineKinds();
    const { value } = webhook;
    await registerTemplates(`https://127.0.0.1:${value.webhook().tlsPort}`, value.certificates.ca);
    return {
      value,
      async close() {
        await removeKinds();
        await webhook.close();
      },
    };
  });

  for (const { kind, resource, example } of KINDS) {
    it(`a ${kind} with a template that its Pods would be refused for is refused when it is applied`, async () => {
      const namespace = await namespaceWithSources();
      // No webhook is asked about what is not a Function, and a good one passes.
      const plain = JSON.stringify(example).replaceAll('buildless.dev/function', 'not-a-function');
      await kubectlOk(['create', '-n', namespace, '-f', '-'], named(JSON.parse(plain) as KubernetesObject, 'ordinary'));
      await kubectlOk(['create', '-n', namespace, '-f', '-'], named(example, 'good'));
      const broken = named(withRuntime(example, 'none'), 'broken');
      const { stderr } = await eventually(
        () => kubectl(['create', '-n', namespace, '--dry-run=server', '-f', '-'], broken),
        ({ status }) => status === 1,
      );
      expect(stderr).toContain(`${resource}.templates.validate.buildless.dev`);
      expect(stderr).toContain('unknown runtime "none"');
      const samples = await installed().webhook().metrics();
      const reviews = samples.sum('buildless_admission_reviews_total', { webhook: 'validate', kind: 'other' });
      await kubectlOk(['label', `${resource}/good`, '-n', namespace, 'a=b']);
      const after = await installed().webhook().metrics();
      expect(after.sum('buildless_admission_reviews_total', { webhook: 'validate', kind: 'other' })).toBe(reviews);
    });
  }
});

describe('the registration of kinds', () => {
  it('leaves the entries that are there, and outlives an apply of the manifests', async () => {
    const installed = await installWebhook({ configuration: CONFIGURATION });
    const { value } = installed;
    const reached = { url: `https://127.0.0.1:${value.webhook().tlsPort}`, ca: value.certificates.ca };
    const names = async (): Promise<readonly string[]> =>
      (
        await kubectlOk([
          ...'get validatingwebhookconfiguration buildless -o'.split(' '),
          'jsonpath={.webhooks[*].name}',
        ])
      )
        .split(' ')
        .sort();
    try {
      const shipped = await names();
      const all = [...shipped, ...KINDS.map(({ resource }) => `${resource}.templates.validate.buildless.dev`)].sort();
      for (let times = 0; times < 2; times += 1) {
        await registerTemplates(reached.url, reached.ca);
        expect(await names()).toEqual(all);
      }
      await kubectlOk(['apply', '-f', '-'], listOf(...configurations(reached)));
      expect(await names()).toEqual(all);
    } finally {
      await installed.close();
    }
  });
});

describe('doctor', () => {
  it('tries one of each kind that the cluster has, tells which nobody checks, and leaves nothing behind', async () => {
    const installed = await installWebhook({ configuration: CONFIGURATION });
    const removeKinds = await defineKinds();
    const namespace = await createNamespace(OPTED_IN);
    const opened = await openPatient({
      namespace: INSTALL_NAMESPACE,
      configuration: 'buildless',
      probeNamespace: namespace,
      kubeconfig: cluster().kubeconfig,
    });
    const builtIn = 'Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob';
    const others = 'Rollout, ScaledJob, JobSet, LeaderWorkerSet, CloneSet, PyTorchJob, DeploymentConfig';
    const details = async (): Promise<readonly string[]> =>
      (await workloads(opened.patient)).map(({ status, detail }) => `${status} ${detail.split(':')[0] ?? ''}`);
    try {
      expect(await details()).toEqual([`ok ${builtIn}`, `warning ${others}`]);
      const { value } = installed;
      await registerTemplates(`https://127.0.0.1:${value.webhook().tlsPort}`, value.certificates.ca);
      await eventually(details, (all) => all.length === 1 && all[0] === `ok ${builtIn}, ${others}`);
      const kinds = ['pods', 'deployments.apps', 'jobs', 'cronjobs', ...KINDS.map(({ resource }) => resource)];
      expect(await kubectlOk(['get', kinds.join(','), '-n', namespace, '-o', 'name'])).toBe('');
    } finally {
      opened.close();
      await removeKinds();
      await installed.close();
    }
  });
});

/** @returns how to remove them again */
async function defineKinds(): Promise<() => Promise<unknown>> {
  await kubectlOk(['apply', '-f', '-'], listOf(...definitions));
  const crds = KINDS.map(({ resource }) => `crd/${resource}`);
  await kubectlOk(['wait', '--for=condition=Established', ...crds, '--timeout=60s']);
  return () => kubectl(['delete', '-f', '-'], listOf(...definitions));
}

async function registerTemplates(url: string, ca: string): Promise<void> {
  const parsed = parseConfiguration(CONFIGURATION, 'config.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  const webhooks = templateEntries(parsed.configuration, INSTALL_NAMESPACE).map((entry) => ({
    ...entry,
    clientConfig: { url: `${url}/validate`, caBundle: Buffer.from(ca).toString('base64') },
  }));
  const patch = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', webhooks };
  await kubectlOk([...PATCH, JSON.stringify(patch)]);
}
