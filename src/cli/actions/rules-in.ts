import { factsOf } from '../../admission/review-namespace.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import { rulesOfFunction } from '../../exceptions/ages.ts';
import { NO_EXCEPTIONS } from '../../exceptions/exceptions.ts';
import { FUNCTION_LABEL } from '../../function/keys.ts';
import type { ReleaseRules } from '../../release-rules/rules.ts';

/** What is asked of the versions of the Function that the labels name. */
export async function rulesIn(
  namespace: string,
  labels: Readonly<Record<string, string>> | undefined,
  context: ReviewContext,
): Promise<ReleaseRules | undefined> {
  const { releaseRules } = await factsOf(namespace, context);
  const exceptions = context.exceptions?.() ?? NO_EXCEPTIONS;
  return rulesOfFunction(releaseRules, exceptions, { namespace, function: labels?.[FUNCTION_LABEL] });
}
