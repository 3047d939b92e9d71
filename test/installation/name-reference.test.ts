import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kustomize } from '../../scripts/manifests.mjs';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { parseSource } from '../../src/function/source.ts';
import { TEMPLATE_KINDS } from '../../src/function/template-kinds.ts';
import { at, objectsOf, ROOT } from './shipped.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'buildless-kustomize-'));
  await copyFile(path.join(ROOT, 'deploy/kustomize/name-reference.yaml'), path.join(folder, 'name-reference.yaml'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** An object of each kind with a Pod template, whose source is written so. */
const workloads = (source: string): readonly object[] =>
  TEMPLATE_KINDS.map(({ group, kind, path: place }) => {
    const metadata = {
      name: 'hello',
      labels: { [FUNCTION_LABEL]: 'hello' },
      annotations: { [ANNOTATIONS.source]: source },
    };
    const pod = { metadata, spec: { containers: [{ name: 'function', image: 'auto' }] } };
    const rest = [...place].reverse().reduce<object>((inner, key) => ({ [key]: inner }), pod);
    return {
      apiVersion: group === '' ? 'v1' : `${group}/v1`,
      kind,
      ...(place.length > 0 && { metadata: { name: 'hello' } }),
      ...rest,
    };
  });

/** What kustomize makes of the workloads with a generated ConfigMap. @returns undefined if it is not installed */
async function build(
  handler: string,
  source = 'hello-src',
): Promise<{ readonly name: string; readonly sources: readonly unknown[] } | undefined> {
  await writeFile(path.join(folder, 'handler.js'), handler);
  await writeFile(
    path.join(folder, 'workloads.json'),
    workloads(source)
      .map((each) => JSON.stringify(each))
      .join('\n---\n'),
  );
  const kustomization = {
    resources: ['workloads.json'],
    configurations: ['name-reference.yaml'],
    configMapGenerator: [{ name: 'hello-src', files: ['handler.js'] }],
  };
  await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(kustomization));
  const result = kustomize(folder);
  if ('missing' in result) return undefined;
  const objects = objectsOf(result.manifests);
  const name = objects.find((object) => at(object, 'kind') === 'ConfigMap');
  return {
    name: String(at(name, 'metadata', 'name')),
    sources: TEMPLATE_KINDS.map(({ group, kind, path: place }) => {
      const found = objects.find(
        (object) => at(object, 'kind') === kind && String(at(object, 'apiVersion')).startsWith(group),
      );
      return at(found, ...place, 'metadata', 'annotations', ANNOTATIONS.source);
    }),
  };
}

describe('deploy/kustomize/name-reference.yaml', () => {
  it('has kustomize write the hashed name into the Pod template of every kind', async (context) => {
    const built = await build('1');
    if (built === undefined) context.skip('neither kubectl nor kustomize is installed');
    expect(built?.name).toMatch(/^hello-src-[a-z0-9]{10}$/);
    expect(built?.sources).toEqual(TEMPLATE_KINDS.map(() => built?.name));
    expect(parseSource(String(built?.sources[0]))).toMatchObject({ type: 'configmap' });
  });

  it('so that an edit is another template, and the same content the same one: it rolls out without any controller', async (context) => {
    const [first, second, again] = [await build('1'), await build('2'), await build('1')];
    if (first === undefined) context.skip('neither kubectl nor kustomize is installed');
    expect(second?.sources).not.toEqual(first?.sources);
    expect(again).toEqual(first);
  });

  it('leaves alone what is not the plain name of a generated ConfigMap', async (context) => {
    for (const source of ['configmap:hello-src', 'other', 'git+https://git.example/hello-src']) {
      const built = await build('1', source);
      if (built === undefined) context.skip('neither kubectl nor kustomize is installed');
      expect(built?.sources).toEqual(TEMPLATE_KINDS.map(() => source));
    }
  });
});
