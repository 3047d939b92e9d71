import { describe, expect, it } from 'vitest';
import type { AdmissionRequest, Verdict } from '../../src/admission/review.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseConfiguration } from '../../src/config/load.ts';
import jsonPatch from 'fast-json-patch';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import { requestFor, sourceOf, contextWith } from './review-of.ts';

const handler = { 'handler.js': "exports.main = () => 'hello';" };
const good = contextWith({ source: sourceOf(handler) });
const floating = contextWith({
  source: sourceOf({ ...handler, 'package.json': '{\n  "dependencies": { "axios": "latest" }\n}\n' }),
});

interface TemplateParts {
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly spec?: object;
}

const template = ({ annotations, labels, spec }: TemplateParts = {}): object => ({
  metadata: {
    labels: labels ?? { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/runtime': 'nodejs22', ...annotations },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }], ...spec },
});

const deployment = (parts?: TemplateParts, more: object = {}): Record<string, unknown> => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hello', ...more },
  spec: { replicas: 1, template: template(parts) },
});

const DEPLOYMENT = { group: 'apps', version: 'v1', kind: 'Deployment' };

const review = (context: ReviewContext, object: object, overrides: Partial<AdmissionRequest> = {}): Promise<Verdict> =>
  createValidate(context)(requestFor(object, { kind: DEPLOYMENT, name: 'hello', ...overrides }));

describe('the template of a custom kind', () => {
  const kind = { group: 'apps.kruise.io', version: 'v1alpha1', kind: 'CloneSet' };
  const cloneSet = { metadata: { name: 'hello' }, spec: { template: template() } };
  const naming = (path: string): ReviewContext => {
    const parsed = parseConfiguration(
      `templates: [{ group: ${kind.group}, kind: ${kind.kind}, path: '${path}' }]`,
      'x',
    );
    if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
    return { ...floating, configuration: () => parsed.configuration };
  };

  it('is judged when it is applied if the configuration names the kind and the path', async () => {
    expect((await review(naming('spec.template'), cloneSet, { kind })).codes).toEqual(['dependencies-float']);
  });

  it.each([
    [
      'each item of a list',
      'spec.jobs.*.template',
      { jobs: [{ template: { spec: {} } }, { template: template() }] },
      '[1]',
    ],
    ['each value of a map', 'spec.replicas.*.template', { replicas: { Worker: { template: template() } } }, '.Worker'],
  ])('is judged in %s', async (_, path, spec, place) => {
    const { codes, response } = await review(naming(path), { metadata: { name: 'hello' }, spec }, { kind });
    expect(codes).toEqual(['dependencies-float']);
    expect(response.status?.message).toContain('"axios"');
    const broken: unknown = JSON.parse(JSON.stringify(spec).replace('"containers":[', '"containers":1,"other":['));
    const refusal = await review(naming(path), { metadata: { name: 'hello' }, spec: broken }, { kind });
    expect(refusal.response.status?.message).toContain(`${place}.template.spec.containers`);
  });

  it('is not judged again if another one of the object is changed', async () => {
    const spec = { jobs: [{ template: template() }, { template: { spec: {} } }] };
    const oldObject = { metadata: { name: 'hello' }, spec: { jobs: [spec.jobs[0], { template: { spec: { a: 1 } } }] } };
    const request = { kind, operation: 'UPDATE', oldObject } as const;
    const { codes } = await review(naming('spec.jobs.*.template'), { metadata: { name: 'hello' }, spec }, request);
    expect(codes).toEqual(['not-a-function']);
  });

  it('is not looked at otherwise', async () => {
    expect((await review(floating, cloneSet, { kind })).codes).toEqual(['other-operation']);
  });
});

describe('the template of a workload', () => {
  it.each([
    ['apps', 'Deployment', { template: template() }],
    ['apps', 'StatefulSet', { template: template() }],
    ['apps', 'DaemonSet', { template: template() }],
    ['apps', 'ReplicaSet', { template: template() }],
    ['batch', 'Job', { template: template() }],
    ['batch', 'CronJob', { jobTemplate: { spec: { template: template() } } }],
  ])('of %s %s is judged when it is applied', async (group, kind, spec) => {
    const verdict = await review(
      floating,
      { metadata: { name: 'hello' }, spec },
      { kind: { group, version: 'v1', kind } },
    );
    expect(verdict.codes).toEqual(['dependencies-float']);
    expect(verdict.response.status?.message).toMatch(
      new RegExp(`^Function "hello" \\(${kind} default/hello\\) is refused: package\\.json:2:\\d+: .*axios.*latest`),
    );
    expect((await review(good, { metadata: {}, spec }, { kind: { group, version: 'v1', kind } })).outcome).toBe(
      'admitted',
    );
  });

  it('is refused with everything at once: definition, security and dependencies', async () => {
    const { response } = await review(floating, deployment({ spec: { hostNetwork: true } }));
    expect(response.status?.message).toMatch(
      /refused for 2 reasons:\n {2}- spec\.template\.spec\.hostNetwork: .*\[security-contradiction\]\n {2}- package\.json:2:\d+: .*\[dependencies-float\]$/,
    );
    const wrong = await review(good, deployment({ annotations: { 'buildless.dev/runtime': 'nodejs21' } }));
    expect(wrong.response.status?.message).toContain(
      'spec.template.metadata.annotations[buildless.dev/runtime]: unknown runtime "nodejs21"',
    );
  });

  it('names the template of a CronJob by its whole path', async () => {
    const spec = { jobTemplate: { spec: { template: template({ spec: { hostPID: true } }) } } };
    const { response } = await review(
      good,
      { metadata: {}, spec },
      { kind: { group: 'batch', version: 'v1', kind: 'CronJob' } },
    );
    expect(response.status?.message).toContain(': spec.jobTemplate.spec.template.spec.hostPID: ');
  });

  it('may come before its source, with a warning; a Pod may not', async () => {
    const missing = contextWith({});
    const { response } = await review(missing, deployment());
    expect(response).toMatchObject({ allowed: true });
    expect(response.warnings).toEqual([
      "buildless: spec.template.metadata.annotations[buildless.dev/source]: the source configmap:hello does not exist in the Pod's namespace; create it; until then each Pod is refused [source-missing-yet]",
    ]);
    const pod = { apiVersion: 'v1', kind: 'Pod', ...template() };
    expect((await createValidate(missing)(requestFor(pod))).codes).toEqual(['source-not-found']);
  });

  it('is still refused for what is wrong with itself where its source is missing', async () => {
    const verdict = await review(contextWith({}), deployment({ spec: { hostNetwork: true } }));
    expect(verdict.codes).toEqual(['security-contradiction']);
    expect(verdict.response.warnings?.[0]).toContain('[source-missing-yet]');
  });

  it('passes with a warning where its source cannot be read now', async () => {
    const { response } = await review(
      contextWith({ source: { type: 'unreachable', reason: 'no answer in 2 s' } }),
      deployment(),
    );
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toContain('could not be read (no answer in 2 s)');
    expect(response.warnings?.[0]).toContain('[source-unreachable]');
  });

  it('passes with a warning where the labels of its namespace cannot be read now', async () => {
    const { response } = await review(
      contextWith({ source: sourceOf(handler), labels: new LabelsUnreachable('no answer in 2 s') }),
      deployment(),
    );
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toContain('could not be read (no answer in 2 s)');
    expect(response.warnings?.[0]).toContain('[namespace-unreachable]');
  });

  it('passes with a warning where the ConfigMap lacks the label, and is judged all the same', async () => {
    const unlabelled = contextWith({ source: sourceOf(handler, false) });
    expect((await review(unlabelled, deployment())).response.warnings?.[0]).toContain('[source-unlabelled]');
    const bad = contextWith({
      source: sourceOf({ ...handler, 'package.json': '{"dependencies":{"a":"*"}}' }, false),
    });
    expect((await review(bad, deployment())).codes).toEqual(['dependencies-float']);
  });

  it('was injected before by the command, and is judged like a Pod', async () => {
    const pod = template();
    const patch = (await createMutate(floating)(requestFor(pod))).response.patch ?? '';
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as jsonPatch.Operation[];
    const injected = jsonPatch.applyPatch(structuredClone(pod), operations).newDocument;
    const verdict = await review(floating, { ...deployment(), spec: { template: injected } });
    expect(verdict.codes).toEqual(['dependencies-float']);
  });

  it.each([
    ['no Function', { labels: { app: 'x' } }, 'not-a-function'],
    ['turned off', { annotations: { 'buildless.dev/mode': 'disabled' } }, 'disabled-by-pod'],
  ])('that is %s passes', async (_what, parts, code) => {
    expect(await review(floating, deployment(parts))).toMatchObject({ response: { allowed: true }, codes: [code] });
  });

  it('that is shaped like none is refused with the field', async () => {
    const { response } = await review(good, { spec: { template: { spec: { containers: 'x' } } } });
    expect(response.status?.message).toContain('spec.template.spec.containers: a list is expected here');
  });
});

describe('an update of a workload that was admitted before the policy tightened', () => {
  const before = deployment();
  const update = (after: object, overrides: Partial<AdmissionRequest> = {}): Promise<Verdict> =>
    review(floating, after, { operation: 'UPDATE', oldObject: before, ...overrides });

  it.each([
    ['a scale', { ...before, spec: { replicas: 5, template: template() } }],
    ['a label of the workload', deployment({}, { labels: { team: 'shop' } })],
    ['an annotation of the workload', deployment({}, { annotations: { 'deployment.kubernetes.io/revision': '2' } })],
    ['a finalizer removed', deployment({}, { finalizers: [] })],
    ['an owner', deployment({}, { ownerReferences: [{ kind: 'App', name: 'x', uid: '1' }] })],
    ['a status', { ...before, status: { replicas: 1 } }],
    ['a pause', { ...before, spec: { paused: true, replicas: 1, template: template() } }],
  ])('passes where it is %s', async (_what, after) => {
    expect(await update(after)).toMatchObject({ response: { allowed: true }, codes: ['unchanged'] });
  });

  it.each([
    ['the template', deployment({ spec: { terminationGracePeriodSeconds: 5 } })],
    ['an annotation of the template', deployment({ annotations: { 'kubectl.kubernetes.io/restartedAt': 'now' } })],
  ])('is judged where it changes %s', async (_what, after) => {
    expect((await update(after)).codes).toEqual(['dependencies-float']);
  });

  it('is judged where it makes the workload a Function', async () => {
    const verdict = await update(before, { oldObject: deployment({ labels: {} }) });
    expect(verdict.codes).toEqual(['dependencies-float']);
  });

  it.each(['scale', 'status'])('passes as the subresource %s', async (subResource) => {
    expect((await update(before, { subResource })).response.allowed).toBe(true);
  });

  it('passes while the object is being deleted, and when it is', async () => {
    const deleted = deployment({ spec: { hostNetwork: true } }, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    expect(await update(deleted)).toMatchObject({ response: { allowed: true }, codes: ['being-deleted'] });
    const { object, ...request } = requestFor(before, { kind: DEPLOYMENT, operation: 'DELETE' });
    expect(object).toBeDefined();
    expect((await createValidate(floating)(request)).response.allowed).toBe(true);
  });

  it('of a ReplicaSet that a Deployment controls passes, as its Pods are judged', async () => {
    const owned = deployment({}, { ownerReferences: [{ kind: 'Deployment', controller: true }] });
    const kind = { group: 'apps', version: 'v1', kind: 'ReplicaSet' };
    expect(await review(floating, owned, { kind })).toMatchObject({
      response: { allowed: true },
      codes: ['owned-by-controller'],
    });
  });
});

describe('a Pod of a template that was admitted', () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template() };

  async function injected(context: ReviewContext): Promise<object> {
    const { patch = '' } = (await createMutate(context)(requestFor(pod))).response;
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as jsonPatch.Operation[];
    return jsonPatch.applyPatch(structuredClone(pod), operations).newDocument;
  }

  it('is judged again, as its ConfigMap may have changed since', async () => {
    expect((await review(good, deployment())).outcome).toBe('admitted');
    const verdict = await createValidate(floating)(requestFor(await injected(floating)));
    expect(verdict.codes).toEqual(['dependencies-float']);
  });

  it('is admitted in an exempt namespace, and buildless-prepare is told so', async () => {
    const { dependencies } = DEFAULT_CONFIGURATION;
    const exempt: ReviewContext = {
      ...floating,
      configuration: () => ({
        ...DEFAULT_CONFIGURATION,
        dependencies: { ...dependencies, floor: 'no-latest', exemptNamespaces: ['default'] },
      }),
    };
    const object = await injected(exempt);
    expect(JSON.stringify(object)).toContain('"--level=off"');
    expect((await createValidate(exempt)(requestFor(object))).response).toEqual({
      uid: requestFor(object).uid,
      allowed: true,
    });
  });

  it('is refused where a label undercuts the floor', async () => {
    const { dependencies } = DEFAULT_CONFIGURATION;
    const floored: ReviewContext = {
      ...floating,
      namespaceLabels: () =>
        Promise.resolve({ 'buildless.dev/functions': 'enabled', 'buildless.dev/dependencies-enforce': 'off' }),
      configuration: () => ({ ...DEFAULT_CONFIGURATION, dependencies: { ...dependencies, floor: 'no-latest' } }),
    };
    const verdict = await createValidate(floored)(requestFor(await injected(floored)));
    expect(verdict.codes).toEqual(['dependencies-float']);
    expect(verdict.response.warnings?.[0]).toContain('"off" is looser than the cluster allows, so "no-latest" is used');
  });

  it('tells buildless-prepare which registries are allowed', async () => {
    const { dependencies } = DEFAULT_CONFIGURATION;
    const allowing: ReviewContext = {
      ...good,
      configuration: () => ({
        ...DEFAULT_CONFIGURATION,
        dependencies: {
          ...dependencies,
          registries: {
            nodejs: ['https://npm.registry.example/'],
            python: ['https://pypi.registry.example/simple/'],
          },
        },
      }),
    };
    const text = JSON.stringify(await injected(allowing));
    expect(text).toContain('"--allowed-registry=https://npm.registry.example/"');
    expect(text).not.toContain('pypi.registry.example');
  });
});
