import type { FunctionDefinition } from '../function/definition.ts';
import { runtimeInstaller } from '../function/installers.ts';
import { FUNCTION_LABEL } from '../function/keys.ts';
import { namespaceFacts } from '../namespace/namespace.ts';
import { parsePod } from '../function/pod-shape.ts';
import { confirm, inject, inspect, type InjectionInput } from '../inject/inject.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Injection } from '../inject/injection.ts';
import { basisOf, TooBusy, tooBusy, type SourceFacts } from './judgement.ts';
import { inDryRun } from './dry-run.ts';
import { maybeOfOther } from './other-versions.ts';
import { RepeatedPods } from './repeated-pods.ts';
import type { Reviewer, Verdict } from './review.ts';
import { runSource, type RunSource } from './run-source.ts';
import { isStranger } from './review-namespace.ts';
import { stampPod } from './stamping/stamp-pod.ts';
import { stampedKindOf, stampTemplate } from './stamping/stamp-template.ts';
import { earlierViews } from './earlier-views.ts';
import { patched, refused, skipped } from './response.ts';
import { updateOfInjected, withRunningImages } from './running-image.ts';
import type { ReviewContext } from './review-context.ts';
import { untilStored } from './until-stored.ts';

/**
 * What becomes of a Pod or template: the whole way from its labels to the injected Pod. The webhook and the command both
 * come through here.
 *
 * @param namespace where the Pod is, or will be, created
 */
export async function injectPod<Pod extends PodLike>(
  pod: Pod,
  namespace: string,
  context: ReviewContext,
): Promise<Injection<Pod>> {
  const configuration = context.configuration();
  const inspection = inspect(pod, configuration);
  switch (inspection.kind) {
    case 'skip':
      return { outcome: 'skipped', code: inspection.code, pod, warnings: [] };
    case 'refused':
      return { outcome: 'refused', findings: inspection.findings, warnings: [] };
    case 'injected':
    case 'function': {
      const { definition } = inspection;
      const labels = await context.namespaceLabels(namespace);
      const namespaceIs = namespaceFacts(
        namespace,
        labels,
        configuration.dependencies,
        context.namespaceLimits?.(namespace),
      );
      // The levels go into the Pod, where a Git source is judged by them; the source is nobody's business without the opt-in.
      if (namespaceIs.findings.length > 0) return { outcome: 'refused', findings: namespaceIs.findings, warnings: [] };
      const inputFrom = async (seen: ReviewContext): Promise<InjectionInput | TooBusy> => {
        const run = await runSource(namespace, definition, seen);
        const facts = await factsOfRun(namespace, definition, run, seen);
        if (facts instanceof TooBusy) return facts;
        const { source, pinned } = run;
        const { installPlan } = context;
        const exceptions = context.exceptions?.().of({ namespace, function: definition.name }) ?? [];
        const input = { configuration, namespace: namespaceIs, definition, source, facts };
        return {
          ...input,
          ...(pinned !== undefined && { pinned }),
          ...(installPlan !== undefined && { installPlan }),
          ...(exceptions.length > 0 && { exceptions }),
        };
      };
      const input = await inputFrom(context);
      if (input instanceof TooBusy) return { outcome: 'refused', findings: [tooBusy(input)], warnings: [] };
      if (inspection.kind === 'function') return inject(pod, input);
      const confirmed = confirm(pod, inspection.carried, input);
      if (!isOtherwise(confirmed) || input.pinned === undefined) return confirmed;
      for (const seen of earlierViews(context)) {
        const earlier = await inputFrom(seen);
        const again = earlier instanceof TooBusy ? confirmed : confirm(pod, inspection.carried, earlier);
        if (again.outcome !== 'refused') return again;
      }
      return confirmed;
    }
  }
}

/** Whether a Pod is refused for nothing but an injection that is not the one that it would get now. */
const isOtherwise = (injection: Injection): boolean =>
  injection.outcome === 'refused' && injection.findings.every(({ code }) => code === 'injected-otherwise');

/** What whoever installs has to know of a source; undefined if only the Pod will see what is installed. */
async function factsOfRun(
  namespace: string,
  { runtime }: FunctionDefinition,
  { source, lock }: RunSource,
  context: ReviewContext,
): Promise<SourceFacts | TooBusy | undefined> {
  // Whoever takes over would have to be the runtime's.
  const takesOver = runtimeInstaller(runtime.language)?.alsoInToolkit === true;
  if (source.type !== 'files' || (lock.state === 'awaited' && !takesOver)) return undefined;
  const { files, digest } = lock.state === 'merged' ? lock : source;
  const basis = basisOf(context.configuration(), runtime.language);
  const facts = await context.judge({ namespace, files, digest, basis });
  // With a lock an installer of the toolkit may; if it does not, buildless-prepare has another, without a second container.
  return facts instanceof TooBusy || lock.state !== 'awaited' ? facts : { ...facts, whyNot: {} };
}

/** `Function "hello" (Pod shop/hello-7d4b-x)`; a Pod of a controller has no name yet, but the beginning of one. */
export function subjectOf(pod: PodLike, kind: string, namespace: string, name: string): string {
  const functionName = pod.metadata?.labels?.[FUNCTION_LABEL];
  const generated = pod.metadata?.generateName;
  const objectName = name !== '' ? name : (pod.metadata?.name ?? (generated === undefined ? '' : `${generated}*`));
  const object = `${kind} ${[namespace, objectName].filter((part) => part !== '').join('/')}`.trim();
  return functionName === undefined ? object : `Function "${functionName}" (${object})`;
}

/** Reads nothing from the cluster, so there is nothing to tell a stranger. */
function updated(uid: string, update: ReturnType<typeof updateOfInjected>, context: ReviewContext): Verdict {
  if (update === undefined || context.configuration().mode === 'disabled') return skipped(uid, 'other-operation');
  return patched(uid, update.pod, withRunningImages(update.pod, update.before), [], 'already-injected');
}

/**
 * The mutating webhook: injects labelled Pods when they are created, and keeps their images when they are applied again; stamps
 * the templates of workloads.
 */
export function createMutate(context: ReviewContext): Reviewer {
  const repeated = new RepeatedPods();
  const review: Reviewer = async (request) => {
    const { uid, operation, kind, subResource, namespace, name, object, oldObject, dryRun } = request;
    const stampedKind = stampedKindOf(request);
    if (stampedKind !== undefined) return stampTemplate(request, stampedKind, context);
    const isPod = kind.group === '' && kind.kind === 'Pod' && subResource === '';
    if (!isPod || object === undefined) return skipped(uid, 'other-operation');
    if (operation === 'UPDATE') return updated(uid, updateOfInjected(object, oldObject), context);
    if (operation !== 'CREATE') return skipped(uid, 'other-operation');
    const pending = repeated.review(object, namespace, context);
    const earlier = await pending.earlier();
    if (earlier !== undefined) return { ...earlier, response: { ...earlier.response, uid } };
    if (await isStranger(namespace, pending.context)) return skipped(uid, 'namespace-not-opted-in');
    const parsed = parsePod(object);
    if ('findings' in parsed) return refused(uid, `${kind.kind} ${namespace}/${name}`, parsed.findings);
    const { pod } = parsed;
    const ofRevision = await stampPod(pod, object, namespace, pending.context);
    const injection = await injectPod(ofRevision, namespace, pending.context);
    switch (injection.outcome) {
      case 'skipped':
        return patched(uid, pod, injection.pod, injection.warnings, injection.code);
      case 'injected': {
        const verdict = patched(uid, pod, injection.pod, injection.warnings);
        await pending.remember(verdict);
        return verdict;
      }
      case 'refused': {
        const inspection = inspect(pod, pending.context.configuration());
        if (await maybeOfOther(inspection, pending.context)) return skipped(uid, 'already-injected');
        const { findings, warnings } = dryRun ? inDryRun(injection.findings) : { ...injection, warnings: [] };
        const said = [...warnings, ...injection.warnings];
        if (findings.length === 0) return patched(uid, pod, pod, said, 'source-not-found-yet');
        return refused(uid, subjectOf(pod, kind.kind, namespace, name), findings, said);
      }
    }
  };
  return async (request) => {
    const waited = await untilStored(request, context);
    const verdict = await review(request);
    return waited === 0 ? verdict : { ...verdict, waited };
  };
}
