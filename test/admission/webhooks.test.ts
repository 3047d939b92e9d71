import { describe, expect, it } from 'vitest';
import { createMutate } from '../../src/admission/mutate.ts';
import type { Verdict } from '../../src/admission/review.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import jsonPatch from 'fast-json-patch';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import { replica as pod, requestFor, sourceOf, contextWith } from './review-of.ts';

const handler = { 'handler.js': "exports.main = () => 'hello';" };
const good = contextWith({ source: sourceOf(handler) });
const floating = sourceOf({ ...handler, 'package.json': '{\n  "dependencies": { "axios": "latest" }\n}\n' });

const operationsOf = ({ response }: Verdict): { op: string; path: string }[] =>
  response.patch === undefined
    ? []
    : (JSON.parse(Buffer.from(response.patch, 'base64').toString()) as { op: string; path: string }[]);

const injectedBy = (verdict: Verdict): object =>
  jsonPatch.applyPatch(structuredClone(pod), operationsOf(verdict) as jsonPatch.Operation[]).newDocument;

describe('the mutating webhook', () => {
  it('answers with a patch of additions, and only the image replaced', async () => {
    const verdict = await createMutate(good)(requestFor(pod));
    expect(verdict.outcome).toBe('injected');
    expect(verdict.response).toMatchObject({ allowed: true, patchType: 'JSONPatch' });
    const replaced = operationsOf(verdict).filter(({ op }) => op !== 'add');
    expect(replaced.map(({ op, path }) => `${op} ${path}`)).toEqual(['replace /spec/containers/0/image']);
  });

  it('names a Pod of a controller by the beginning of its name', async () => {
    const { response } = await createMutate(contextWith({}))(requestFor(pod));
    expect(response.status).toEqual({
      code: 403,
      reason: 'Forbidden',
      message:
        'Function "hello" (Pod default/hello-5d9c-*) is refused: metadata.annotations[buildless.dev/source]: the source configmap:hello does not exist in the Pod\'s namespace; create it, or name the one that exists [source-not-found]',
    });
  });

  it.each([
    ['an update', { operation: 'UPDATE' as const }],
    ['a subresource', { subResource: 'ephemeralcontainers' }],
    ['another kind', { kind: { group: 'apps', version: 'v1', kind: 'Deployment' } }],
  ])('lets %s pass', async (_what, overrides) => {
    const verdict = await createMutate(good)(requestFor(pod, overrides));
    expect(verdict).toMatchObject({ response: { allowed: true }, codes: ['other-operation'] });
    expect(verdict.response.patch).toBeUndefined();
  });

  it('lets everything pass where the configuration disables it', async () => {
    const off = contextWith({
      source: sourceOf(handler),
      configuration: { ...DEFAULT_CONFIGURATION, mode: 'disabled' },
    });
    expect((await createMutate(off)(requestFor(pod))).codes).toEqual(['disabled-by-configuration']);
    expect((await createValidate(off)(requestFor(pod))).response.allowed).toBe(true);
  });

  it('keeps each warning under the 256 characters that Kubernetes promises to show, and its code', async () => {
    const long = {
      ...pod,
      metadata: {
        ...pod.metadata,
        annotations: { ...pod.metadata.annotations, 'buildless.dev/source': `configmap:${'a'.repeat(250)}` },
      },
    };
    const { response } = await createMutate(contextWith({ source: sourceOf(handler, false) }))(requestFor(long));
    expect(response.warnings).toHaveLength(1);
    expect(response.warnings?.[0]?.length).toBe(255);
    expect(response.warnings?.[0]).toMatch(/… \[source-unlabelled\]$/);
  });

  it('refuses an object that is shaped like no Pod, naming each field', async () => {
    const { response } = await createMutate(good)(
      requestFor({ ...pod, spec: { containers: 'function', volumes: [7] } }),
    );
    expect(response.status?.message).toContain('spec.containers: a list is expected here, and this is a string');
    expect(response.status?.message).toContain('spec.volumes[0]: a map is expected here, and this is a number');
  });
});

describe('the validating webhook', () => {
  it('admits an injected Function', async () => {
    const injected = injectedBy(await createMutate(good)(requestFor(pod)));
    expect((await createValidate(good)(requestFor(injected))).outcome).toBe('admitted');
  });

  it('refuses a Function that was not injected, and says why', async () => {
    const { response } = await createValidate(good)(requestFor(pod));
    expect(response.allowed).toBe(false);
    expect(response.status?.message).toContain('the mutating webhook was not called or did not answer');
    const missing = await createValidate(contextWith({}))(requestFor(pod));
    expect(missing.codes).toEqual(['source-not-found']);
  });

  it('names what somebody took out of a Function after the injection', async () => {
    const annotations = { ...pod.metadata.annotations, 'buildless.dev/source': 'image:registry.example/hello:1' };
    const withImage = { ...pod, metadata: { ...pod.metadata, annotations } };
    const verdict = await createMutate(good)(requestFor(withImage));
    const injected: typeof pod & { spec: { volumes: { name: string }[] } } = jsonPatch.applyPatch(
      structuredClone(withImage),
      operationsOf(verdict) as jsonPatch.Operation[],
    ).newDocument as never;
    const without = (name: string): object => ({
      ...injected,
      spec: { ...injected.spec, volumes: injected.spec.volumes.filter((volume) => volume.name !== name) },
    });
    const dropped = await createValidate(good)(requestFor(without('buildless-source')));
    expect(dropped.codes).toEqual(['not-injected']);
    expect(dropped.response.status?.message).toMatch(/added "buildless-source".*feature gate ImageVolume/);
    const taken = await createValidate(good)(requestFor(without('buildless-tmp')));
    expect(taken.response.status?.message).toMatch(/added "buildless-tmp".*other webhook/);
  });

  it('refuses dependencies that float, with file and line', async () => {
    const context = contextWith({ source: floating });
    const injected = injectedBy(await createMutate(context)(requestFor(pod)));
    const verdict = await createValidate(context)(requestFor(injected));
    expect(verdict.codes).toEqual(['dependencies-float']);
    expect(verdict.response.status?.message).toMatch(/package\.json:2:\d+: .*axios.*latest/);
  });

  it('refuses what it may have to judge more strictly, as the labels of the namespace cannot be read', async () => {
    const unknown = contextWith({
      source: sourceOf(handler),
      labels: new LabelsUnreachable('no answer in 2 s'),
    });
    const injected = injectedBy(await createMutate(good)(requestFor(pod)));
    const configMap = {
      metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' } },
      data: handler,
    };
    const ofConfigMap = requestFor(configMap, { kind: { group: '', version: 'v1', kind: 'ConfigMap' }, name: 'hello' });
    for (const request of [requestFor(injected), requestFor(pod), ofConfigMap]) {
      const { response, codes } = await createValidate(unknown)(request);
      expect(codes).toEqual(['namespace-unreachable']);
      expect(response.status?.message).toContain('try again');
    }
  });

  it('lets them pass where the namespace says off, and warns where it asks to be warned', async () => {
    const context = contextWith({
      source: floating,
      labels: { 'buildless.dev/dependencies-enforce': 'off', 'buildless.dev/dependencies-warn': 'no-latest' },
    });
    const injected = injectedBy(await createMutate(context)(requestFor(pod)));
    const { response } = await createValidate(context)(requestFor(injected));
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toContain('axios');
    expect(response.auditAnnotations?.dependencies).toContain('axios');
  });

  describe('for a labelled ConfigMap', () => {
    const configMap = (
      packageJson: string,
      labels: Record<string, string> = { 'buildless.dev/function': 'hello' },
    ): object => ({
      metadata: { name: 'hello', labels },
      data: { 'handler.js': '', 'package.json': packageJson },
    });
    const kind = { group: '', version: 'v1', kind: 'ConfigMap' };
    const latest = '{ "dependencies": { "axios": "latest" } }';
    const validate = createValidate(good);

    it('stops a bad edit when it is made', async () => {
      const { response } = await validate(
        requestFor(configMap(latest), { kind, name: 'hello', operation: 'UPDATE', oldObject: { ...configMap('{}') } }),
      );
      expect(response.status?.message).toContain(
        'Function "hello" (ConfigMap default/hello) is refused: package.json:1:',
      );
    });

    it('lets an unrelated update pass that was admitted before the policy tightened', async () => {
      const before = { ...configMap(latest) };
      const after = { ...configMap(latest, { 'buildless.dev/function': 'hello', team: 'shop' }) };
      const verdict = await validate(
        requestFor(after, { kind, name: 'hello', operation: 'UPDATE', oldObject: before }),
      );
      expect(verdict).toMatchObject({ response: { allowed: true }, codes: ['unchanged'] });
    });

    it('leaves one without the label alone', async () => {
      expect((await validate(requestFor(configMap(latest, {}), { kind }))).codes).toEqual(['not-a-function']);
    });
  });
});
