import { isDeepStrictEqual } from 'node:util';
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, visit, type Document } from 'yaml';
import { plainValue } from '../yaml/problems.ts';
import { changesBetween, type Change } from './changes.ts';
import { hasComments } from './comments.ts';
import type { ManifestDocument } from './documents.ts';
import { LAYOUT, parseKubernetesYaml, writeKubernetesYaml } from './kubernetes-yaml.ts';
import { isObject, type KubernetesObject } from '../kubernetes/object.ts';
import { nodeAt, pairAt, spliceChanges } from './splice.ts';
import { valueAt, withValueAt, type Path } from './templates.ts';

/** What becomes of a document: its object and its text, which say the same. */
export type EditedDocument = Pick<ManifestDocument, 'file' | 'index' | 'object' | 'text'>;

/** An edit that could only be written by erasing the comments of the document. */
export interface Unwritable {
  readonly unwritable: { readonly problem: string; readonly fix: string };
}

/** Another Pod template for the place where findTemplates found one. */
export interface Replacement {
  readonly path: Path;
  readonly template: object;
}

/**
 * Puts other values, such as templates or the data of a ConfigMap, into a document. The parts that they share with the old ones
 * keep their text, order and comments, and so does
 * all the rest of the document; each way of writing is read again, and the next one is taken where it does not say what it
 * should: by lines, then through the parsed document (comments stay, aliases are written out), then from scratch, if the
 * document has no comments.
 *
 * @returns the document itself if nothing changes
 */
export function replaceParts(
  document: ManifestDocument,
  replacements: readonly Replacement[],
): EditedDocument | Unwritable {
  const wanted = replacements.map(({ path, template }) => ({ path, template: asJson(template) }));
  const changes = wanted.flatMap(({ path, template }) =>
    changesBetween(valueAt(document.object, path), template, path),
  );
  if (changes.length === 0) return document;
  const object = wanted.reduce((edited, { path, template }) => withValueAt(edited, path, template), document.object);
  const says = (text: string | undefined): text is string =>
    text !== undefined && isDeepStrictEqual(readObject(text), object);
  const candidates = [() => byLines(document, changes), () => byDocument(document, changes)];
  for (const write of candidates) {
    const text = write();
    if (says(text)) return { file: document.file, index: document.index, object, text };
  }
  if (hasComments(document.text)) return { unwritable: ERASES_COMMENTS };
  return { file: document.file, index: document.index, object, text: separated(document, writeKubernetesYaml(object)) };
}

const ERASES_COMMENTS = {
  problem: 'the document is written in a way that cannot be edited without erasing its comments',
  fix: 'write it as block YAML (keys on lines of their own, without braces), or remove its comments',
};

/** As it would be sent: without what is undefined. */
function asJson(template: object): KubernetesObject {
  const copy: unknown = JSON.parse(JSON.stringify(template));
  return isObject(copy) ? copy : {};
}

function byLines(document: ManifestDocument, changes: readonly Change[]): string | undefined {
  const { text, offset, parsed } = document;
  // JSON is to come out as YAML that a person can read; KYAML stays KYAML.
  return isFlow(parsed.contents) && isJson(text)
    ? undefined
    : spliceChanges({ text, offset, root: parsed.contents }, changes);
}

function byDocument(document: ManifestDocument, changes: readonly Change[]): string | undefined {
  if (isFlow(document.parsed.contents)) return undefined;
  const copy = document.parsed.clone();
  expandAliases(copy);
  if (!changes.every((change) => applyTo(copy, change))) return undefined;
  return separated(document, copy.toString(LAYOUT));
}

/** Finds keys as splice.ts does, so that `8080: x` is the key "8080" too; false if a change has no place. */
function applyTo(document: Document, change: Change): boolean {
  const step = change.path.at(-1);
  const parent = nodeAt(document.contents, change.path.slice(0, -1));
  if (step === undefined || parent === undefined) return false;
  if (isSeq(parent)) {
    if (change.kind === 'remove') parent.items.splice(Number(step), 1);
    else parent.items[Number(step)] = document.createNode(change.value);
    return true;
  }
  const pair = pairAt(parent, step);
  if (change.kind === 'remove') {
    if (pair !== undefined) parent.items.splice(parent.items.indexOf(pair), 1);
  } else if (pair === undefined) parent.items.push(document.createPair(String(step), change.value));
  else pair.value = document.createNode(change.value);
  return true;
}

/** Whether a string is one JSON value, which is then not KYAML. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const isFlow = (node: unknown): boolean => isCollection(node) && node.flow === true;

/** Gives each alias and each merge key a copy of its own, so that a change in one place stays in that place. */
function expandAliases(document: Document): void {
  visit(document, {
    Alias: (_, alias) => {
      const target = alias.resolve(document);
      if (target === undefined) return undefined;
      // Not visited before, so an alias inside the copy is met on the way down.
      const copy = target.clone();
      if (!isNode(copy)) return undefined;
      copy.comment = alias.comment ?? null;
      copy.commentBefore = alias.commentBefore ?? null;
      return copy;
    },
  });
  visit(document, {
    Map: (_, map) => {
      const merged = map.items.filter(({ key }) => isScalar(key) && isMergeKey(key.value));
      for (const pair of merged) {
        const sources: unknown[] = isMap(pair.value) ? [pair.value] : isCollection(pair.value) ? pair.value.items : [];
        map.items.splice(map.items.indexOf(pair), 1);
        for (const source of sources) {
          if (!isMap(source)) continue;
          for (const inherited of source.items) if (!map.has(inherited.key)) map.items.push(inherited.clone());
        }
      }
    },
  });
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node) && 'anchor' in node) delete node.anchor;
    },
  });
}

const isMergeKey = (value: unknown): boolean =>
  value === '<<' || (typeof value === 'symbol' && value.description === '<<');

/** Keeps documents apart: a string that was behind `---` is behind it again. */
function separated(document: ManifestDocument, text: string): string {
  return /^---(\s|$)/m.test(document.text) && !/^---(\s|$)/m.test(text) ? `---\n${text}` : text;
}

function readObject(text: string): unknown {
  const { documents, lines } = parseKubernetesYaml(text);
  const [only, ...others] = documents.filter(({ contents }) => isCollection(contents));
  if (only === undefined || others.length > 0 || only.errors.length > 0) return undefined;
  const plain = plainValue(only, { file: '', lines });
  return 'value' in plain ? plain.value : undefined;
}
