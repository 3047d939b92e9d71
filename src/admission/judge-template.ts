import type { Finding, Warning } from '../outcome/finding.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { SkipCode } from '../outcome/codes.ts';
import { refuses, type PolicyLevels } from '../dependencies/policy.ts';
import type { PolicyFinding } from './dependencies.ts';
import type { ExceptedFinding } from '../exceptions/exceptions.ts';
import { inspect } from '../inject/inject.ts';
import { isLockable } from '../revision/derive.ts';
import { whileClusterCompares, whileClusterLocks } from './missing-locks.ts';
import { judgePod } from './judge-pod.ts';
import type { ReviewContext } from './review-context.ts';

export interface JudgedTemplate {
  /** Set if the template is not a Function, or none that is to be injected. */
  readonly skipped?: SkipCode;
  /** Fields as in a Pod, without the path to the template. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly Warning[];
  readonly audited: readonly PolicyFinding[];
  readonly excepted: readonly ExceptedFinding[];
}

/**
 * Judges a Pod template when its workload is applied: all that would be reported of its Pods, reported at once. If its source does
 * not exist yet or cannot be read now, nothing is stopped: `kubectl apply` sends a ConfigMap and a Deployment one after the
 * other in either order, and the Pods are judged when they are created.
 */
export async function judgeTemplate(
  template: PodLike,
  namespace: string,
  context: ReviewContext,
): Promise<JudgedTemplate> {
  const judged = await judgePod(template, namespace, context);
  const { injection } = judged;
  const configuration = context.configuration();
  const inspection = inspect(template, configuration);
  const isLocked = !('definition' in inspection) || isLockable(inspection.definition.runtime);
  const dependencies = isLocked
    ? whileClusterLocks(judged.dependencies, configuration)
    : whileClusterCompares(judged.dependencies, configuration);
  const refusals = injection.outcome === 'refused' ? injection.findings : [];
  return {
    ...(injection.outcome === 'skipped' && injection.code !== 'already-injected' && { skipped: injection.code }),
    findings: [
      ...refusals.filter((finding) => later(finding) === undefined),
      ...dependencies.enforced.filter(({ code }) => code !== 'release-age-unchecked'),
    ],
    warnings: [
      ...refusals.flatMap((finding) => later(finding) ?? []),
      ...injection.warnings,
      ...dependencies.warned.filter((finding) => !isResolved(finding, judged.facts.levels, context)),
    ],
    audited: dependencies.audited,
    excepted: dependencies.excepted ?? [],
  };
}

/** Whether a branch of Git moves no replica: a controller looks it up once for each rollout. */
const isResolved = (
  finding: PolicyFinding,
  levels: PolicyLevels,
  { revisions }: Pick<ReviewContext, 'revisions'>,
): boolean =>
  'moves' in finding &&
  finding.level === 'locked' &&
  !refuses(levels.warn, finding) &&
  revisions?.isFollowed() === true;

/** The same as a warning, where it may still come right before a Pod is made. */
function later(finding: Finding): Warning | undefined {
  const { code } = finding;
  switch (code) {
    case 'source-not-found':
      return { ...finding, code: 'source-missing-yet', fix: 'create it; until then each Pod is refused' };
    case 'revision-not-found':
      return { ...finding, code: 'revision-missing-yet', fix: 'remove the annotation; Buildless writes it' };
    case 'source-unreachable':
    case 'namespace-unreachable':
      return { ...finding, code, fix: 'no action needed: each Pod is checked when it is created' };
    default:
      return undefined;
  }
}
