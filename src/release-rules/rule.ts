import type { Language } from '../function/languages.ts';
import type { Finding } from '../outcome/finding.ts';
import type { RecordedRelease, Releases } from '../release-age/release.ts';

export interface ReleaseFinding extends Finding {
  readonly package: string;
  /** Empty if the lock has none. */
  readonly version: string;
}

/** What a revision installs, as registries describe it. */
export interface ReleaseQuestion {
  readonly releases: Releases;
  readonly language: Language;
  /** Milliseconds since 1970 by the own clock. */
  readonly now: number;
  /** What the last revision recorded that was admitted; absent if none did. */
  readonly before?: readonly RecordedRelease[] | undefined;
}

export interface RuleVerdict {
  readonly refused: readonly ReleaseFinding[];
  /** Findings that refuse nothing. */
  readonly warned: readonly ReleaseFinding[];
  /** Milliseconds since 1970 from which on nothing is refused; absent if time does not help. */
  readonly until?: number;
}

/** One rule about the versions that a revision installs. It needs what registries say about them. */
export interface ReleaseRule<Policy> {
  /** As messages name it. */
  readonly title: string;
  /** Whether it may refuse. A rule that only warns stops no revision of which nothing could be learned. */
  readonly refuses: (policy: Policy) => boolean;
  /** What of the policy a lock's name depends on, as JSON; each rule's has another form. */
  readonly inDigest: (policy: Policy) => unknown;
  /** Pure. */
  readonly judge: (question: ReleaseQuestion, policy: Policy) => RuleVerdict;
}
