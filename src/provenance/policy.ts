/** What happens if a version of a package has less provenance than the version that the revision before had. */
export const PROVENANCE_LOST = ['off', 'warn', 'refuse'] as const;
export type ProvenanceLost = (typeof PROVENANCE_LOST)[number];

/** The part of the configuration under `dependencies`. */
export interface ProvenanceSettings {
  readonly provenanceLost: ProvenanceLost;
  /** Packages that may lose it: a name, or a beginning with `*` at its end (`@shop/*`). */
  readonly provenanceExceptions: readonly string[];
}

export interface ProvenancePolicy {
  readonly lost: Exclude<ProvenanceLost, 'off'>;
  readonly exceptions: readonly string[];
  /** For one Function, by `dependencies.exceptions`; absent if it has none. */
  readonly lifted?: readonly LiftedLoss[];
}

/** A package that may lose its provenance until a day. */
export interface LiftedLoss {
  readonly package: string;
  /** Set if it does not apply any more: the last day on which it did. */
  readonly ended?: string;
}

/** @returns undefined if nothing is compared */
export const provenancePolicy = ({
  provenanceLost: lost,
  provenanceExceptions: exceptions,
}: ProvenanceSettings): ProvenancePolicy | undefined => (lost === 'off' ? undefined : { lost, exceptions });
