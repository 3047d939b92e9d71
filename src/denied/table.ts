/**
 * Denied versions of many packages in little memory: 200,000 reports are some 30 MB outside of the heap, and move between
 * threads without a copy. Records are in chunks, each found by the hash of its package and read only if it is asked for.
 */
import { createHash } from 'node:crypto';
import type { DeniedEntry } from './entry.ts';
import { packageHash } from './package-hash.ts';

/** What a thread hands to another one. */
export interface DeniedTable {
  /** By the lowest bits of a hash: the place of the first record, plus one. */
  readonly heads: Uint32Array;
  readonly chunks: readonly Uint8Array[];
  readonly entries: number;
  /** Of its entries in their order, hexadecimal: the same whether they come from a file or a ConfigMap. */
  readonly digest: string;
}

const CHUNK_BITS = 20;
const CHUNK_BYTES = 1 << CHUNK_BITS;
/** NEXT (the next record of the same head, plus one), HASH, and the bytes of the entry as JSON. */
const HEADER_BYTES = 12;

const HEADS_OF_ENTRY = 4;

/** A list is turned down if it needs more memory than this. */
const LARGEST_TABLE_BYTES = 48 * CHUNK_BYTES;
/** One report: a package with more versions than fit is denied by a range. */
export const LARGEST_ENTRY_BYTES = CHUNK_BYTES / 4;

export class TableTooLarge extends Error {}

export class TableBuilder {
  private readonly chunks: Uint8Array[] = [];
  private readonly text = new TextEncoder();
  private readonly hash = createHash('sha256');
  private used = CHUNK_BYTES;
  private entries = 0;

  /** @throws TableTooLarge */
  add(entry: DeniedEntry): void {
    const json = this.text.encode(JSON.stringify(entry));
    const size = HEADER_BYTES + json.byteLength;
    this.hash.update(json).update('\n');
    if (json.byteLength > LARGEST_ENTRY_BYTES) {
      throw new TableTooLarge(`the versions of ${entry.name} take more than ${LARGEST_ENTRY_BYTES / 1024} KiB`);
    }
    if (this.used + size > CHUNK_BYTES) {
      if ((this.chunks.length + 1) * CHUNK_BYTES > LARGEST_TABLE_BYTES) {
        throw new TableTooLarge(`the list takes more than ${LARGEST_TABLE_BYTES / CHUNK_BYTES} MiB`);
      }
      this.seal();
      this.chunks.push(new Uint8Array(CHUNK_BYTES));
      this.used = 0;
    }
    const chunk = this.chunks.at(-1);
    if (chunk === undefined) return;
    const view = viewOf(chunk);
    view.setUint32(this.used + 4, packageHash(entry.ecosystem, entry.name));
    view.setUint32(this.used + 8, json.byteLength);
    chunk.set(json, this.used + HEADER_BYTES);
    this.used += size;
    this.entries += 1;
  }

  /** Nothing is added after it. */
  build(): DeniedTable {
    this.seal();
    const { chunks, entries } = this;
    // So many that most packages that are not denied find an empty one.
    const heads = new Uint32Array(2 ** Math.ceil(Math.log2(HEADS_OF_ENTRY * (entries + 1))));
    for (const [index, chunk] of chunks.entries()) {
      const view = viewOf(chunk);
      for (let at = 0; at + HEADER_BYTES <= chunk.byteLength;) {
        const head = headOf(view.getUint32(at + 4), heads);
        view.setUint32(at, heads[head] ?? 0);
        heads[head] = (index << CHUNK_BITS) + at + 1;
        at += HEADER_BYTES + view.getUint32(at + 8);
      }
    }
    return { heads, chunks, entries, digest: this.hash.digest('hex') };
  }

  /** The last chunk gives back what it does not need. */
  private seal(): void {
    const last = this.chunks.pop();
    if (last !== undefined) this.chunks.push(this.used === CHUNK_BYTES ? last : last.slice(0, this.used));
    this.used = CHUNK_BYTES;
  }
}

/** Whether a table may have something about a package: quick, and hardly ever true in vain. */
export function mayHave({ heads, chunks }: DeniedTable, hash: number): boolean {
  let next = heads[headOf(hash, heads)] ?? 0;
  while (next !== 0) {
    const chunk = chunks[(next - 1) >>> CHUNK_BITS];
    if (chunk === undefined) return false;
    const view = viewOf(chunk);
    const at = (next - 1) & (CHUNK_BYTES - 1);
    if (view.getUint32(at + 4) === hash) return true;
    next = view.getUint32(at);
  }
  return false;
}

/** The entries with a hash: about the package that was meant, or about another one in vain. */
export function* entriesOf({ heads, chunks }: DeniedTable, hash: number): Generator<DeniedEntry> {
  let next = heads[headOf(hash, heads)] ?? 0;
  while (next !== 0) {
    const at = (next - 1) & (CHUNK_BYTES - 1);
    const chunk = chunks[(next - 1) >>> CHUNK_BITS];
    if (chunk === undefined) return;
    const view = viewOf(chunk);
    if (view.getUint32(at + 4) === hash) {
      const json = chunk.subarray(at + HEADER_BYTES, at + HEADER_BYTES + view.getUint32(at + 8));
      yield entryOf(new TextDecoder().decode(json));
    }
    next = view.getUint32(at);
  }
}

/** Of what this module wrote. */
function entryOf(json: string): DeniedEntry {
  return JSON.parse(json) as DeniedEntry;
}

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

const headOf = (hash: number, heads: Uint32Array): number => hash & (heads.length - 1);
