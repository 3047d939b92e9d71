import type { V1ObjectMeta, V1PodSpec } from '@kubernetes/client-node';

/** A Pod or the template of one. Fields that are not known here pass through untouched. */
export interface PodLike {
  readonly metadata?: V1ObjectMeta;
  readonly spec?: V1PodSpec;
}
