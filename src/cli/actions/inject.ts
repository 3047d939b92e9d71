import { admit } from '../../admission/admit.ts';
import type { ReviewContext } from '../../admission/review-context.ts';
import { withNullsOf } from '../../kubernetes/nulls.ts';
import { parsePod } from '../../function/pod-shape.ts';
import type { ManifestDocument } from '../../manifests/documents.ts';
import { locateObjects, type LocatedObjects } from '../../manifests/located-objects.ts';
import { replaceParts, type EditedDocument, type Replacement } from '../../manifests/edit.ts';
import { strayKeys } from '../../manifests/stray-keys.ts';
import { offlineContext } from '../../admission/offline.ts';
import { KNATIVE_GROUP, toKnative } from '../../function/knative.ts';
import { findTemplates, isLabelled, podTemplateOf } from '../../manifests/templates.ts';
import { writeJson, writeYaml } from '../../manifests/write.ts';
import type { Finding, Warning } from '../../outcome/finding.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor } from '../terminal.ts';
import { exceptionsToday } from './exceptions-today.ts';
import { readInput, withinDocument } from './input.ts';
import { printTemplateFindings, sourcePlaces, type SourcePlace } from './source-places.ts';
import type { InjectOptions } from '../options/inject.ts';

/** A document with its templates injected, or the reasons against it. */
export interface InjectedDocument {
  readonly document: ManifestDocument;
  readonly edited: EditedDocument;
  readonly refusals: readonly Finding<string>[];
  readonly warnings: readonly Finding<string>[];
  /** Of its Functions. */
  readonly sources: readonly SourcePlace[];
}

/** Injects every Function of a document; pure but for what the context reads. */
export async function injectDocument(
  document: ManifestDocument,
  context: ReviewContext,
  defaultNamespace: string,
  objects: LocatedObjects = locateObjects([document], defaultNamespace),
): Promise<InjectedDocument> {
  const sources: SourcePlace[] = [];
  const replacements: Replacement[] = [];
  const refusals: Finding<string>[] = [];
  const warnings: Finding<string>[] = [];
  warnings.push(...strayKeys(document.object));
  for (const template of findTemplates(document.object)) {
    // Other objects are not even looked at: they may have any shape.
    if (!isLabelled(template.template)) continue;
    const parsed = parsePod(podTemplateOf(template));
    if ('findings' in parsed) {
      refusals.push(...withinDocument(parsed.findings, template));
      continue;
    }
    const namespace = template.namespace ?? defaultNamespace;
    sources.push(...sourcePlaces(template, namespace, context, objects));
    const injection = await admit(parsed.pod, namespace, context);
    warnings.push(...withinDocument(injection.warnings, template));
    if (injection.outcome === 'refused') refusals.push(...withinDocument(injection.findings, template));
    else {
      const isKnative = template.group === KNATIVE_GROUP;
      const pod = isKnative ? toKnative(injection.pod) : injection.pod;
      if (isKnative && injection.outcome === 'injected') warnings.push(...withinDocument([NEEDS_FEATURE], template));
      replacements.push({ path: template.path, template: withNullsOf(template.template, pod) });
    }
  }
  const edited = replaceParts(document, replacements);
  if ('text' in edited) return { document, edited, refusals, warnings, sources };
  const firstPath = replacements[0]?.path ?? [];
  const lost = {
    code: 'comments-would-be-lost',
    field: firstPath.length === 0 ? ['spec'] : firstPath,
    ...edited.unwritable,
  };
  return { document, edited: document, refusals: [...refusals, lost], warnings, sources };
}

const NEEDS_FEATURE: Warning = {
  code: 'knative-init-containers',
  field: ['spec', 'initContainers'],
  problem: 'Knative refuses init containers unless its configuration allows them',
  fix: 'apply the Service as it is and let the webhook inject its Pods, or set kubernetes.podspec-init-containers: enabled in the ConfigMap config-features of knative-serving',
};

/** `buildless inject`. */
export async function injectManifests(options: InjectOptions): Promise<ExitStatus> {
  const input = await readInput(options, options.config);
  if (input === undefined) return EXIT.wrongInput;
  const context = offlineContext(
    input.documents,
    input.configuration,
    options.namespace,
    exceptionsToday(input.configuration),
  );
  const objects = locateObjects(input.documents, options.namespace);
  const injected: InjectedDocument[] = [];
  for (const document of input.documents)
    injected.push(await injectDocument(document, context, options.namespace, objects));
  for (const { document, warnings, refusals, sources } of injected) {
    printTemplateFindings('warning', warnings, document, sources);
    printTemplateFindings('error', refusals, document, sources);
  }
  if (injected.some(({ refusals }) => refusals.length > 0)) return EXIT.refused;
  process.stdout.write(await rendered(injected, options.output));
  return EXIT.done;
}

async function rendered(injected: readonly InjectedDocument[], format: InjectOptions['output']): Promise<string> {
  const edited = injected.map((item) => item.edited);
  switch (format) {
    case 'yaml':
      return writeYaml(edited);
    case 'json':
      return writeJson(edited);
    case 'diff': {
      const { unifiedDiff } = await import('../../manifests/diff.ts');
      const colours = coloursFor(process.stdout);
      const files = [...new Set(edited.map(({ file }) => file))];
      return files
        .map((file) => {
          const before = injected.filter(({ document }) => document.file === file).map(({ document }) => document);
          return unifiedDiff(file, writeYaml(before), writeYaml(edited.filter((item) => item.file === file)), colours);
        })
        .join('');
    }
  }
}
