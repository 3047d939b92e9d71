/**
 * Edits YAML as text: each change becomes a few lines put in, or one value written over, and not a character besides. The
 * yaml package could write the document again, but it would lose how the author aligned comments, indented lists and spaced
 * sections, and a diff would show all of that. Whoever calls this reads the result again and compares (edit.ts), so that
 * what is not understood here costs only the layout.
 */
import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Change } from './changes.ts';
import { writeFlowKey, writeFlowYaml } from './flow-yaml.ts';
import { writeKubernetesYaml } from './kubernetes-yaml.ts';

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of two that put lines in at one place, the deeper one comes first: it ends what the other continues. */
  readonly depth: number;
}

/** A document's text and where it begins among the offsets of its nodes. */
export interface SplicedText {
  readonly text: string;
  readonly offset: number;
  readonly root: unknown;
}

/**
 * Applies changes to a string.
 *
 * @returns undefined if one of the changes cannot be made this way
 */
export function spliceChanges({ text, offset, root }: SplicedText, changes: readonly Change[]): string | undefined {
  const writer = new Writer(text, offset, root);
  const splices = changes.map((change) => writer.splice(change));
  if (splices.includes(undefined)) return undefined;
  const ordered = splices
    .filter((splice) => splice !== undefined)
    .map((splice, order) => ({ ...splice, order }))
    .sort((a, b) => a.start - b.start || b.depth - a.depth || a.order - b.order);
  let result = '';
  let position = 0;
  for (const { start, end, text: replacement } of ordered) {
    if (start < position) return undefined;
    result += text.slice(position, start) + replacement;
    position = end;
  }
  return result + text.slice(position);
}

/** What follows an item of a collection in braces up to the end of its line. */
const REST_OF_ITEM = /,[ \t]*(?:#[^\n]*)?\r?\n/y;

const COLON = /[ \t]*:/y;

class Writer {
  private readonly indentSeq: boolean;

  constructor(
    private readonly text: string,
    private readonly offset: number,
    private readonly root: unknown,
  ) {
    this.indentSeq = this.indentsLists(root) ?? true;
  }

  splice(change: Change): Splice | undefined {
    if (change.kind === 'remove') return undefined;
    const step = change.path.at(-1);
    const parent = nodeAt(this.root, change.path.slice(0, -1));
    if (step === undefined || parent === undefined) return undefined;
    if (change.kind === 'replace') return this.replace(parent, step, change.value);
    return parent.flow ? this.appendInline(parent, step, change.value) : this.appendLines(parent, step, change.value);
  }

  /** New lines after the last one of a collection, indented as its first. */
  private appendLines(parent: YAMLMap | YAMLSeq, step: string | number, value: unknown): Splice | undefined {
    const last = this.endOf(parent.items.at(-1));
    const indent = this.indentOf(parent);
    if (last === undefined || indent === undefined) return undefined;
    const start = this.text[last - 1] === '\n' ? last : this.endOfLine(last);
    const lines = this.lines(isMap(parent) ? { [step]: value } : [value], indent);
    // The file's last line may have no end.
    const open = start > 0 && this.text[start - 1] !== '\n';
    return { start, end: start, text: open ? `\n${lines.trimEnd()}` : lines, depth: indent };
  }

  /** `{a: 1}` becomes `{a: 1, "b": 2}`. */
  private appendInline(parent: YAMLMap | YAMLSeq, step: string | number, value: unknown): Splice | undefined {
    const last = this.endOf(parent.items.at(-1));
    if (last === undefined) return undefined;
    const lines = this.appendFlowLines(parent, last, step, value);
    if (lines !== undefined) return lines;
    const key = isMap(parent) ? `${JSON.stringify(String(step))}: ` : '';
    return { start: last, end: last, text: `, ${key}${JSON.stringify(value)}`, depth: 0 };
  }

  /** Lines of their own in braces that stretch over lines, after a last item with its comma and maybe a comment. */
  private appendFlowLines(
    parent: YAMLMap | YAMLSeq,
    last: number,
    step: string | number,
    value: unknown,
  ): Splice | undefined {
    REST_OF_ITEM.lastIndex = last;
    const rest = REST_OF_ITEM.exec(this.text)?.[0];
    const [first] = parent.items;
    const start = rangeOf(isPair(first) ? first.key : first)?.start;
    if (rest === undefined || start === undefined) return undefined;
    const at = start - this.offset;
    const line = this.text.lastIndexOf('\n', at - 1) + 1;
    const indentation = this.text.slice(line, at);
    if (indentation.trim() !== '' || indentation.includes('\t')) return undefined;
    const key = isMap(parent) ? `${writeFlowKey(String(step))}: ` : '';
    const text = `${indentation}${key}${writeFlowYaml(value, indentation.length)},\n`;
    const end = last + rest.length;
    return { start: end, end, text: this.withLineEnds(text), depth: indentation.length };
  }

  private replace(parent: YAMLMap | YAMLSeq, step: string | number, value: unknown): Splice | undefined {
    const pair = isMap(parent) ? pairAt(parent, step) : undefined;
    const node: unknown = isMap(parent) ? pair?.value : parent.items[Number(step)];
    const range = rangeOf(node);
    const kept = typeof value === 'string' ? this.replaceLines(node, value) : undefined;
    if (kept !== undefined) return kept;
    const simple = typeof value !== 'object' || value === null;
    if (range !== undefined && range.start < range.end && (parent.flow === true || (simple && isInline(node)))) {
      const quoted = quotedAlike(node, value);
      const written = quoted ?? (parent.flow === true ? JSON.stringify(value) : writeKubernetesYaml(value).trimEnd());
      const text = written.includes('\n') ? JSON.stringify(value) : written;
      return { start: range.start - this.offset, end: range.end - this.offset, text, depth: 0 };
    }
    // The whole `key: value`, as the value may move to lines of its own.
    const indent = this.indentOf(parent);
    const key = rangeOf(pair?.key);
    const end = this.endOf(pair);
    if (parent.flow === true && key !== undefined && range !== undefined && range.start === range.end) {
      return this.fillInline(key.end - this.offset, value);
    }
    if (parent.flow === true || key === undefined || indent === undefined || end === undefined) return undefined;
    const text = this.lines({ [step]: value }, indent).trimStart();
    return { start: key.start - this.offset, end, text: this.text[end - 1] === '\n' ? text : text.trimEnd(), depth: 0 };
  }

  /** Of a block text (`|`) that keeps its number of lines, only the lines that differ. */
  private replaceLines(node: unknown, value: string): Splice | undefined {
    const range = rangeOf(node);
    if (!isScalar(node) || node.type !== 'BLOCK_LITERAL' || typeof node.value !== 'string' || range === undefined) {
      return undefined;
    }
    const [before, after] = [node.value.split('\n'), value.split('\n')];
    const [start, end] = [range.start - this.offset, range.end - this.offset];
    const [header = '', ...lines] = this.text.slice(start, end).split('\n');
    if (before.length !== after.length) return undefined;
    const written = lines.map((line, index) => {
      const [old = '', wanted = ''] = [before[index], after[index]];
      if (old === wanted) return line;
      const lineEnd = line.endsWith('\r') ? '\r' : '';
      const indent = line.length - lineEnd.length - old.length;
      return `${line.slice(0, Math.max(indent, 0))}${wanted}${lineEnd}`;
    });
    return { start, end, text: [header, ...written].join('\n'), depth: 0 };
  }

  /** `{a: , b: 1}` becomes `{a: 2, b: 1}`. */
  private fillInline(afterKey: number, value: unknown): Splice | undefined {
    COLON.lastIndex = afterKey;
    const colon = COLON.exec(this.text)?.[0];
    if (colon === undefined) return undefined;
    const at = afterKey + colon.length;
    return { start: at, end: at, text: ` ${JSON.stringify(value)}`, depth: 0 };
  }

  private lines(value: unknown, indent: number): string {
    const lines = writeKubernetesYaml(value, this.indentSeq).replaceAll(/^(?=.)/gm, ' '.repeat(indent));
    return this.withLineEnds(lines);
  }

  private withLineEnds(lines: string): string {
    return this.text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
  }

  /** Column of a block collection's keys or dashes; undefined if its lines do not begin with them. */
  private indentOf(collection: YAMLMap | YAMLSeq): number | undefined {
    const [first] = collection.items;
    const start = isSeq(collection)
      ? rangeOf(collection)?.start
      : isPair(first)
        ? rangeOf(first.key)?.start
        : undefined;
    if (start === undefined) return undefined;
    const at = start - this.offset;
    if (isSeq(collection) && this.text[at] !== '-') return undefined;
    return at - (this.text.lastIndexOf('\n', at - 1) + 1);
  }

  /** Where the text of the last thing inside a node ends, before a comment. */
  private endOf(node: unknown): number | undefined {
    if (isPair(node)) return this.endOf(node.value) ?? this.endOf(node.key);
    if (isCollection(node) && node.flow !== true && node.items.length > 0) return this.endOf(node.items.at(-1));
    const range = rangeOf(node);
    // An absent value has no text; its key ends the line.
    if (range === undefined || (range.start === range.end && isScalar(node) && node.value === null)) return undefined;
    return range.end - this.offset;
  }

  private endOfLine(from: number): number {
    const newline = this.text.indexOf('\n', from);
    return newline === -1 ? this.text.length : newline + 1;
  }

  /** Whether the author indents lists below their key; undefined if there is none to tell. */
  private indentsLists(node: unknown): boolean | undefined {
    if (isPair(node)) {
      const { key, value } = node;
      const column = isSeq(value) && value.flow !== true ? this.indentOf(value) : undefined;
      const keyAt = rangeOf(key);
      if (column === undefined || keyAt === undefined) return this.indentsLists(value);
      const start = keyAt.start - this.offset;
      return column > start - (this.text.lastIndexOf('\n', start - 1) + 1);
    }
    if (!isCollection(node) || node.flow === true) return undefined;
    for (const item of node.items) {
      const found = this.indentsLists(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

const rangeOf = (node: unknown): { readonly start: number; readonly end: number } | undefined => {
  const range = isScalar(node) || isCollection(node) || isAlias(node) ? node.range : undefined;
  return range ? { start: range[0], end: range[1] } : undefined;
};

/** A string in quotes keeps its kind of quotes; single ones know no escapes. */
function quotedAlike(node: unknown, value: unknown): string | undefined {
  if (!isScalar(node) || typeof value !== 'string') return undefined;
  if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(value);
  if (node.type !== 'QUOTE_SINGLE' || /[\p{Cc}\u2028\u2029]/u.test(value)) return undefined;
  return `'${value.replaceAll("'", "''")}'`;
}

/** A scalar on one line; a block text (`|`) is not. */
const isInline = (node: unknown): boolean =>
  isScalar(node) &&
  node.type !== 'BLOCK_LITERAL' &&
  node.type !== 'BLOCK_FOLDED' &&
  node.anchor === undefined &&
  node.tag === undefined;

/** The pair of a key, however YAML writes it. */
export const pairAt = (map: YAMLMap, step: string | number): Pair | undefined =>
  map.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));

/** The collection that a path leads to; never through an alias, as its anchor is elsewhere. */
export function nodeAt(root: unknown, path: readonly (string | number)[]): YAMLMap | YAMLSeq | undefined {
  let node: unknown = root;
  for (const step of path) {
    node = isMap(node) ? pairAt(node, step)?.value : isSeq(node) ? node.items[Number(step)] : undefined;
  }
  return isMap(node) || isSeq(node) ? node : undefined;
}
