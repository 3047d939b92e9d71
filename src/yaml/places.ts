import { isAlias, isMap, isNode, isPair, isScalar, isSeq, type Document } from 'yaml';

/**
 * Offset in the text of what a path leads to; of the nearest thing above it where the path leads nowhere.
 *
 * @param atKey the key at the path's end is meant, not its value
 */
export function offsetOfPath(document: Document.Parsed, path: readonly PropertyKey[], atKey = false): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? document.range[0];
  for (const [index, step] of path.entries()) {
    const entry = entryOf(isAlias(node) ? node.resolve(document) : node, step);
    if (entry === undefined) break;
    const wanted = atKey && index === path.length - 1 ? entry.key : entry.value;
    offset = startOf(wanted) ?? startOf(entry.key) ?? offset;
    node = entry.value;
  }
  return offset;
}

/** What is at one step of a path; lists have no key. */
function entryOf(node: unknown, step: PropertyKey): { readonly key: unknown; readonly value: unknown } | undefined {
  if (isSeq(node))
    return typeof step === 'number' && step in node.items ? { key: undefined, value: node.items[step] } : undefined;
  if (!isMap(node)) return undefined;
  const pair = node.items.find(
    (item) => isPair(item) && String(isScalar(item.key) ? item.key.value : item.key) === String(step),
  );
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}

/** Where a node begins; an absent value has no text, so no place. */
function startOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined;
  return isScalar(node) && node.range[0] === node.range[1] ? undefined : node.range[0];
}
