/** Entries of the configuration: `dependencies.denied`. */
import { ECOSYSTEMS } from './languages.ts';
import type { DeniedEntry } from './entry.ts';
import { TableBuilder, type DeniedTable } from './table.ts';

export interface ConfiguredDenial {
  readonly name: string;
  /** A range as the language's packages write it; `*` for every version. */
  readonly versions: string;
  readonly reason: string;
}

/** By the name of the language. */
export type ConfiguredDenials = Readonly<Record<string, readonly ConfiguredDenial[]>>;

export const entriesOfConfigured = (denials: ConfiguredDenials): readonly DeniedEntry[] =>
  Object.entries(denials).flatMap(([language, rows]): readonly DeniedEntry[] => {
    const ecosystem = ECOSYSTEMS.find(language);
    if (ecosystem === undefined) return [];
    const { osv, normalizeName } = ecosystem;
    return rows.map(({ name, versions, reason }) => ({
      ecosystem: osv,
      name: normalizeName(name),
      range: versions,
      reason,
    }));
  });

export function tableOfConfigured(denials: ConfiguredDenials): DeniedTable {
  const entries = entriesOfConfigured(denials);
  const builder = new TableBuilder();
  for (const entry of entries) builder.add(entry);
  return builder.build();
}
