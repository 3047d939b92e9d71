import { judgeSource } from '../../src/dependencies/judge.ts';
import { encodeContents } from '../../src/denied/contents.ts';
import { tableOfConfigured, type ConfiguredDenials } from '../../src/denied/inline.ts';
import { joinTables, type DeniedList, type DeniedPackage } from '../../src/denied/list.ts';
import { entriesOfReport } from '../../src/denied/osv.ts';
import { TableBuilder, type DeniedTable } from '../../src/denied/table.ts';
import type { SourceFiles } from '../../src/function/files.ts';
import type { Language } from '../../src/function/languages.ts';

const filesOf = (texts: Readonly<Record<string, string | object>>): SourceFiles =>
  new Map(
    Object.entries(texts).map(([file, text]) => [
      file,
      Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)),
    ]),
  );

export const configured = (denials: ConfiguredDenials): DeniedList => joinTables([tableOfConfigured(denials)]);

/** What a list finds in a source. */
export function found(
  list: DeniedList,
  texts: Readonly<Record<string, string | object>>,
  language: Language = 'nodejs',
): readonly DeniedPackage[] {
  const contents = encodeContents(judgeSource(filesOf(texts), language).contents ?? [], language);
  return contents === undefined ? [] : list.search(contents);
}

/** A table of reports; throws if one cannot be read. */
export function tableOf(reports: readonly unknown[]): DeniedTable {
  const builder = new TableBuilder();
  for (const report of reports) {
    const entries = entriesOfReport(report);
    if ('problem' in entries) throw new Error(entries.problem);
    for (const entry of entries) builder.add(entry);
  }
  return builder.build();
}
