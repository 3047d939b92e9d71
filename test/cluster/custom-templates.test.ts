import { describe, expect } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { templateEntries } from '../../src/installation/template-entries.ts';
import { INSTALL_NAMESPACE } from '../../src/installation/names.ts';
import { source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk } from './kubectl.ts';

const CONFIGURATION = `
templates:
  - { group: jobset.x-k8s.io, kind: JobSet, path: spec.replicatedJobs.*.template.spec.template }
  - { group: kubeflow.org, kind: PyTorchJob, path: spec.pytorchReplicaSpecs.*.template }
  - { group: keda.sh, kind: ScaledJob, path: spec.jobTargetRef.template }
  - { group: apps.openshift.io, kind: DeploymentConfig, path: spec.template }
`;
const KINDS = [
  'jobset.x-k8s.io/JobSet',
  'kubeflow.org/PyTorchJob',
  'keda.sh/ScaledJob',
  'apps.openshift.io/DeploymentConfig',
];

const resourceOf = (kind: string): string => `${kind.toLowerCase()}s`;

/** As their operators install them, apart from the schema. */
const definitions = KINDS.map((name) => {
  const [group = '', kind = ''] = name.split('/');
  const names = { kind, plural: resourceOf(kind), singular: kind.toLowerCase(), listKind: `${kind}List` };
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}` },
    spec: { group, names, scope: 'Namespaced', versions: [{ name: 'v1', served: true, storage: true, schema }] },
  };
});

const template = {
  metadata: { labels: { 'buildless.dev/function': 'hello' }, annotations: { 'buildless.dev/runtime': 'nodejs22' } },
  spec: { containers: [{ name: 'function', image: 'auto' }], restartPolicy: 'Never' },
};
const ordinary = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'a', image: 'a:1' }] } };
const SPECS: Readonly<Record<string, (last: object) => object>> = {
  JobSet: (last) => ({ replicatedJobs: [ordinary, last].map((each) => ({ template: { spec: { template: each } } })) }),
  PyTorchJob: (last) => ({ pytorchReplicaSpecs: { Master: { template: ordinary }, Worker: { template: last } } }),
  ScaledJob: (last) => ({ jobTargetRef: { template: last } }),
  DeploymentConfig: (last) => ({ template: last }),
};

describe('kinds that the configuration names under templates, registered with `buildless registration`', () => {
  const installed = given(() => installWebhook({ configuration: CONFIGURATION }));

  it.each(KINDS)(
    'a %s with a template that its Pods would be refused for is refused when it is applied',
    async (name) => {
      const [group = '', kind = ''] = name.split('/');
      await kubectlOk(['apply', '-f', '-'], { apiVersion: 'v1', kind: 'List', items: definitions });
      await kubectlOk(['wait', '--for=condition=Established', `crd/${resourceOf(kind)}.${group}`, '--timeout=30s']);
      await registerTemplates(`https://127.0.0.1:${installed().webhook().tlsPort}`, installed().certificates.ca);
      const namespace = await createNamespace(OPTED_IN);
      await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello', { 'package.json': '{}' }));
      const object = (last: object, called: string): object => ({
        apiVersion: `${group}/v1`,
        kind,
        metadata: { name: called },
        spec: SPECS[kind]?.(last),
      });
      // No webhook is asked about what is not a Function, and a good one passes.
      await kubectlOk(['create', '-n', namespace, '-f', '-'], object(ordinary, 'ordinary'));
      await kubectlOk(['create', '-n', namespace, '-f', '-'], object(template, 'good'));
      const broken = {
        ...template,
        metadata: { ...template.metadata, annotations: { 'buildless.dev/runtime': 'none' } },
      };
      const { stderr } = await eventually(
        () => kubectl(['create', '-n', namespace, '--dry-run=server', '-f', '-'], object(broken, 'broken')),
        ({ status }) => status === 1,
      );
      expect(stderr).toContain(`${resourceOf(kind)}.${group}.templates.validate.buildless.dev`);
      expect(stderr).toContain('unknown runtime "none"');
      const samples = await installed().webhook().metrics();
      const reviews = samples.sum('buildless_admission_reviews_total', { webhook: 'validate', kind: 'other' });
      await kubectlOk(['label', `${resourceOf(kind)}.${group}/good`, '-n', namespace, 'a=b']);
      const after = await installed().webhook().metrics();
      expect(after.sum('buildless_admission_reviews_total', { webhook: 'validate', kind: 'other' })).toBe(reviews);
    },
  );
});

async function registerTemplates(url: string, ca: string): Promise<void> {
  const parsed = parseConfiguration(CONFIGURATION, 'config.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  const webhooks = templateEntries(parsed.configuration, INSTALL_NAMESPACE).map((entry) => ({
    ...entry,
    clientConfig: { url: `${url}/validate`, caBundle: Buffer.from(ca).toString('base64') },
  }));
  const name = 'buildless';
  await kubectlOk(['apply', '--server-side', '--field-manager=buildless-templates', '-f', '-'], {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name },
    webhooks,
  });
}
