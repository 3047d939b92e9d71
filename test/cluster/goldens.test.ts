import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { VERSION } from '../../src/version.ts';
import { isObject } from '../../src/manifests/object.ts';
import { STATUS_ANNOTATION } from '../../src/function/keys.ts';
import { findTemplates } from '../../src/manifests/templates.ts';
import { at, objectsOf } from '../installation/shipped.ts';
import { asInjected } from './as-injected.ts';
import { given, it } from './given.ts';
import { installWebhook, OPTED_IN } from './installed.ts';
import { coreApi, createNamespace, kubectlOk, ROOT } from './kubectl.ts';

const folder = path.join(ROOT, 'test/golden');
/** The golden files come from sources that were not built, and say so where the built ones say their version. */
const read = (file: string): readonly unknown[] =>
  objectsOf(readFileSync(path.join(folder, file), 'utf8').replaceAll(VERSION, packageJson.version));
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

/** As the API server writes it: nothing for null, `1Gi` for `1024Mi`. */
function plain(value: unknown): unknown {
  const mebibytes = typeof value === 'string' ? /^(\d+)Mi$/.exec(value)?.[1] : undefined;
  if (mebibytes !== undefined && Number(mebibytes) % 1024 === 0) return `${Number(mebibytes) / 1024}Gi`;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, item]) => item !== null && item !== undefined).map(([key, item]) => [key, plain(item)]),
  );
}

describe('what the golden files say of an injection', () => {
  given(() => installWebhook());

  it('is what comes out of a real API server, for every one of them that is injected', async () => {
    const api = coreApi();
    let compared = 0;
    for (const file of accepted) {
      const documents = read(file);
      const namespaceLabels = documents
        .filter((object) => at(object, 'kind') === 'Namespace')
        .map((object) => at(object, 'metadata', 'labels'));
      const namespace = await createNamespace(
        Object.assign({}, OPTED_IN, ...namespaceLabels) as Record<string, string>,
      );
      const sources = documents.filter((object) => at(object, 'kind') === 'ConfigMap');
      for (const source of sources) await kubectlOk(['create', '-n', namespace, '-f', '-'], source as object);
      const pods = podsIn(documents);
      const expected = podsIn(read(`${file}.injected`));
      for (const [index, pod] of pods.entries()) {
        const body = plain({ ...pod, metadata: { ...pod.metadata, namespace } }) as V1Pod;
        const created = await api.createNamespacedPod({ namespace, body, dryRun: 'All' }).catch((error: unknown) => {
          throw new Error(`${file}: ${String(error)}`);
        });
        const golden = expected[index];
        expect(created.metadata?.annotations?.[STATUS_ANNOTATION], file).toBe(
          golden?.metadata?.annotations?.[STATUS_ANNOTATION],
        );
        expect(plain(asInjected(created.spec)), file).toMatchObject(plain(golden?.spec) as object);
        compared += 1;
      }
    }
    console.log(`golden files: ${compared} Pods of ${accepted.length} files came out alike`);
    expect(compared).toBeGreaterThan(accepted.length / 2);
  });
});
