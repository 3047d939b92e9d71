/**
 * Knative Services, held against Knative Serving 1.15. The Pods in pods/ were made by its controllers (`npm run test:knative`). With Go
 * its own validation is asked here as well (knative.dev/serving v0.42.2), and whether these Pods are still what it makes of our
 * Services.
 */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { offlineContext } from '../../src/admission/offline.ts';
import { injectDocument } from '../../src/cli/actions/inject.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { parseManifests } from '../../src/manifests/documents.ts';
import { valueAt } from '../../src/manifests/templates.ts';
import { canonical } from '../cluster/as-injected.ts';
import { admittedPod, admittedService } from './admitted.ts';
import { keptPod, type PodTemplate } from './kept-pods.ts';
import { knative, type AskKnative, type KnativeAnswer } from './program.ts';
import { SERVICES } from './services.ts';
import { filesOf } from './sources.ts';

const INIT_CONTAINERS = { 'kubernetes.podspec-init-containers': 'enabled' };
/** Of the build with cold caches, beside other work. */
const BUILD_MILLISECONDS = 1_200_000;

interface Container {
  readonly name: string;
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly [field: string]: unknown;
}

const containersOf = ({ spec }: Pick<PodTemplate, 'spec'>): readonly Container[] =>
  spec.containers as readonly Container[];
const valueOf = ({ env }: Container, name: string): string | undefined =>
  env.find((variable) => variable.name === name)?.value;
/** The container that Knative sends requests to. */
const isServing = ({ ports }: Container): boolean => JSON.stringify(ports ?? []).includes('user-port');
const isAuthors = ({ name }: Container): boolean => name !== 'queue-proxy';

describe('a Pod of Knative', () => {
  it.each(Object.entries(SERVICES))('%s is injected beside its proxy', async (name, service) => {
    const before = keptPod(name);
    const pod = await admittedPod(service, before);
    const [container] = containersOf(pod).filter(isServing);
    const [given] = containersOf(before).filter(isServing);
    if (container === undefined || given === undefined) throw new Error('no container serves');
    expect(container.command).toBeDefined();
    expect(container.image).toBe(given.image);
    expect(container.ports).toEqual(given.ports);
    expect(valueOf(container, 'FUNC_PORT')).toBe(valueOf(container, 'PORT'));
    // Both are the proxy's.
    expect(container.readinessProbe).toBeUndefined();
    expect(container.startupProbe).toBeUndefined();
    const others = (template: PodTemplate): readonly Container[] =>
      containersOf(template).filter((each) => !isServing(each));
    expect(others(pod)).toEqual(others(before));
    expect(valueAt(pod, ['spec', 'initContainers', 0, 'name'])).toBe('buildless-prepare');
    expect(await admittedPod(service, pod)).toEqual(pod);
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

  it.each(Object.entries(SERVICES))(
    'takes the Service %s as the webhook leaves it, and makes containers of it as in the Pod that is kept',
    async (name, service) => {
      const answer = ask(await admittedService(service));
      if (answer.refused !== undefined) throw new Error(answer.refused);
      const { template } = answer.deployment.spec;
      const kept = keptPod(name);
      const authors = containersOf(template).filter(isAuthors);
      expect(canonical(containersOf(kept).filter(isAuthors))).toMatchObject(canonical(authors) as object);
      expect(containersOf(kept).map((container) => container.name)).toEqual(
        containersOf(template).map((container) => container.name),
      );
      expect(kept.metadata.annotations).toMatchObject(template.metadata.annotations as object);
    },
  );

  it.each(Object.entries(SERVICES))(
    'takes the Service %s as `buildless inject` writes it, if it allows init containers',
    async (_name, service) => {
      const injected = await injectedService(service);
      const { refused } = ask(injected);
      expect(refused).toMatch(
        /^must not set the field\(s\): spec\.template\.spec\.initContainers\npod spec support for init-containers is off/,
      );
      const answer: KnativeAnswer = ask(injected, INIT_CONTAINERS);
      expect(answer.refused).toBeUndefined();
    },
  );
});

/** With the warning that Knative has to allow init containers. */
async function injectedService(service: object): Promise<object> {
  const source = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'hello', namespace: 'default', labels: { 'buildless.dev/function': 'hello' } },
    data: filesOf(service),
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
