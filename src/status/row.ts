import type { DeniedPackage } from '../denied/list.ts';
import type { Level } from '../dependencies/policy.ts';
import type { RolloutMode } from '../function/keys.ts';

/** Whether what the author wrote is what runs. */
export type RolloutState =
  /** It is. */
  | 'current'
  /** It is on its way: some Pods run another revision. */
  | 'rolling out'
  /** An edit was not rolled out yet; `notes` say why. */
  | 'edited'
  /** After an undo: the next edit rolls out again. */
  | 'rolled back'
  /** No revision: each Pod runs the source as it is when the Pod starts. */
  | 'live'
  /** It cannot be told, e.g. as the source may not be read. */
  | 'unknown';

/** Who made the lock of the revision. */
export type LockMaker = 'author' | 'controller' | 'none' | 'not needed' | 'unknown';

/** One Function as `buildless status` shows it. */
export interface FunctionRow {
  readonly namespace: string;
  readonly function: string;
  readonly workload: { readonly kind: string; readonly name: string };
  readonly runtime: string;
  /** What the configuration says of a deprecated runtime. */
  readonly deprecated?: string;
  /** As `buildless.dev/source` writes it. */
  readonly source: string;
  readonly rollout: RolloutMode;
  readonly state: RolloutState;
  /** What the template names. */
  readonly revision?: {
    readonly stamp: string;
    /** RFC 3339; absent if it cannot be read. */
    readonly created?: string;
  };
  readonly replicas: {
    /** Absent for kinds that start Pods from time to time. */
    readonly wanted?: number;
    readonly ready: number;
    readonly otherRevision: number;
  };
  readonly lock: LockMaker;
  /** The strictest level of the dependency policy that the source passes. */
  readonly level: Level | 'unknown';
  /** What of it nobody may run; absent if that was not asked for. */
  readonly denied?: readonly DeniedPackage[];
  /** Versions of Buildless that injected the running Pods. */
  readonly injectedBy: readonly string[];
  /** What a person should know, each a sentence. */
  readonly notes: readonly string[];
}
