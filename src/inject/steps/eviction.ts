/**
 * Tells the cluster autoscaler that nothing in our emptyDirs is lost with the node: it drains no node of which a Pod has
 * local storage. Volumes of the author's stay what they are to it.
 * Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node
 *
 * Fields: metadata.annotations["cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes"]
 */
import { RESERVED_PREFIX } from '../../function/keys.ts';
import type { Step } from '../context.ts';
import { isUnset } from '../../kubernetes/unset.ts';

const ANNOTATION = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

export const eviction: Step = (pod) => {
  const ours = (pod.spec?.volumes ?? []).filter(
    ({ name, emptyDir }) => name.startsWith(RESERVED_PREFIX) && !isUnset(emptyDir),
  );
  const given = pod.metadata?.annotations?.[ANNOTATION] ?? '';
  const named = given.split(',').map((name) => name.trim());
  const missing = ours.map(({ name }) => name).filter((name) => !named.includes(name));
  if (missing.length === 0) return pod;
  const value = given.trim() === '' ? missing.join(',') : `${given},${missing.join(',')}`;
  return {
    ...pod,
    metadata: { ...pod.metadata, annotations: { ...pod.metadata?.annotations, [ANNOTATION]: value } },
  };
};
