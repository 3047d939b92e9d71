import { ANNOTATIONS, FUNCTION_LABEL, REVISION_ANNOTATION } from '../function/keys.ts';
import type { PodLike } from '../kubernetes/pod.ts';

/** The Pods of a Function's workload. */
export interface PodGroup {
  readonly function: string;
  /** `Deployment pay`; absent for Pods that nothing made. */
  readonly workload?: string;
  readonly pods: number;
  /** One for each source, runtime and revision: only these are judged differently. */
  readonly variants: readonly PodLike[];
}

/** Sorted by Function and workload, so that the same Pods give the same message. */
export function groupedPods(pods: readonly PodLike[]): readonly PodGroup[] {
  const groups = new Map<string, { readonly group: PodGroup; pods: number; readonly variants: Map<string, PodLike> }>();
  for (const pod of pods) {
    const name = pod.metadata?.labels?.[FUNCTION_LABEL];
    if (name === undefined) continue;
    const workload = workloadOf(pod);
    const key = `${name} ${workload ?? ''}`;
    const known = groups.get(key) ?? {
      group: { function: name, ...(workload !== undefined && { workload }), pods: 0, variants: [] },
      pods: 0,
      variants: new Map<string, PodLike>(),
    };
    groups.set(key, known);
    known.pods += 1;
    const variant = variantOf(pod);
    if (!known.variants.has(variant)) known.variants.set(variant, pod);
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, known]) => ({ ...known.group, pods: known.pods, variants: [...known.variants.values()] }));
}

/** @example titleOf(group) // 'Function "pay" (Deployment pay, 3 Pods)' */
export function titleOfGroup({ function: name, workload, pods }: PodGroup): string {
  const parts = [...(workload === undefined ? [] : [workload]), `${pods} Pod${pods === 1 ? '' : 's'}`];
  return `Function "${name}" (${parts.join(', ')})`;
}

function variantOf({ metadata, spec }: PodLike): string {
  const annotations = metadata?.annotations ?? {};
  const read = [ANNOTATIONS.source, ANNOTATIONS.runtime, ANNOTATIONS.container, REVISION_ANNOTATION];
  return JSON.stringify([...read.map((key) => annotations[key]), spec?.containers.map(({ image }) => image)]);
}

/** The hash in the name of a ReplicaSet that a Deployment made; the minute in the name of a Job that a CronJob made. */
const TEMPLATE_HASH = 'pod-template-hash';
const MINUTE = /-\d{8}$/;

function workloadOf({ metadata }: PodLike): string | undefined {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return undefined;
  const { kind, name } = owner;
  const hash = metadata?.labels?.[TEMPLATE_HASH];
  if (kind === 'ReplicaSet' && hash !== undefined && name.endsWith(`-${hash}`)) {
    return `Deployment ${name.slice(0, -hash.length - 1)}`;
  }
  if (kind === 'Job' && MINUTE.test(name)) return `CronJob ${name.replace(MINUTE, '')}`;
  return `${kind} ${name}`;
}
