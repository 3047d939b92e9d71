import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stoppedFacts, TooBusy } from '../../src/admission/judgement.ts';
import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { tableOfConfigured } from '../../src/denied/inline.ts';
import { joinTables } from '../../src/denied/list.ts';
import { LabelsUnreachable } from '../../src/namespace/namespace.ts';
import { REFUSALS } from '../../src/outcome/codes.ts';
import { requestFor, sourceOf, contextWith } from '../admission/review-of.ts';

const golden = path.resolve(import.meta.dirname, '../golden');
const messages = readdirSync(golden)
  .filter((file) => file.endsWith('.refused'))
  .flatMap((file) => readFileSync(path.join(golden, file), 'utf8').trimEnd().split('\n'));

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'hello',
    labels: { 'buildless.dev/function': 'hello' },
    annotations: { 'buildless.dev/runtime': 'nodejs22' },
  },
  spec: { containers: [{ name: 'function', image: 'auto' }] },
};
const source = sourceOf({ 'handler.js': '' });
const unreachable = contextWith({ source: { type: 'unreachable', reason: 'no answer in 2 s' } });

const unknownNamespace = contextWith({ source, labels: new LabelsUnreachable('no answer in 2 s') });

const LIMIT = 'it took longer than 2 s';
const configMap = {
  metadata: { name: 'hello', labels: { 'buildless.dev/function': 'hello' } },
  data: { 'package.json': '{}' },
};

/** An update of a Pod that runs. */
const running = {
  name: 'hello',
  operation: 'UPDATE' as const,
  oldObject: {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...pod.metadata.annotations, 'buildless.dev/status': '{}' } },
    spec: { containers: [{ name: 'function', image: 'node:22.1.0' }] },
  },
};

const denied = joinTables([
  tableOfConfigured({ nodejs: [{ name: 'axios', versions: '1.14.1', reason: 'stole tokens' }] }),
]);

const { dependencies, revisions } = DEFAULT_CONFIGURATION;
const licensed = contextWith({
  configuration: {
    ...DEFAULT_CONFIGURATION,
    revisions: { ...revisions, locks: 'author' },
    dependencies: { ...dependencies, licences: { ...dependencies.licences, allowed: ['MIT'] } },
  },
});
const lockedWith = (entry: object): object => ({
  ...configMap,
  data: {
    'package.json': '{"dependencies":{"left":"1.0.0"}}',
    'package-lock.json': JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { left: '1.0.0' } },
        'node_modules/left': { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==`, ...entry },
      },
    }),
  },
});

/** What a file cannot bring about: the whole message as `kubectl` prints it. */
/** Nobody but the author makes locks, so that admission alone judges them. */
const REVIEWS = {
  'source-unreachable': async () => await createMutate(unreachable)(requestFor(pod, { name: 'hello' })),
  'namespace-unreachable': async () => await createMutate(unknownNamespace)(requestFor(pod, { name: 'hello' })),
  'image-auto': async () => await createValidate(contextWith({ source }))(requestFor(pod, running)),
  'not-injected': async () => await createValidate(contextWith({ source }))(requestFor(pod, { name: 'hello' })),
  'too-complex': async () =>
    await createValidate(contextWith({ judge: ({ basis }) => Promise.resolve(stoppedFacts(basis, LIMIT)) }))(
      requestFor(configMap, { kind: { group: '', version: 'v1', kind: 'ConfigMap' }, name: 'hello' }),
    ),
  'dependency-denied': async () =>
    await createValidate({ ...contextWith({}), denied: () => denied })(
      requestFor(
        { ...configMap, data: { 'package.json': '{"dependencies":{"axios":"1.14.1"}}' } },
        { kind: { group: '', version: 'v1', kind: 'ConfigMap' }, name: 'hello' },
      ),
    ),
  'licence-refused': async () =>
    await createValidate(licensed)(requestFor(lockedWith({ license: 'GPL-3.0-only' }), OF_CONFIG_MAP)),
  'licence-unknown': async () => await createValidate(licensed)(requestFor(lockedWith({}), OF_CONFIG_MAP)),
  'too-busy': async () =>
    await createMutate(contextWith({ source, judge: () => Promise.resolve(new TooBusy('16 reviews wait')) }))(
      requestFor(pod, { name: 'hello' }),
    ),
  'unknown-release-age': async () =>
    await createValidate(contextWith({}))(
      requestFor(
        { metadata: { name: 'shop', labels: { 'buildless.dev/minimum-release-age': 'week' } } },
        { kind: { group: '', version: 'v1', kind: 'Namespace' }, name: 'shop', namespace: 'shop' },
      ),
    ),
  'unknown-policy-level': async () =>
    await createValidate(contextWith({}))(
      requestFor(
        { metadata: { name: 'shop', labels: { 'buildless.dev/dependencies-warn': 'all' } } },
        { kind: { group: '', version: 'v1', kind: 'Namespace' }, name: 'shop', namespace: 'shop' },
      ),
    ),
};

const OF_CONFIG_MAP = { kind: { group: '', version: 'v1', kind: 'ConfigMap' }, name: 'hello' };

const EXPECTED: Readonly<Record<keyof typeof REVIEWS, string>> = {
  'source-unreachable':
    'Function "hello" (Pod default/hello) is refused: metadata.annotations[buildless.dev/source]: the source configmap:hello could not be read (no answer in 2 s); try again; controllers do so automatically [source-unreachable]',
  'namespace-unreachable':
    'Function "hello" (Pod default/hello) is refused: Namespace default metadata.labels: the labels could not be read (no answer in 2 s), and they decide whether and how Functions are admitted; try again; controllers do so automatically [namespace-unreachable]',
  'image-auto':
    'Function "hello" (Pod default/hello) is refused: spec.containers[0].image: "auto" would replace node:22.1.0, which the container runs; apply it again when the mutating webhook answers, or use a Deployment, whose template keeps the marker [image-auto]',
  'not-injected':
    'Function "hello" (Pod default/hello) is refused: metadata.labels[buildless.dev/function]: the Pod is a Function and was not injected, because the mutating webhook was not called or did not answer; see that it is registered and its Pods are Ready, then create the Pod again; controllers do so automatically [not-injected]',
  'too-complex':
    'Function "hello" (ConfigMap default/hello) is refused: package.json: the dependencies were not judged, because it took longer than 2 s; remove dependencies, overrides or entries that are not needed [too-complex]',
  'dependency-denied':
    'Function "hello" (ConfigMap default/hello) is refused: package.json: "axios" 1.14.1 is denied in this cluster (stole tokens); it comes with package.json > axios@1.14.1; take another version, and lock it again ("buildless lock --refresh") [dependency-denied]',
  'licence-refused':
    'Function "hello" (ConfigMap default/hello) is refused: package.json: "left" 1.0.0 has the licence GPL-3.0-only, which this cluster does not allow; it comes with package.json > left@1.0.0; use another package, or a version with another licence, or ask the administrator to add it to dependencies.licences.exceptions [licence-refused]',
  'licence-unknown':
    'Function "hello" (ConfigMap default/hello) is refused: package.json: the licence of "left" 1.0.0 is not known: its lock has none; it comes with package.json > left@1.0.0; use a version that declares an identifier of https://spdx.org/licenses, or ask the administrator to add it to dependencies.licences.exceptions [licence-unknown]',
  'too-busy':
    'Function "hello" (Pod default/hello) is refused: nothing was judged, because 16 reviews wait; try again after a second; controllers do so automatically [too-busy]',
  'unknown-release-age':
    'Namespace shop is refused: metadata.labels[buildless.dev/minimum-release-age]: "week" is not a duration; write it like 7d, 36h or 90m [unknown-release-age]',
  'unknown-policy-level':
    'Namespace shop is refused: metadata.labels[buildless.dev/dependencies-warn]: "all" is not a level; write one of off, no-latest, exact, locked [unknown-policy-level]',
};

/** Answers outside of any review: of the server itself, and of the controller, which alone asks registries. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'provenance-unchecked': '../admission/release-age.test.ts',
  'provenance-lost': '../provenance/judge.test.ts',
  'release-too-young': '../release-age/judge.test.ts',
  'release-age-unknown': '../release-age/judge.test.ts',
  'release-changed': '../release-age/judge.test.ts',
  'release-age-unchecked': '../admission/release-age.test.ts',
  'registry-unavailable': '../cli/validate-online.test.ts',
  'lock-not-resolved': '../cli/validate-online.test.ts',
  'not-a-review': '../server/answers.test.ts',
  'internal-error': '../server/answers.test.ts',
};

describe('every code of a refusal', () => {
  it.each(Object.keys(REFUSALS))('%s is in a message that a test asserts as the user reads it', (code) => {
    if (code in REVIEWS) {
      expect(EXPECTED).toHaveProperty(code);
      return;
    }
    const elsewhere = ELSEWHERE[code];
    if (elsewhere !== undefined) {
      const test = readFileSync(path.join(import.meta.dirname, elsewhere), 'utf8');
      expect(test).toContain(code);
      return;
    }
    const own = messages.filter((message) => message.endsWith(`[${code}]`));
    expect(own).not.toEqual([]);
    // Place, what is wrong, what to do.
    for (const message of own) expect(message).toMatch(/: \S.*; \S.* \[[a-z-]+\]$/);
  });

  it.each(Object.entries(REVIEWS))('%s says it in a review', async (code, review) => {
    const { response, codes } = await review();
    expect(codes).toEqual([code]);
    expect(Object.entries(EXPECTED).find(([name]) => name === code)?.[1]).toBe(response.status?.message);
  });
});
