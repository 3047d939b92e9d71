import { refuses, type Level } from '../dependencies/policy.ts';
import { deniedFinding } from '../denied/finding.ts';
import { NOTHING_DENIED, type DeniedList } from '../denied/list.ts';
import type { Finding } from '../outcome/finding.ts';
import type { ReviewContext } from './review-context.ts';
import { isTooComplex, type SourceFacts } from './judgement.ts';

/**
 * What of a source is denied, at every level of the policy. Where something is denied at all, a source that cannot be searched
 * must not run either.
 *
 * @param enforce the level whose findings are refused anyway
 */
export function deniedFindings(
  { findings, contents }: Pick<SourceFacts, 'findings' | 'contents'>,
  enforce: Level,
  denied: DeniedList,
): readonly Finding[] {
  if (denied.entries === 0) return [];
  if (contents !== undefined) return denied.search(contents).map(deniedFinding);
  return findings.filter((finding) => isTooComplex(finding) && !refuses(enforce, finding));
}

export const isDenying = ({ denied }: Pick<ReviewContext, 'denied'>): boolean =>
  (denied?.() ?? NOTHING_DENIED).entries > 0;
