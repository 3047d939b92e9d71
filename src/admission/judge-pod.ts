import { ANNOTATIONS } from '../function/keys.ts';
import type { NamespaceFacts } from '../namespace/namespace.ts';
import type { SourceReference } from '../function/source.ts';
import type { Language } from '../function/languages.ts';
import { inspect } from '../inject/inject.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Injection } from '../inject/injection.ts';
import type { PolicyLevels } from '../dependencies/policy.ts';
import { isDenying } from './denied.ts';
import { judgeFiles, NOTHING_FOUND, type DependencyVerdict } from './dependencies.ts';
import { injectPod } from './mutate.ts';
import { afterLock } from './missing-locks.ts';
import { isBare, judgeAge } from './release-age.ts';
import { factsOf } from './review-namespace.ts';
import { afterComparison, withoutUnknown } from './unknown-licences.ts';
import { runSource } from './run-source.ts';
import { judgePins, pinFindings } from './pins.ts';
import type { ReviewContext } from './review-context.ts';

/** All that there is to say of a Pod or template: whether it can be injected, and what its dependencies are worth. */
export interface JudgedPod<Pod extends PodLike = PodLike> {
  readonly injection: Injection<Pod>;
  readonly dependencies: DependencyVerdict;
  readonly facts: NamespaceFacts;
}

/**
 * Injects a Pod or template and judges its dependencies, the one whether or not the other failed, so that its author reads
 * everything at once.
 */
export async function judgePod<Pod extends PodLike>(
  pod: Pod,
  namespace: string,
  context: ReviewContext,
): Promise<JudgedPod<Pod>> {
  const [injection, facts] = await Promise.all([injectPod(pod, namespace, context), factsOf(namespace, context)]);
  const dependencies = facts.findings.length > 0 ? NOTHING_FOUND : await judgeSource(pod, namespace, context, facts);
  return { injection, dependencies, facts };
}

/**
 * Judges the dependencies of a Function, injected or not, and whether its source and its image are pinned. A Git or image
 * source is judged by buildless-prepare, in the Pod, and so is a lock that does not exist yet; a source that is missing is for the injection to say, and one that is gone
 * since keeps the Pod from starting by itself.
 */
export async function judgeSource(
  pod: PodLike,
  namespace: string,
  context: ReviewContext,
  { levels, releaseRules }: NamespaceFacts,
): Promise<DependencyVerdict> {
  const inspection = inspect(pod, context.configuration());
  if (inspection.kind === 'skip') return NOTHING_FOUND;
  const definition = inspection.kind === 'refused' ? inspection.otherVersion?.definition : inspection.definition;
  if (definition === undefined) return NOTHING_FOUND;
  const { source, pinned, lock } = await runSource(namespace, definition, context);
  const pins = withAge(
    judgePins(pinFindings(pod, definition, pinned), levels),
    judgeAge(pod, {
      definition,
      source,
      lock,
      rules: releaseRules,
      isDenying: isDenying(context),
      isInCluster: context.pods !== undefined,
    }),
  );
  const languages = [definition.runtime.language];
  if (lock.state === 'alone') {
    // By the policy buildless-prepare judges it, together with the files.
    const licences = releaseRules?.licences;
    const found = await judgeFiles(
      { namespace, ...lock, languages, function: definition.name, licences },
      NO_LEVEL,
      context,
    );
    const alone = withoutUnknown(found);
    return { ...pins, enforced: [...pins.enforced, ...alone.enforced] };
  }
  if (source.type !== 'files') return pins;
  const { files, digest } = lock.state === 'merged' ? lock : source;
  const licences = releaseRules?.licences;
  const judged = { namespace, files, digest, languages, function: definition.name, licences };
  const verdict = await judgeFiles(judged, levels, context);
  const compared = afterComparison(verdict, {
    lock,
    isCompared: context.configuration().revisions.locks === 'cluster',
    // Elsewhere no workload is known.
    isReplaced: definition.stamp !== undefined || context.pods === undefined || !isBare(pod),
  });
  const { enforced, warned, audited, unchecked = [], excepted } = afterLock(compared, lock);
  return {
    enforced: [...pins.enforced, ...enforced],
    warned: [...pins.warned, ...warned],
    audited: [...pins.audited, ...audited],
    unchecked: [...(pins.unchecked ?? []), ...unchecked],
    ...(excepted !== undefined && { excepted }),
  };
}

const NO_LEVEL: PolicyLevels = { enforce: 'off', warn: 'off', audit: 'off' };

const withAge = (
  { enforced, warned, audited }: DependencyVerdict,
  age: ReturnType<typeof judgeAge>,
): DependencyVerdict => ({
  enforced: [...enforced, ...age.refused],
  warned,
  audited,
  unchecked: age.warned,
});

/** What the source of a Function is, and what it is installed for. */
export interface WantedSource {
  readonly reference: SourceReference;
  readonly language: Language;
  /** Of the language, as the catalogue has it. */
  readonly version: string;
  readonly installScripts: boolean;
}

/** @returns undefined if the Pod is not a Function, or is defined wrongly */
export function sourceOf(pod: PodLike, context: Pick<ReviewContext, 'configuration'>): WantedSource | undefined {
  const configuration = context.configuration();
  const inspection = inspect(pod, configuration);
  const installScripts = pod.metadata?.annotations?.[ANNOTATIONS.installScripts] === 'allow';
  switch (inspection.kind) {
    case 'skip':
    case 'refused':
      return undefined;
    case 'injected':
    case 'function': {
      const { source, runtime } = inspection.definition;
      return { reference: source, language: runtime.language, version: runtime.version, installScripts };
    }
  }
}
