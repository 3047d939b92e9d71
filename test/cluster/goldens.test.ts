import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, type TestContext } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/version.ts';
import { isObject } from '../../src/kubernetes/object.ts';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { findTemplates } from '../../src/manifests/templates.ts';
import { at, listAt, objectsOf } from '../installation/shipped.ts';
import { asInjected, canonical } from './as-injected.ts';
import { listOf } from './functions.ts';
import { given, it } from './given.ts';
import { installWithLease } from './held-lease.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { createNamespace, kubectl, kubectlOk, ROOT } from './kubectl.ts';

const folder = path.join(ROOT, 'test/golden');
/** The golden files come from sources that were not built, and say so where the built ones say their version. */
const read = (file: string): readonly unknown[] =>
  objectsOf(readFileSync(path.join(folder, file), 'utf8').replaceAll(VERSION, packageJson.version));
const itemsOf = (object: unknown): readonly unknown[] =>
  at(object, 'kind') === 'List' ? listAt(object, 'items') : [object];
const accepted = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml.injected'))
  .map((file) => file.replace(/\.injected$/, ''))
  // Its name says that it will be refused once the policy for Python is there.
  .filter((file) => !file.startsWith('refused-'));

/** Each Pod template as a Pod of its own, as a controller makes it. */
const podsIn = (objects: readonly unknown[]): readonly V1Pod[] =>
  objects
    .filter(isObject)
    .flatMap((object) => findTemplates(object))
    .map(({ template, name, path: { length } }) => {
      const { metadata, ...pod }: V1Pod = template;
      const named = length === 0 ? metadata : { ...metadata, name };
      return { ...pod, apiVersion: 'v1', kind: 'Pod', ...(named !== undefined && { metadata: named }) };
    });

/** Golden files of what no API server lets through, which a file given to the command may say all the same. */
const OFFLINE_ONLY: Readonly<Record<string, string>> = {
  'core-service-is-no-knative-service.yaml': 'no Pod in it',
  'dollar-in-names.yaml': 'no key of a ConfigMap has a dollar sign',
  'ephemeral-containers.yaml': 'they cannot be set on create',
  'knative-service.yaml': 'Knative makes more of a template than a Pod: test/knative',
  'mirror-pod.yaml': 'only a kubelet makes one',
  'service-account-token.yaml': 'it plays the API server that adds the token, as here happens to each Pod',
  'unknown-level.yaml': 'its label is refused where it is written; one that is older has the effect shown there',
  'unknown-fields.yaml': 'the API server knows all fields, or takes them out',
};

/** kubectl refuses null for an entry of a map; the API server takes it, as from Helm. */
const NULLS = 'helm-nulls.yaml';

/** See test/golden.test.ts. */
const isFollowed = (file: string): boolean =>
  readFileSync(path.join(folder, file), 'utf8').includes('A controller works.');
const files = accepted.filter((file) => !Object.hasOwn(OFFLINE_ONLY, file));

describe('what the golden files say of an injection', () => {
  given(() => installWebhook());

  it.each(files.filter((file) => !isFollowed(file)))('comes out of a real API server: %s', comesOut);
});

describe('what the golden files say of an injection while a controller works', () => {
  given(installWithLease);

  it.each(files.filter(isFollowed))('comes out of a real API server: %s', comesOut);
});

async function comesOut(file: string, context: TestContext): Promise<void> {
  const documents = read(file);
  const create = ['create', ...(file === NULLS ? ['--validate=false'] : [])];
  const ofKind = (kind: string): readonly unknown[] => documents.filter((object) => at(object, 'kind') === kind);
  const labels = ofKind('Namespace').map((object) => at(object, 'metadata', 'labels'));
  const namespace = await createNamespace(Object.assign({}, OPTED_IN, ...labels) as Record<string, string>);
  const sources = documents.flatMap(itemsOf).filter((object) => at(object, 'kind') === 'ConfigMap');
  if (sources.length > 0) await kubectlOk([...create, '-n', namespace, '-f', '-'], listOf(...sources));
  const pods = podsIn(documents);
  const expected = podsIn(read(`${file}.injected`));
  for (const [index, pod] of pods.entries()) {
    const dryRun = [...create, '--dry-run=server', '-o', 'json', '-n', namespace, '-f', '-'];
    const { serviceAccountName } = pod.spec ?? {};
    if (serviceAccountName !== undefined)
      await kubectl(['create', 'serviceaccount', serviceAccountName, '-n', namespace]);
    const { status, stdout, stderr } = await kubectl(dryRun, pod);
    if (stderr.includes('feature gate ImageVolume')) context.skip('this cluster has no image volumes');
    expect(stderr).not.toContain('rror');
    expect(status).toBe(0);
    const created = JSON.parse(stdout) as V1Pod;
    const golden = expected[index];
    expect(created.metadata?.annotations?.[STATUS_ANNOTATION]).toBe(golden?.metadata?.annotations?.[STATUS_ANNOTATION]);
    expect(canonical(asInjected(created.spec))).toMatchObject(canonical(golden?.spec) as object);
  }
  expect(pods.length).toBeGreaterThan(0);
}
