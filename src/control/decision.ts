/** When a workload is rolled out: the rules of revisions, without a cluster. */
import type { Configuration } from '../config/configuration.ts';
import { ANNOTATIONS, type RolloutMode, ROLLOUT_MODES } from '../function/keys.ts';
import { FOLLOWS_NOTHING, followedOf, type SourceState } from '../function/source-state.ts';
import { isOfKnative, isOwned, type Holder } from './holder.ts';

/** An edit is rolled out when nothing else changed for as long as this. */
export const QUIET_MILLISECONDS = 1000;

/** The source of a workload, as far as it is known now. */
export type KnownSource =
  | { readonly type: 'known'; readonly state: SourceState; readonly milliseconds: number }
  /** An image, or one that nobody could read yet. */
  | { readonly type: 'unknown' }
  | { readonly type: 'missing'; readonly what: string; readonly fix: string }
  | { readonly type: 'invalid'; readonly problems: readonly string[] };

export interface Circumstances {
  readonly workload: Holder;
  readonly source: KnownSource;
  readonly namespace: { readonly isOptedIn: boolean; readonly isEnding: boolean };
  readonly configuration: Pick<Configuration, 'mode' | 'revisions'>;
  /** Other workloads of the same source that are rolling out now. */
  readonly rolling: number;
  /** The state that was judged last and refused, and would be again. */
  readonly refused: string | undefined;
  /** Whether a revision that the stamp names has a name that another object took. */
  readonly isNameTaken: boolean;
  /** Whether the lock that the stamp names is refused, and may pass now. */
  readonly isLockDue?: boolean;
}

export type Decision =
  | { readonly do: 'nothing' }
  /** Met for the first time: what runs now is what is followed, and nothing is restarted. */
  | { readonly do: 'follow'; readonly followed: string }
  | { readonly do: 'wait'; readonly for: 'quiet'; readonly milliseconds: number }
  | { readonly do: 'wait'; readonly for: 'others'; readonly followed: string }
  | { readonly do: 'roll-out'; readonly followed: string; readonly state: SourceState }
  | { readonly do: 'report'; readonly reason: 'SourceMissing' | 'SourceRefused'; readonly note: string };

const NOTHING: Decision = { do: 'nothing' };

export function decide(circumstances: Circumstances): Decision {
  const { workload, source, namespace, configuration } = circumstances;
  const { isEnding, followed, kind, template } = workload;
  if (configuration.mode === 'disabled' || template.metadata?.annotations?.[ANNOTATIONS.mode] === 'disabled') {
    return NOTHING;
  }
  if (!namespace.isOptedIn || namespace.isEnding || isEnding || !kind.rolls || isOwned(workload)) return NOTHING;
  if (source.type === 'unknown') return NOTHING;
  const mode = rolloutOf(workload, configuration.revisions.rollout);
  // A source that vanished stops nothing: the revisions are there, and the next edit counts from `followed`.
  if (source.type === 'missing') {
    return followed === FOLLOWS_NOTHING
      ? { do: 'report', reason: 'SourceMissing', note: `${source.what}; ${source.fix}` }
      : NOTHING;
  }
  if (source.type === 'invalid') {
    return mode === 'manual' ? NOTHING : { do: 'report', reason: 'SourceRefused', note: source.problems.join('\n') };
  }
  const now = followedOf(source.state);
  if (followed === undefined || followed === '') return { do: 'follow', followed: now };
  if (followed === now && !circumstances.isNameTaken && circumstances.isLockDue !== true) return NOTHING;
  if (mode === 'manual' || circumstances.refused === now) return NOTHING;
  if (workload.templateName !== undefined && isOfKnative(kind)) {
    return { do: 'report', reason: 'SourceRefused', note: namesItsRevision(workload.templateName) };
  }
  const left = QUIET_MILLISECONDS - source.milliseconds;
  if (left > 0) return { do: 'wait', for: 'quiet', milliseconds: left };
  if (circumstances.rolling >= configuration.revisions.rolloutsAtOnce) {
    return { do: 'wait', for: 'others', followed: now };
  }
  return { do: 'roll-out', followed: now, state: source.state };
}

/** Source: knative.dev/serving pkg/apis/serving/v1/revision_validation.go */
const namesItsRevision = (name: string): string =>
  `the edit is not rolled out: the template names its Knative revision "${name}", and Knative takes no other template under the same name; remove spec.template.metadata.name, or apply the Service with another name there`;

/** An unknown mode is a mistake, and restarting nothing does less harm. */
export function rolloutOf({ rollout }: Pick<Holder, 'rollout'>, byDefault: RolloutMode): RolloutMode {
  if (rollout === undefined) return byDefault;
  return ROLLOUT_MODES.find((mode) => mode === rollout) ?? 'manual';
}
