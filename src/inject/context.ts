import type { V1Container } from '@kubernetes/client-node';
import type { Configuration } from '../config/configuration.ts';
import type { Exception } from '../exceptions/exception.ts';
import type { FunctionDefinition } from '../function/definition.ts';
import type { Handler } from '../function/handler.ts';
import type { NamespaceFacts } from '../namespace/namespace.ts';
import type { Source } from '../function/source.ts';
import type { InstallFacts } from '../installers/facts.ts';
import type { InstallPlan } from '../installers/plan.ts';
import type { PinnedRevision } from '../revision/pinned.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { DeclaredPort } from './ports.ts';
import type { PodTotals } from './resources/pod-totals.ts';
import type { ProfiledResources } from './resources/profile.ts';

/** In place of a port that contradicts itself, which is a finding already. */
export const UNKNOWN_PORT = 0;

/** All that an injection depends on beside the Pod. */
export interface InjectionFacts {
  readonly configuration: Configuration;
  readonly namespace: NamespaceFacts;
  readonly definition: FunctionDefinition;
  readonly source: Source;
  /** Of the files; undefined for a source that admission does not see. */
  readonly facts: InstallFacts | undefined;
  /** Of a Pod with a stamp. */
  readonly pinned?: PinnedRevision;
  /** Of the Function, also those that have ended: the Pod looks at the day when it starts. */
  readonly exceptions?: readonly Exception[];
}

/** What every step and check knows; none of it changes on the way. */
export interface InjectionContext extends InjectionFacts {
  /** Undefined if the source decides and is not seen before the Pod runs. */
  readonly handler: Handler | undefined;
  /** Where the HTTP server listens, or UNKNOWN_PORT; not used where the container has its own command. */
  readonly port: number;
  /** Who installs the dependencies, and where. */
  readonly installPlan: InstallPlan;
  /** Those that the containers of the Pod declare, as it came. */
  readonly ports: readonly DeclaredPort[];
  /** Those of the Function's container. */
  readonly resources: ProfiledResources;
  /** What the Pod's own containers ask for, with the Function's resources. */
  readonly totals: PodTotals;
}

/**
 * One change to a Pod. Pure, and frugal: what it does not change stays the same object, so that the JSON Patch is found
 * without looking there.
 */
export type Step = (pod: PodLike, context: InjectionContext) => PodLike;

/** One change to the Function's container; as frugal. */
export type ContainerStep = (container: V1Container, context: InjectionContext) => V1Container;

/** Changes to the Function's container as one step, so that the Pod around it is copied once. */
export const inFunction =
  (...steps: readonly ContainerStep[]): Step =>
  (pod, context) =>
    changeSpec(pod, (spec) => {
      const { containerIndex } = context.definition;
      const container = spec.containers[containerIndex];
      if (container === undefined) return spec;
      const changed = steps.reduce((current, step) => step(current, context), container);
      return changed === container ? spec : { ...spec, containers: spec.containers.with(containerIndex, changed) };
    });

type Spec = NonNullable<PodLike['spec']>;

/** The Pod with its spec replaced; the same Pod where `change` gives the same spec. */
export function changeSpec(pod: PodLike, change: (spec: Spec) => Spec): PodLike {
  if (pod.spec === undefined) return pod;
  const spec = change(pod.spec);
  return spec === pod.spec ? pod : { ...pod, spec };
}
