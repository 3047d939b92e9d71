import { isCollection, isMap, isPair, isScalar, isSeq, type Document, type Node } from 'yaml';
import { kubernetesDocument, LAYOUT, withEscapes } from './kubernetes-yaml.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';

/** A comment above a field. */
export interface FieldComment {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** An object to be written for a person to read on. */
export interface CommentedObject {
  readonly object: KubernetesObject;
  /** Above the object. */
  readonly comment?: string;
  readonly comments: readonly FieldComment[];
}

/** Writes objects as one YAML stream, as kubectl reads it. Texts are blocks wherever a block can hold them unchanged. */
export const writeCommented = (objects: readonly CommentedObject[]): string => objects.map(writeOne).join('---\n');

function writeOne({ object, comment, comments }: CommentedObject): string {
  const document = kubernetesDocument(JSON.parse(JSON.stringify(object)));
  for (const { path, text } of comments) {
    const node = placeOf(document, path);
    if (node !== undefined) node.commentBefore = commented(text);
  }
  const head = comment === undefined ? '' : `${commented(comment).replace(/^/gm, '#')}\n`;
  return head + withEscapes(document.toString({ ...LAYOUT, blockQuote: 'literal' }));
}

const commented = (text: string): string => text.replace(/^/gm, ' ');

/** The node that a comment above a field hangs on: its key, or the item of a list. */
function placeOf(document: Document, path: FieldComment['path']): Node | undefined {
  const last = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (last === undefined || !isCollection(parent)) return undefined;
  if (isSeq(parent)) {
    const item = parent.items[Number(last)];
    return isCollection(item) || isScalar(item) ? item : undefined;
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === last);
  return isScalar(pair?.key) ? pair.key : undefined;
}
