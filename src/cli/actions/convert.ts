import { admit } from '../../admission/admit.ts';
import type { Configuration } from '../../config/configuration.ts';
import { offsetOfPath } from '../../yaml/places.ts';
import { convertFunction } from '../../convert/convert.ts';
import { KYMA_GROUP, KYMA_VERSION, parseKymaFunction } from '../../convert/kyma-function.ts';
import type { Note } from '../../convert/note.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { writeCommented, type CommentedObject } from '../../manifests/commented.ts';
import type { ManifestDocument } from '../../manifests/documents.ts';
import {
  groupOf,
  isList,
  isObject,
  kindOf,
  nameOf,
  namespaceOf,
  type KubernetesObject,
} from '../../kubernetes/object.ts';
import { offlineContext } from '../../admission/offline.ts';
import { findTemplates } from '../../manifests/templates.ts';
import { writeYaml } from '../../manifests/write.ts';
import type { Finding } from '../../outcome/finding.ts';
import { EXIT, type ExitStatus } from '../exit.ts';
import { coloursFor, printFindings, printNote } from '../terminal.ts';
import { describe, readInput } from './input.ts';
import type { ConvertOptions } from '../options/convert.ts';

/** The Secret that Kyma mounts where it exists (internal/config/function_config.go). */
const KYMA_REGISTRY = 'serverless-package-registry-config';
const DEFAULT_NAMESPACE = 'default';

/** A part of the output: an object that passes through, or what a Function became. */
type Part =
  | { readonly kind: 'kept'; readonly text: string; readonly object: KubernetesObject }
  | {
      readonly kind: 'converted';
      readonly name: string;
      readonly from: string;
      readonly objects: readonly CommentedObject[];
      readonly notes: readonly Note[];
    };

/** The problem has been printed. */
type Refused = 'refused';

/** `buildless convert`. */
export async function convertManifests(options: ConvertOptions): Promise<ExitStatus> {
  const input = await readInput(options, options.config);
  if (input === undefined) return EXIT.wrongInput;
  const parts: Part[] = [];
  let refused = false;
  for (const document of input.documents) {
    for (const item of itemsOf(document)) {
      const part = convertItem(item, document, input.documents, options);
      if (part === 'refused') refused = true;
      else parts.push(part);
    }
  }
  if (refused) return EXIT.refused;
  if (!parts.some(({ kind }) => kind === 'converted')) {
    printFindings('error', [
      {
        file: options.filename.join(', '),
        problem: `the input has no Function of ${KYMA_GROUP}/${KYMA_VERSION}`,
        fix: 'name the file that has one, or pipe in: kubectl get functions --output yaml',
      },
    ]);
    return EXIT.wrongInput;
  }
  process.stdout.write(options.output === 'json' ? asJson(parts) : asYaml(parts));
  await report(parts, input.configuration);
  return EXIT.done;
}

interface Item {
  readonly object: KubernetesObject;
  readonly path: readonly (string | number)[];
  /** Whether it is the document as a whole. */
  readonly whole: boolean;
}

/** The objects of a document; a List as `kubectl get --output yaml` prints it is taken apart. */
function itemsOf({ object }: ManifestDocument): readonly Item[] {
  if (!isList(object)) return [{ object, path: [], whole: true }];
  return object.items.flatMap((item, index) =>
    isObject(item) ? [{ object: item, path: ['items', index], whole: false }] : [],
  );
}

function convertItem(
  { object, path, whole }: Item,
  document: ManifestDocument,
  documents: readonly ManifestDocument[],
  { registry, newApiNotes }: Pick<ConvertOptions, 'registry' | 'newApiNotes'>,
): Part | Refused {
  if (groupOf(object) !== KYMA_GROUP || kindOf(object) !== 'Function') {
    return { kind: 'kept', object, text: whole ? document.text : writeCommented([{ object, comments: [] }]) };
  }
  const from = whole ? describe(document) : `${document.file}: Function ${nameOf(object)}`;
  const fail = (faults: readonly { path: readonly PropertyKey[]; problem: string; fix: string }[]): Refused => {
    for (const { path: inside, problem, fix } of faults) {
      const { line, col } = document.lines.linePos(offsetOfPath(document.parsed, [...path, ...inside]));
      const field = inside
        .map((step) => (/^\d+$/.test(String(step)) ? `[${String(step)}]` : `.${String(step)}`))
        .join('')
        .slice(1);
      printFindings('error', [{ file: document.file, line, column: col, problem: `${field}: ${problem}`, fix }]);
    }
    return 'refused';
  };
  if (object.apiVersion !== `${KYMA_GROUP}/${KYMA_VERSION}`) {
    const problem = `${String(object.apiVersion)} is not converted`;
    return fail([{ path: ['apiVersion'], problem, fix: `write the Function as ${KYMA_GROUP}/${KYMA_VERSION}` }]);
  }
  const parsed = parseKymaFunction(object);
  if ('faults' in parsed) {
    return fail(parsed.faults.map((fault) => ({ ...fault, fix: 'correct it as kubectl explain function shows' })));
  }
  const namespace = namespaceOf(object);
  const others = documents.flatMap((each) => itemsOf(each).map((item) => item.object));
  const named = (kind: string): ReadonlySet<string> =>
    new Set(
      others
        .filter((other) => groupOf(other) === '' && kindOf(other) === kind && namespaceOf(other) === namespace)
        .map(nameOf),
    );
  const secret = registry ?? (named('Secret').has(KYMA_REGISTRY) ? KYMA_REGISTRY : undefined);
  const conversion = convertFunction(parsed.kyma, {
    takenConfigMaps: named('ConfigMap'),
    ...(secret !== undefined && { registry: secret }),
    newApiNotes,
  });
  if (conversion.outcome === 'refused') return fail(conversion.refusals);
  return { kind: 'converted', name: nameOf(object), from, objects: conversion.objects, notes: conversion.notes };
}

const objectsOf = (parts: readonly Part[]): readonly KubernetesObject[] =>
  parts.flatMap((part) => (part.kind === 'kept' ? [part.object] : part.objects.map(({ object }) => object)));

/** Each part is a file of its own for the writer, so that it sees to the separators. */
const asYaml = (parts: readonly Part[]): string =>
  writeYaml(
    parts.map((part, index) => ({
      file: String(index),
      text: part.kind === 'kept' ? part.text : writeCommented(part.objects),
    })),
  );

const asJson = (parts: readonly Part[]): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objectsOf(parts) }, null, 2)}\n`;

/** Tells on standard error what became of each Function, and what admission would say of it. */
async function report(parts: readonly Part[], configuration: Configuration): Promise<void> {
  const { bold, dim, green, yellow, red, cyan } = coloursFor(process.stderr);
  const paint = {
    'to do': red,
    dropped: yellow,
    changed: yellow,
    added: green,
    chosen: cyan,
    'new API': cyan,
  } as const;
  const say = printNote;
  const context = offlineContext(
    objectsOf(parts).map((object) => ({ object })),
    configuration,
  );
  for (const part of parts) {
    if (part.kind === 'kept') {
      const target = part.object.spec;
      if (isObject(target) && isObject(target.scaleTargetRef) && target.scaleTargetRef.kind === 'Function') {
        const name = nameOf(part.object);
        say(bold(`${kindOf(part.object)} ${name}`));
        say(
          `  ${red('to do'.padEnd(7))} spec.scaleTargetRef: it scales a Function; name the Deployment (apps/v1) instead`,
        );
      }
      continue;
    }
    say(bold(part.from));
    for (const { kind, field, text } of part.notes) {
      say(`  ${paint[kind](kind.padEnd(7))} ${field === undefined ? '' : `${dim(`${field}:`)} `}${text}`);
    }
    for (const finding of await judged(part.objects, context)) printFindings('warning', [finding]);
  }
  say(dim('docs/moving-from-kyma.md has what holds for every Function, and the order in which to switch over.'));
}

/** What admission would find in a converted Function. */
async function judged(
  objects: readonly CommentedObject[],
  context: ReturnType<typeof offlineContext>,
): Promise<readonly Finding<string>[]> {
  const findings: Finding<string>[] = [];
  for (const { object } of objects) {
    for (const { template, namespace } of findTemplates(object)) {
      const parsed = parsePod(template);
      if ('findings' in parsed) {
        findings.push(...parsed.findings);
        continue;
      }
      const injection = await admit(parsed.pod, namespace ?? DEFAULT_NAMESPACE, context);
      findings.push(...(injection.outcome === 'refused' ? injection.findings : []), ...injection.warnings);
    }
  }
  return findings;
}
