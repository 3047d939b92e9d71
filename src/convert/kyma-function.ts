/**
 * The Function of `serverless.kyma-project.io/v1alpha2`, as far as a conversion reads it
 * (kyma-project/serverless, components/buildless-serverless/api/v1alpha2/function_types.go, commit 779485d).
 *
 * Loads zod (80 ms): import it only where a Function is converted.
 */
import * as z from 'zod';
import type { V1Container, V1EnvVar, V1PodSecurityContext, V1ResourceRequirements } from '@kubernetes/client-node';
import { isJsonObject } from '../json/object.ts';

export const KYMA_GROUP = 'serverless.kyma-project.io';
export const KYMA_VERSION = 'v1alpha2';

const texts = z.record(z.string(), z.string());
const text = z.string().min(1);

/** Fields of Kubernetes' own types are passed on; the API server judges them. */
const passedOn = <Type extends object>() => z.custom<Type>(isJsonObject, 'expected a map');

const gitRepository = z.looseObject({
  url: text,
  baseDir: z.string().optional(),
  reference: z.string().optional(),
  auth: z.looseObject({ type: z.enum(['basic', 'key']), secretName: text }).optional(),
});

const resourceRequirements = z.looseObject({
  profile: z.string().optional(),
  resources: passedOn<V1ResourceRequirements>().optional(),
});

const spec = z.looseObject({
  runtime: text,
  runtimeImageOverride: z.string().optional(),
  source: z
    .looseObject({
      inline: z.looseObject({ source: text, dependencies: z.string().optional() }).optional(),
      gitRepository: gitRepository.optional(),
    })
    .refine(({ inline, gitRepository: git }) => (inline === undefined) !== (git === undefined), {
      message: 'expected exactly one of inline and gitRepository',
    }),
  env: z.array(passedOn<V1EnvVar>()).optional(),
  replicas: z.int().nonnegative().optional(),
  resourceConfiguration: z
    .looseObject({ function: resourceRequirements.optional(), build: z.unknown().optional() })
    .optional(),
  secretMounts: z.array(z.looseObject({ secretName: text, mountPath: text })).optional(),
  labels: texts.optional(),
  annotations: texts.optional(),
  template: z.looseObject({ labels: texts.optional(), annotations: texts.optional() }).optional(),
  scaleConfig: z.unknown().optional(),
  podSecurityContext: passedOn<V1PodSecurityContext>().optional(),
  containerSecurityContext: passedOn<NonNullable<V1Container['securityContext']>>().optional(),
});

const kymaFunction = z.looseObject({
  metadata: z.looseObject({
    name: text,
    namespace: z.string().optional(),
    labels: texts.optional(),
    annotations: texts.optional(),
  }),
  spec,
});

export type KymaFunction = z.infer<typeof kymaFunction>;
export type KymaGitRepository = z.infer<typeof gitRepository>;

/** The fields of `spec` that a conversion knows; others are reported as dropped. */
export const KNOWN_FIELDS: readonly string[] = Object.keys(spec.shape);

/** A field that is missing or has the wrong shape. */
export interface ShapeFault {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** Reads the object of a manifest. */
export function parseKymaFunction(
  object: unknown,
): { readonly kyma: KymaFunction } | { readonly faults: readonly ShapeFault[] } {
  const parsed = kymaFunction.safeParse(object);
  if (parsed.success) return { kyma: parsed.data };
  return { faults: parsed.error.issues.map(({ path, message }) => ({ path, problem: message })) };
}
