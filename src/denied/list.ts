import { createHash } from 'node:crypto';
import { packagesAt, type ContainedPackage, type SourceContents } from './contents.ts';
import { ECOSYSTEMS } from './languages.ts';
import type { DeniedEntry } from './entry.ts';
import { holds } from './holds.ts';
import { packageHash } from './package-hash.ts';
import { entriesOf, mayHave, type DeniedTable } from './table.ts';

/** A package of a source that nobody may run. */
export interface DeniedPackage extends ContainedPackage {
  readonly id?: string;
  readonly reason: string;
}

/** All that is denied now; another object whenever anything of it changes. */
export interface DeniedList {
  /** The same for lists with the same content, whoever has read them; `none` for an empty one. */
  readonly digest: string;
  readonly entries: number;
  /** The denied packages of a source, the first ones. */
  readonly search: (contents: SourceContents, most?: number) => readonly DeniedPackage[];
}

const NO_DIGEST = 'none';
/** As many as a person reads. */
const MOST_FOUND = 20;
const DIGEST_DIGITS = 16;

export const NOTHING_DENIED: DeniedList = { digest: NO_DIGEST, entries: 0, search: () => [] };

/** One list of several tables; tables with the same content count once, and their order means nothing. */
export function joinTables(tables: readonly DeniedTable[]): DeniedList {
  const distinct = [
    ...new Map(tables.filter(({ entries }) => entries > 0).map((table) => [table.digest, table])).values(),
  ];
  if (distinct.length === 0) return NOTHING_DENIED;
  const digests = distinct.map(({ digest }) => digest).sort();
  return {
    digest: createHash('sha256').update(digests.join('\n')).digest('hex').slice(0, DIGEST_DIGITS),
    entries: distinct.reduce((sum, { entries }) => sum + entries, 0),
    search: (contents, most = MOST_FOUND) => search(distinct, contents, most),
  };
}

function search(tables: readonly DeniedTable[], contents: SourceContents, most: number): readonly DeniedPackage[] {
  const { hashes, language } = contents;
  const candidates: number[] = [];
  for (let index = 0; index < hashes.length; index += 1) {
    const hash = hashes[index] ?? 0;
    if (tables.some((table) => mayHave(table, hash))) candidates.push(index);
  }
  if (candidates.length === 0) return [];
  const ecosystem = ECOSYSTEMS.of(language);
  const found = new Map<string, DeniedPackage>();
  // A source names a package once in most cases, and its hash is that of few others.
  const known = new Map<number, readonly DeniedEntry[]>();
  const entriesWith = (hash: number): readonly DeniedEntry[] => {
    const entries = known.get(hash) ?? tables.flatMap((table) => [...entriesOf(table, hash)]);
    known.set(hash, entries);
    return entries;
  };
  const named = candidates.filter((index) => entriesWith(hashes[index] ?? 0).length > 0);
  for (const each of packagesAt(contents, named)) {
    const key = `${each.name}@${each.version}`;
    if (found.has(key)) continue;
    const entry = entriesWith(packageHash(ecosystem.osv, each.name)).find(
      ({ ecosystem: of, name, ...versions }) =>
        of === ecosystem.osv && name === each.name && holds(ecosystem, versions, each.version),
    );
    if (entry === undefined) continue;
    found.set(key, { ...each, ...(entry.id !== undefined && { id: entry.id }), reason: entry.reason });
    if (found.size >= most) break;
  }
  return [...found.values()];
}
