import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { parsePod } from '../src/function/pod-shape.ts';
import { parseManifests, type ManifestDocument } from '../src/manifests/documents.ts';
import { findTemplates } from '../src/manifests/templates.ts';

/** An example of this repository, and the Pod that its workload's controller would create. */
export interface Example {
  readonly file: string;
  readonly documents: readonly ManifestDocument[];
  readonly pod: V1Pod;
}

/** Reads an example's manifest. */
export async function readExample(name: string): Promise<Example> {
  const file = path.join('examples', name, 'function.yaml');
  const parsed = parseManifests(await readFile(file, 'utf8'), file);
  if ('findings' in parsed) throw new Error(parsed.findings.map(({ problem }) => problem).join('; '));
  const [template] = parsed.documents.flatMap(({ object }) => findTemplates(object));
  if (template === undefined) throw new Error(`${file} has no Pod template`);
  const pod = parsePod(template.template);
  if ('findings' in pod) throw new Error(pod.findings.map(({ problem }) => problem).join('; '));
  const { metadata, spec } = pod.pod;
  return {
    file,
    documents: parsed.documents,
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata:
        template.kind === 'Pod'
          ? { namespace: 'default', ...metadata }
          : createdBy(template.kind, template.name, metadata),
      ...(spec !== undefined && { spec }),
    },
  };
}

/** Metadata as a ReplicaSet's controller writes it: a name that the API server completes, and an owner. */
function createdBy(kind: string, name: string, metadata: V1Pod['metadata']): NonNullable<V1Pod['metadata']> {
  const owner = kind === 'Deployment' ? 'ReplicaSet' : kind;
  return {
    ...metadata,
    namespace: 'default',
    generateName: `${name}-5d4f8c7b9-`,
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: owner, name: `${name}-5d4f8c7b9`, uid: randomUUID(), controller: true },
    ],
  };
}
