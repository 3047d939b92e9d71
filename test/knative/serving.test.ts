/**
 * Knative Services, held against Knative Serving 1.15 itself: its validation and the Pods that its controller makes
 * (knative.dev/serving v0.42.2). What its controller makes is kept in pods/, so that Buildless is tested without Go as well;
 * UPDATE_GOLDEN=1 writes it again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { createMutate } from '../../src/admission/mutate.ts';
import { offlineContext } from '../../src/admission/offline.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { injectDocument } from '../../src/cli/actions/inject.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseManifests } from '../../src/manifests/documents.ts';
import { valueAt } from '../../src/manifests/templates.ts';
import { applyPatch } from '../admission/apply-patch.ts';
import { requestFor } from '../admission/review-of.ts';
import { RevisedCluster } from '../admission/revised-cluster.ts';
import { knative, type AskKnative, type KnativeAnswer, type PodTemplate } from './program.ts';
import { SERVICES } from './services.ts';

type Json = Record<string, unknown>;

const SOURCES = {
  nodejs22: { 'handler.js': "exports.main = () => 'hello';" },
  python311: { 'handler.py': 'def main(event, context):\n    return "hello"\n' },
} as const;
const KIND = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' };
const INIT_CONTAINERS = { 'kubernetes.podspec-init-containers': 'enabled' };
/** Of the build with cold caches, beside other work. */
const BUILD_MILLISECONDS = 1_200_000;

let cluster: RevisedCluster;
beforeEach(() => {
  cluster = new RevisedCluster();
});

const runtimeOf = (service: object): keyof typeof SOURCES =>
  valueAt(service, ['spec', 'template', 'metadata', 'annotations', 'buildless.dev/runtime']) as keyof typeof SOURCES;

/** What the API server stores of a Service, or of a Pod. */
async function admitted(object: object, overrides: Parameters<typeof requestFor>[1] = {}): Promise<Json> {
  const { response } = await createMutate(cluster.context)(requestFor(object, overrides));
  expect(response).toMatchObject({ allowed: true });
  const mutated = applyPatch({ ...object }, response.patch);
  const validated = await createValidate(cluster.context)(requestFor(mutated, overrides));
  expect(validated.response).toMatchObject({ allowed: true });
  return mutated;
}

async function storedService(name: string): Promise<Json> {
  const service = SERVICES[name] ?? {};
  cluster.configMaps.set('hello', SOURCES[runtimeOf(service)]);
  return admitted(service, { kind: KIND });
}

const fileOf = (name: string): string => path.join(import.meta.dirname, 'pods', `${name}.yaml`);
const keptPod = (name: string): PodTemplate => parse(readFileSync(fileOf(name), 'utf8')) as PodTemplate;

interface Container extends Json {
  readonly name: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

const containersOf = ({ spec }: Pick<PodTemplate, 'spec'>): readonly Container[] =>
  spec.containers as readonly Container[];
const valueOf = ({ env }: Container, name: string): string | undefined =>
  env.find((variable) => variable.name === name)?.value;
/** The container that Knative sends requests to. */
const isServing = ({ ports }: Container): boolean => JSON.stringify(ports ?? []).includes('user-port');

describe('a Pod of Knative', () => {
  it.each(Object.keys(SERVICES))('%s is injected beside its proxy', async (name) => {
    const before = keptPod(name);
    // Its template has the revision that its Service was given.
    const service = await storedService(name);
    for (const [revision, texts] of Object.entries({ hello: SOURCES[runtimeOf(service)] }))
      cluster.storeFiles(revision, texts);
    const pod = await admitted({ ...before, apiVersion: 'v1', kind: 'Pod' });
    const template = pod as unknown as PodTemplate;
    const [container] = containersOf(template).filter(isServing);
    const [given] = containersOf(before).filter(isServing);
    if (container === undefined || given === undefined) throw new Error('no container serves');
    expect(container.command).toBeDefined();
    expect(container.image).toBe(given.image);
    expect(container.ports).toEqual(given.ports);
    expect(valueOf(container, 'FUNC_PORT')).toBe(valueOf(container, 'PORT'));
    // Both are the proxy's.
    expect(container.readinessProbe).toBeUndefined();
    expect(container.startupProbe).toBeUndefined();
    const others = ({ spec }: PodTemplate): readonly Container[] =>
      containersOf({ spec }).filter((each) => !isServing(each));
    expect(others(template)).toEqual(others(before));
    expect(valueAt(template, ['spec', 'initContainers', 0, 'name'])).toBe('buildless-prepare');
    expect(await admitted(pod)).toEqual(pod);
  });
});

describe('Knative itself', () => {
  let ask: AskKnative;
  let reason: string | undefined;
  beforeAll(async () => {
    const program = await knative();
    if (typeof program === 'function') ask = program;
    else ({ reason } = program);
  }, BUILD_MILLISECONDS);
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });

  it.each(Object.keys(SERVICES))(
    'takes the Service %s as the webhook leaves it, and makes the Pod that is kept',
    async (name) => {
      const answer = ask(await storedService(name));
      if (answer.refused !== undefined) throw new Error(answer.refused);
      const { metadata, spec } = answer.deployment.spec.template;
      const made = stringify({ metadata: { ...metadata, creationTimestamp: undefined, namespace: 'default' }, spec });
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(fileOf(name), made);
      expect(keptPod(name)).toEqual(parse(made));
    },
  );

  it.each(Object.keys(SERVICES))(
    'takes the Service %s as `buildless inject` writes it, if it allows init containers',
    async (name) => {
      const service = await injected(SERVICES[name] ?? {});
      const refused = ask(service).refused;
      expect(refused).toMatch(
        /^must not set the field\(s\): spec\.template\.spec\.initContainers\npod spec support for init-containers is off/,
      );
      const answer: KnativeAnswer = ask(service, INIT_CONTAINERS);
      expect(answer.refused).toBeUndefined();
    },
  );
});

/** With the warning that Knative has to allow init containers. */
async function injected(service: Json): Promise<Json> {
  const source = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'hello', namespace: 'default', labels: { 'buildless.dev/function': 'hello' } },
    data: SOURCES[runtimeOf(service)],
  };
  const parsed = parseManifests(`${stringify(source)}---\n${stringify(service)}`, 'hello.yaml');
  if ('findings' in parsed) throw new Error(JSON.stringify(parsed.findings));
  const [, document] = parsed.documents;
  if (document === undefined) throw new Error('there is no Service');
  const { edited, refusals, warnings } = await injectDocument(
    document,
    offlineContext(parsed.documents, DEFAULT_CONFIGURATION),
    'default',
  );
  expect(refusals).toEqual([]);
  expect(warnings.map(({ code }) => code)).toEqual(['knative-init-containers']);
  return edited.object;
}
