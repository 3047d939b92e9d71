import type { Configuration } from '../config/configuration.ts';
import { parseDefinition, type FunctionDefinition } from '../function/definition.ts';
import { chooseHandler, viewOf } from '../function/handler.ts';
import { ANNOTATIONS, FUNCTION_LABEL, RESERVED_PREFIX, STATUS_ANNOTATION } from '../function/keys.ts';
import type { NamespaceFacts } from '../function/namespace.ts';
import { formatSource, type Source, type SourceReference } from '../function/source.ts';
import type { InstallationFacts } from '../installers/facts.ts';
import { planInstallation } from '../installers/plan.ts';
import type { SkipCode } from '../outcome/codes.ts';
import type { Finding } from '../outcome/finding.ts';
import { VERSION } from '../version.ts';
import { adviceFor } from './advice.ts';
import { CHECKS } from './checks/index.ts';
import { allContradictions } from './checks/security.ts';
import type { InjectionContext } from './context.ts';
import type { Injection, PodLike } from './injection.ts';
import { functionPort } from './port.ts';
import { parseStatus, type FunctionStatus } from './status.ts';
import { STEPS } from './steps/index.ts';
import { secureAll } from './steps/security.ts';

/** What a Pod is to us, before its source is known. */
export type Inspection =
  | { readonly kind: 'skip'; readonly code: SkipCode }
  | { readonly kind: 'injected'; readonly status: FunctionStatus }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/** Decides whether a Pod is to be injected, and reads its author's wishes. */
export function inspect(pod: PodLike, configuration: Configuration): Inspection {
  const { labels = {}, annotations = {} } = pod.metadata ?? {};
  if (!Object.hasOwn(labels, FUNCTION_LABEL)) return { kind: 'skip', code: 'not-a-function' };
  if (Object.hasOwn(annotations, MIRROR_ANNOTATION)) return { kind: 'skip', code: 'mirror-pod' };
  if (configuration.mode === 'disabled') return { kind: 'skip', code: 'disabled-by-configuration' };
  if (annotations[ANNOTATIONS.mode] === 'disabled') return { kind: 'skip', code: 'disabled-by-pod' };

  const status = parseStatus(annotations[STATUS_ANNOTATION]);
  if (status !== undefined && isComplete(pod, status)) return { kind: 'injected', status };
  const parsed = parseDefinition(pod, configuration);
  return 'definition' in parsed
    ? { kind: 'function', definition: parsed.definition }
    : { kind: 'refused', findings: parsed.findings };
}

/** Whether everything that a status records is in the Pod. */
const isComplete = (pod: PodLike, status: FunctionStatus): boolean =>
  status.added.initContainers.length > 0 && lostFrom(pod, status).length === 0;

/** Names of what a status records and the Pod does not have: somebody took it out after the injection. */
export function lostFrom({ spec }: PodLike, { added, container }: FunctionStatus): readonly string[] {
  const without = (items: readonly { name: string }[] | undefined, names: readonly string[]): readonly string[] => {
    const present = new Set(items?.map(({ name }) => name));
    return names.filter((name) => !present.has(name));
  };
  return [
    ...without(spec?.containers, [container]),
    ...without(spec?.initContainers, added.initContainers),
    ...without(spec?.volumes, added.volumes),
  ];
}

export interface InjectionInput {
  readonly configuration: Configuration;
  readonly namespace: NamespaceFacts;
  readonly definition: FunctionDefinition;
  readonly source: Source;
  /** Of the files; undefined for a source that admission does not see. */
  readonly facts: InstallationFacts | undefined;
}

/**
 * Turns a labelled Pod (or template) into a running Function. Pure; the given Pod is not changed, and what stays the same
 * in the result is the same object.
 *
 * @returns the injected Pod with its status and warnings, or every reason against it
 */
export function inject<Pod extends PodLike>(pod: Pod, input: InjectionInput): Injection<Pod> {
  const { definition, source, namespace } = input;
  const { containerIndex } = definition;
  const container = pod.spec?.containers[containerIndex];
  const port = container === undefined ? 0 : functionPort(container, `spec.containers[${containerIndex}]`);
  const context: InjectionContext = {
    ...input,
    handler: definition.handlerGiven
      ? definition.handler
      : chooseHandler(definition.runtime.language, source.type === 'files' ? viewOf(source.files) : undefined),
    port: typeof port === 'number' ? port : 0,
    installation: planInstallation(definition, input.facts, input.configuration),
  };
  const warnings = [...namespace.warnings, ...adviceFor(pod, context)];
  const findings = [
    ...(definition.server && typeof port !== 'number' ? [port] : []),
    ...CHECKS.flatMap((check) => check(pod, context)),
  ];
  if (findings.length > 0) return { outcome: 'refused', findings, warnings };

  const changed = STEPS.reduce<PodLike>((current, step) => step(current, context), pod);
  const status = statusOf(changed, context);
  const metadata = {
    ...changed.metadata,
    annotations: { ...changed.metadata?.annotations, [STATUS_ANNOTATION]: JSON.stringify(status) },
  };
  return { outcome: 'injected', pod: { ...pod, ...changed, metadata }, status, warnings };
}

/**
 * Brings an injected Pod up to what its namespace demands after other webhooks had their turn: containers that they added
 * are made to comply with `restricted` where it is enforced. Everything else stays, also when this version would have
 * injected something different.
 */
export function converge<Pod extends PodLike>(pod: Pod, namespace: NamespaceFacts): Injection<Pod> {
  const skipped = { outcome: 'skipped', code: 'already-injected', pod, warnings: [] } as const;
  if (!namespace.restricted) return skipped;
  const findings = allContradictions(pod);
  if (findings.length > 0) return { outcome: 'refused', findings, warnings: [] };
  const secured = secureAll(pod);
  return secured === pod ? skipped : { ...skipped, pod: { ...pod, ...secured } };
}

function statusOf({ spec }: PodLike, { definition, source }: InjectionContext): FunctionStatus {
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
    added: { volumes: ours(spec?.volumes), initContainers: ours(spec?.initContainers) },
  };
}
