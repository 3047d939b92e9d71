import type { Configuration } from '../config/configuration.ts';
import { parseDefinition, type FunctionDefinition } from '../function/definition.ts';
import { handlerOf } from '../function/handler-files.ts';
import { ANNOTATIONS, FUNCTION_LABEL, RESERVED_PREFIX, STATUS_ANNOTATION } from '../function/keys.ts';
import type { Language } from '../function/languages.ts';
import type { NamespaceFacts } from '../namespace/namespace.ts';
import { formatSource, type SourceReference } from '../function/source.ts';
import { planInstall, type InstallPlan } from '../installers/plan.ts';
import type { SkipCode } from '../outcome/codes.ts';
import type { Finding } from '../outcome/finding.ts';
import { formatStamp } from '../function/stamp.ts';
import { VERSION } from '../version.ts';
import { adviceFor } from './advice.ts';
import { CHECKS } from './checks/index.ts';
import { allContradictions } from './checks/security.ts';
import { UNKNOWN_PORT, type InjectionContext, type InjectionFacts } from './context.ts';
import type { PodLike } from '../kubernetes/pod.ts';
import type { Injection } from './injection.ts';
import { functionPort } from './port.ts';
import { declaredPorts } from './ports.ts';
import { podTotals } from './resources/pod-totals.ts';
import { profiledResources } from './resources/profile.ts';
import { plainPod } from './plain-pod.ts';
import { otherwiseInjected } from './same-injection.ts';
import { FOREIGN_STATUS, isOfOtherVersion, parseStatus, whyNotCarried, type FunctionStatus } from './status.ts';
import { STEPS } from './steps/index.ts';
import { secureAll } from './steps/security.ts';

/** What a Pod is to us, before its source is known. */
export type Inspection =
  | { readonly kind: 'skip'; readonly code: SkipCode }
  /** It carries an injection of this version, whoever made it: to be made again without it, and compared. */
  | { readonly kind: 'injected'; readonly definition: FunctionDefinition; readonly carried: CarriedInjection }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  | {
      readonly kind: 'refused';
      readonly findings: readonly Finding[];
      /** What the Pod is without the injection that it has of another version, if that is all there is against it. */
      readonly otherVersion?: { readonly version: string; readonly definition: FunctionDefinition };
    };

export interface CarriedInjection {
  readonly status: FunctionStatus;
  /** The Pod without the injection. */
  readonly plain: PodLike;
}

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** Decides whether a Pod is to be injected, and reads its author's wishes. */
export function inspect(pod: PodLike, configuration: Configuration): Inspection {
  const { labels = {}, annotations = {} } = pod.metadata ?? {};
  if (!Object.hasOwn(labels, FUNCTION_LABEL)) return { kind: 'skip', code: 'not-a-function' };
  if (Object.hasOwn(annotations, MIRROR_ANNOTATION)) return { kind: 'skip', code: 'mirror-pod' };
  if (configuration.mode === 'disabled') return { kind: 'skip', code: 'disabled-by-configuration' };
  if (annotations[ANNOTATIONS.mode] === 'disabled') return { kind: 'skip', code: 'disabled-by-pod' };

  const text = annotations[STATUS_ANNOTATION];
  if (text === undefined) return defined(pod, configuration);
  const status = parseStatus(text);
  const findings = status === undefined ? [FOREIGN_STATUS] : whyNotCarried(pod, status);
  if (status === undefined) return { kind: 'refused', findings };
  const plain = plainPod(pod, status, configuration);
  const inspection = defined(plain, configuration);
  if (findings.length > 0) {
    const isOther = inspection.kind === 'function' && isOfOtherVersion(pod, status);
    return { kind: 'refused', findings, ...(isOther && { otherVersion: { ...inspection, version: status.version } }) };
  }
  return inspection.kind === 'function' ? { ...inspection, kind: 'injected', carried: { status, plain } } : inspection;
}

function defined(pod: PodLike, configuration: Configuration): Extract<Inspection, { kind: 'function' | 'refused' }> {
  const parsed = parseDefinition(pod, configuration);
  return 'definition' in parsed
    ? { kind: 'function', definition: parsed.definition }
    : { kind: 'refused', findings: parsed.findings };
}

export interface InjectionInput extends InjectionFacts {
  /** Who installs in place of whom a cluster would have install. */
  readonly installPlan?: (planned: InstallPlan, language: Language) => InstallPlan;
}

/**
 * Turns a labelled Pod (or template) into a running Function. Pure; the given Pod is not changed, and what stays the same
 * in the result is the same object.
 *
 * @returns the injected Pod with its status and warnings, or every reason against it
 */
export function inject<Pod extends PodLike>(
  pod: Pod,
  input: InjectionInput,
): Exclude<Injection<Pod>, { outcome: 'skipped' }> {
  const { configuration, namespace, definition, source, facts, pinned, exceptions = [], installPlan: replaced } = input;
  const { containerIndex } = definition;
  const container = pod.spec?.containers[containerIndex];
  const place = ['spec', 'containers', containerIndex];
  const port = container === undefined ? UNKNOWN_PORT : functionPort(container, place, definition.knative);
  const resources = profiledResources(pod, container, input);
  const context: InjectionContext = {
    configuration,
    namespace,
    definition,
    source,
    facts,
    ports: declaredPorts(pod, containerIndex),
    resources,
    totals: podTotals(pod, containerIndex, resources),
    handler: definition.handlerGiven
      ? definition.handler
      : handlerOf(definition.runtime.language, source.type === 'files' ? source.files : undefined),
    port: typeof port === 'number' ? port : UNKNOWN_PORT,
    installPlan: planInstall(definition, facts, configuration),
    ...(pinned !== undefined && { pinned }),
    exceptions,
  };
  const warnings = [...namespace.warnings, ...adviceFor(pod, context)];
  const findings = [
    ...(definition.server && typeof port !== 'number' ? [port] : []),
    ...CHECKS.flatMap((check) => check(pod, context)),
  ];
  if (findings.length > 0) return { outcome: 'refused', findings, warnings };

  const { language } = definition.runtime;
  const here = replaced === undefined ? context : { ...context, installPlan: replaced(context.installPlan, language) };
  const changed = STEPS.reduce<PodLike>((current, step) => step(current, here), pod);
  const status = statusOf(changed, context);
  const metadata = {
    ...changed.metadata,
    annotations: { ...changed.metadata?.annotations, [STATUS_ANNOTATION]: JSON.stringify(status) },
  };
  return { outcome: 'injected', pod: { ...pod, ...changed, metadata }, status, warnings };
}

/**
 * Looks whether a Pod carries the injection that it would get now, and brings it up to what its namespace demands after
 * other webhooks had their turn: containers that they added are made to comply with `restricted` where it is enforced.
 * That a Pod says that it was injected never means fewer checks: all run again on what it is without the injection.
 */
export function confirm<Pod extends PodLike>(
  pod: Pod,
  { plain, status }: CarriedInjection,
  input: InjectionInput,
): Injection<Pod> {
  const { installPlan, ...inCluster } = input;
  const again = inject(plain, inCluster);
  if (again.outcome === 'refused') return again;
  const findings = otherwiseInjected({ pod, status }, again);
  if (findings.length > 0) return { outcome: 'refused', findings, warnings: [] };
  const converged = converge(pod, input.namespace);
  if (installPlan === undefined || converged.outcome === 'refused') return converged;
  const here = inject(plain, input);
  return here.outcome === 'refused' ? here : { ...here, pod: { ...pod, ...here.pod } };
}

function converge<Pod extends PodLike>(pod: Pod, namespace: NamespaceFacts): Injection<Pod> {
  const skipped = { outcome: 'skipped', code: 'already-injected', pod, warnings: [] } as const;
  if (!namespace.restricted) return skipped;
  const findings = allContradictions(pod, namespace.podSecurityVersion);
  if (findings.length > 0) return { outcome: 'refused', findings, warnings: [] };
  const secured = secureAll(pod, namespace.podSecurityVersion);
  return secured === pod ? skipped : { ...skipped, pod: { ...pod, ...secured } };
}

function statusOf({ spec }: PodLike, { definition, source, pinned }: InjectionContext): FunctionStatus {
  const container = spec?.containers[definition.containerIndex];
  const ours = (items: readonly { name: string }[] | undefined): string[] =>
    (items ?? []).map(({ name }) => name).filter((name) => name.startsWith(RESERVED_PREFIX));
  const type: SourceReference['type'] = definition.source.type;
  return {
    version: VERSION,
    function: definition.name,
    runtime: definition.runtimeName,
    image: container?.image ?? definition.runtime.image,
    container: definition.containerName,
    server: definition.server,
    source: {
      type,
      reference: formatSource(definition.source),
      ...(source.type === 'files' && { digest: source.digest }),
    },
    ...(pinned !== undefined && { revision: formatStamp(pinned.stamp) }),
    added: { volumes: ours(spec?.volumes), initContainers: ours(spec?.initContainers) },
  };
}
