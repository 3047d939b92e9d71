import { judgeFiles } from '../../admission/dependencies.ts';
import { admit } from '../../admission/admit.ts';
import { factsOf } from '../../admission/review-namespace.ts';
import { judgeTemplate } from '../../admission/judge-template.ts';
import { whileClusterLocks } from '../../admission/missing-locks.ts';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import { sourceOf } from '../../admission/judge-pod.ts';
import type { Configuration } from '../../config/configuration.ts';
import { POLICY_LABELS, FUNCTION_LABEL } from '../../function/keys.ts';
import { parsePod } from '../../function/pod-shape.ts';
import type { ManifestDocument } from '../../manifests/documents.ts';
import { locateObjects, type LocatedObject } from '../../manifests/located-objects.ts';
import { kindOf, labelsOf, nameOf as nameOfObject } from '../../kubernetes/object.ts';
import { offlineContext } from '../../admission/offline.ts';
import { strayKeys } from '../../manifests/stray-keys.ts';
import { findTemplates, isLabelled, podTemplateOf, type Template } from '../../manifests/templates.ts';
import type { DeniedList } from '../../denied/list.ts';
import { LabelsUnreachable, type NamespaceLabels } from '../../namespace/namespace.ts';
import type { Finding } from '../../outcome/finding.ts';
import { within } from '../../outcome/place.ts';
import { severityOf, type Report, type ReportedFinding } from '../../report/report.ts';
import { exceptionsToday } from './exceptions-today.ts';
import type { Online, OnlineVerdict } from './online/online.ts';
import { reportedFinding, type FindingContext } from './reported-finding.ts';
import { rulesIn } from './rules-in.ts';
import { sourcePlaces } from './source-places.ts';

interface Judged {
  readonly findings: readonly Finding<string>[];
  readonly warnings: readonly Finding<string>[];
}

export interface ManifestOptions {
  readonly namespace: string;
  readonly ignoreLabels: boolean;
  /** Beside what the configuration denies. */
  readonly denied: DeniedList;
  /** Compares sources with what registries say; absent: nobody is asked. */
  readonly online: Online | undefined;
}

/** Judges the Functions of manifests as the webhook would when they are applied, with each finding's place in its file. */
export async function validateManifests(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  options: ManifestOptions,
): Promise<Report> {
  const { online, denied } = options;
  const fromInput: ReviewContext = {
    ...offlineContext(documents, configuration, options.namespace, exceptionsToday(configuration)),
    denied: () => denied,
  };
  const context: ReviewContext = options.ignoreLabels
    ? { ...fromInput, namespaceLabels: async (name) => withoutPolicy(await fromInput.namespaceLabels(name)) }
    : fromInput;
  const objects = locateObjects(documents, options.namespace);
  const findings: ReportedFinding[] = [];
  const files = new Set<string>();
  // A source that Functions of the input are made of counts with them.
  const judged = new Set<LocatedObject | Template>();
  const used = new Set<LocatedObject>();
  const add = (place: FindingContext, found: Judged): void => {
    files.add(place.document.file);
    findings.push(
      ...found.findings.map((finding) => reportedFinding('error', finding, place)),
      ...found.warnings.map((warning) => reportedFinding(severityOf(warning), warning, place)),
    );
  };

  const around = (name: string): Pick<FindingContext, 'namespace'> => {
    const namespace = objects.find('Namespace', '', name);
    return namespace === undefined ? {} : { namespace };
  };

  for (const document of documents) {
    const object = `${kindOf(document.object)} ${nameOfObject(document.object)}`.trim();
    const warnings = strayKeys(document.object);
    if (warnings.length > 0) add({ document, object, sources: [] }, { findings: [], warnings });
    for (const template of findTemplates(document.object)) {
      const namespace = template.namespace ?? options.namespace;
      const found = await judge(template, namespace, context);
      if (found !== undefined) {
        judged.add(template);
        const sources = sourcePlaces(template, namespace, context, objects);
        for (const { object: configMap } of sources) used.add(configMap);
        const place = { document, object: nameOf(template), sources, ...around(namespace) };
        add(place, found);
        if (online !== undefined) add(place, await askAboutTemplate(template, namespace, context, online));
      }
    }
  }
  for (const object of objects.all('ConfigMap')) {
    if (!(FUNCTION_LABEL in labelsOf(object.object))) continue;
    const found = await judgeConfigMap(object, context);
    if (!used.has(object)) judged.add(object);
    const { document, name, namespace } = object;
    const place = { document, object: `ConfigMap ${name}`, sources: [{ object, name }], ...around(namespace) };
    add(place, found);
    // Of one that Functions run, their runtime is known.
    if (online !== undefined && !used.has(object)) add(place, await askAboutConfigMap(object, context, online));
  }
  return { findings, judged: judged.size, files: [...files], skipped: [] };
}

const nameOf = ({ kind, name }: Template): string => `${kind} ${name}`.trim();

const withoutPolicy = (labels: NamespaceLabels | LabelsUnreachable): NamespaceLabels | LabelsUnreachable =>
  labels instanceof LabelsUnreachable
    ? labels
    : Object.fromEntries(Object.entries(labels).filter(([key]) => !isPolicyLabel(key)));

const isPolicyLabel = (key: string): boolean => Object.values<string>(POLICY_LABELS).includes(key);

/** @returns undefined if the template is not a Function */
async function judge(template: Template, namespace: string, context: ReviewContext): Promise<Judged | undefined> {
  if (!isLabelled(template.template)) return undefined;
  const parsed = parsePod(podTemplateOf(template));
  if ('findings' in parsed) return { findings: within(template.path, parsed.findings), warnings: [] };
  if (template.kind === 'Pod') {
    const injection = await admit(parsed.pod, namespace, context);
    if (injection.outcome === 'skipped' && injection.code !== 'already-injected') return undefined;
    const findings = injection.outcome === 'refused' ? injection.findings : [];
    return { findings: within(template.path, findings), warnings: within(template.path, injection.warnings) };
  }
  const { skipped, findings, warnings, excepted } = await judgeTemplate(parsed.pod, namespace, context);
  return skipped === undefined
    ? { findings: within(template.path, findings), warnings: within(template.path, [...warnings, ...excepted]) }
    : undefined;
}

async function judgeConfigMap({ namespace, name, object }: LocatedObject, context: ReviewContext): Promise<Judged> {
  const source = await context.readSource(namespace, { type: 'configmap', names: [name] });
  if (source.type === 'invalid') return { findings: source.findings, warnings: [] };
  if (source.type !== 'files') return { findings: [], warnings: [] };
  const { levels, releaseRules, warnings, findings } = await factsOf(namespace, context);
  const judged = {
    namespace,
    ...source,
    languages: languagesOf(source.files),
    function: labelsOf(object)[FUNCTION_LABEL] ?? '',
    licences: releaseRules?.licences,
  };
  const verdict = await judgeFiles(judged, levels, context);
  const { enforced, warned, excepted = [], unchecked = [] } = whileClusterLocks(verdict, context.configuration());
  return { findings: [...findings, ...enforced], warnings: [...warnings, ...warned, ...unchecked, ...excepted] };
}

async function askAboutTemplate(
  located: Template,
  namespace: string,
  context: ReviewContext,
  online: Online,
): Promise<OnlineVerdict> {
  const parsed = parsePod(podTemplateOf(located));
  const wanted = 'pod' in parsed ? sourceOf(parsed.pod, context) : undefined;
  if (wanted === undefined) return { findings: [], warnings: [] };
  const { reference, language, version } = wanted;
  const { path, name } = located;
  const source = await context.readSource(namespace, reference);
  const rules = await rulesIn(namespace, 'pod' in parsed ? parsed.pod.metadata?.labels : undefined, context);
  if (source.type === 'files') {
    const { files, digest } = source;
    return online.judge({ name, namespace, files, digest, runtime: { language, version }, rules });
  }
  const { warnings } = online.unread(rules);
  return { findings: [], warnings: reference.type === 'configmap' ? [] : within(path, warnings) };
}

async function askAboutConfigMap(
  { namespace, name, object }: LocatedObject,
  context: ReviewContext,
  online: Online,
): Promise<OnlineVerdict> {
  const source = await context.readSource(namespace, { type: 'configmap', names: [name] });
  if (source.type !== 'files') return { findings: [], warnings: [] };
  const { files, digest } = source;
  const rules = await rulesIn(namespace, labelsOf(object), context);
  return online.judge({ name, namespace, files, digest, runtime: undefined, rules });
}
