/**
 * How much the aliases of a document add up to. They are followed as often as kubectl follows them; what a few lines blow
 * up to gigabytes ("billion laughs") is refused before it is built.
 */
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Alias,
  type Document,
  type Pair,
  type Scalar,
} from 'yaml';

/** Characters and nodes. A document that grows beyond this is larger than any API server accepts (3 MiB a request). */
const LARGEST_EXPANSION = 8 * 1024 * 1024;
/** The yaml package looks through all anchors for each alias. */
const MOST_ALIASES = 10_000;

/** What is wrong with an alias or a merge key of a document, and where. */
export interface AliasFault {
  readonly kind: 'unresolved' | 'excessive' | 'merge';
  readonly offset: number;
}

/** Looks at every alias and merge key in the order of the text; undefined if all can be followed. */
export function faultOfAliases(document: Document.Parsed): AliasFault | undefined {
  const walk = new Walk();
  walk.sizeOf(document.contents);
  return walk.fault;
}

class Walk {
  fault: AliasFault | undefined;
  #aliases = 0;
  /** By anchor, as far as the walk has come: an anchor may be defined again. No size yet: the walk is inside of it. */
  readonly #anchors = new Map<string, { readonly node: unknown; readonly size?: number }>();

  /** Size of a node once its aliases are written out. */
  sizeOf(node: unknown): number {
    if (this.fault !== undefined) return 0;
    if (isAlias(node)) return this.#sizeOfAlias(node);
    if (isScalar(node)) {
      const size = 1 + (typeof node.value === 'string' ? node.value.length : 0);
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, { node, size });
      return size;
    }
    if (!isCollection(node)) return 1;
    const { anchor } = node;
    if (anchor !== undefined) this.#anchors.set(anchor, { node });
    const before = this.#aliases;
    let size = 1;
    for (const item of node.items) {
      size += isPair(item) ? this.sizeOf(item.key) + this.sizeOf(item.value) : this.sizeOf(item);
      if (isPair(item)) this.#checkMerge(item);
    }
    if (size > LARGEST_EXPANSION && this.#aliases > before) this.#refuse('excessive', node);
    if (anchor !== undefined) this.#anchors.set(anchor, { node, size });
    return size;
  }

  #sizeOfAlias(alias: Alias): number {
    this.#aliases += 1;
    const anchor = this.#anchors.get(alias.source);
    if (anchor === undefined) this.#refuse('unresolved', alias);
    // An alias inside of its own anchor has no end.
    else if (anchor.size === undefined || this.#aliases > MOST_ALIASES) this.#refuse('excessive', alias);
    return anchor?.size ?? 0;
  }

  /** A merge key takes a map, or a list of maps: https://yaml.org/type/merge.html */
  #checkMerge({ key, value }: Pair): void {
    if (!isScalar(key) || !isMergeKey(key)) return;
    const source = this.#resolved(value);
    const sources: readonly unknown[] = isSeq(source) ? source.items : [source];
    if (!sources.every((each) => isMap(this.#resolved(each)))) this.#refuse('merge', key);
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) ? this.#anchors.get(node.source)?.node : node;
  }

  #refuse(kind: AliasFault['kind'], { range }: Pick<Alias | Scalar, 'range'>): void {
    this.fault ??= { kind, offset: range?.[0] ?? 0 };
  }
}

/** Quoted, it is a key like any other. */
const isMergeKey = ({ value, type }: Scalar): boolean =>
  type === 'PLAIN' && (value === '<<' || (typeof value === 'symbol' && value.description === '<<'));
