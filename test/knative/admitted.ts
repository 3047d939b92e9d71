import { createMutate } from '../../src/admission/mutate.ts';
import { createValidate } from '../../src/admission/validate.ts';
import { applyPatch } from '../admission/apply-patch.ts';
import { requestFor } from '../admission/review-of.ts';
import { RevisedCluster } from '../admission/revised-cluster.ts';
import type { PodTemplate } from './kept-pods.ts';
import { filesOf } from './sources.ts';

type Json = Record<string, unknown>;

const KIND = { group: 'serving.knative.dev', version: 'v1', kind: 'Service' };

/** What the API server stores of an object, after both halves of the webhook. @throws where one refuses it */
async function admit(
  { context }: RevisedCluster,
  object: object,
  overrides: Parameters<typeof requestFor>[1] = {},
): Promise<Json> {
  const { response } = await createMutate(context)(requestFor(object, overrides));
  const mutated = applyPatch({ ...object }, response.patch);
  const validated = await createValidate(context)(requestFor(mutated, overrides));
  for (const { allowed, status } of [response, validated.response]) if (!allowed) throw new Error(status?.message);
  return mutated;
}

/** A Service of ./services.ts as its template has the image, the probe and the revision. */
export function admittedService(service: object): Promise<Json> {
  const cluster = new RevisedCluster();
  cluster.configMaps.set('hello', filesOf(service));
  return admit(cluster, service, { kind: KIND });
}

/** A Pod that Knative made of such a Service, once the controller has stored its revision. */
export async function admittedPod(service: object, pod: PodTemplate): Promise<PodTemplate> {
  const cluster = new RevisedCluster();
  cluster.storeFiles('hello', filesOf(service));
  const admitted = await admit(cluster, { ...pod, apiVersion: 'v1', kind: 'Pod' });
  return { metadata: admitted.metadata as PodTemplate['metadata'], spec: admitted.spec as PodTemplate['spec'] };
}
