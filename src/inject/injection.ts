import type { PodLike } from '../kubernetes/pod.ts';
import type { SkipCode } from '../outcome/codes.ts';
import type { Finding, Warning } from '../outcome/finding.ts';
import type { FunctionStatus } from './status.ts';

/** What became of a Pod. Refusals carry every finding at once. */
export type Injection<Pod extends PodLike = PodLike> =
  | {
      readonly outcome: 'injected';
      readonly pod: Pod;
      readonly status: FunctionStatus;
      readonly warnings: readonly Warning[];
    }
  | { readonly outcome: 'skipped'; readonly code: SkipCode; readonly pod: Pod; readonly warnings: readonly Warning[] }
  | { readonly outcome: 'refused'; readonly findings: readonly Finding[]; readonly warnings: readonly Warning[] };
