import { ageOf } from '../../../status/table.ts';
import type { Standing } from '../../../updates/registry.ts';

/** A pinned dependency of a source. */
export interface OutdatedRow extends Standing {
  readonly source: string;
  readonly file: string;
  readonly line: number;
  readonly package: string;
  readonly kind: string;
  readonly current: string;
}

type Colours = Readonly<Record<'bold' | 'yellow' | 'red', (text: string) => string>>;

const TITLES = ['PACKAGE', 'CURRENT', 'WANTED', 'NEWEST', 'AGE', 'KIND', 'SOURCE'];

/** A line for each dependency, and below them what the maintainers of a pinned version say about it. */
export function outdatedTable(rows: readonly OutdatedRow[], now: Date, { bold, yellow, red }: Colours): string {
  const cells = rows.map((row) => {
    const { wanted, newest, current, published } = row;
    const shown = newest ?? wanted ?? { published };
    return [
      row.package,
      current,
      wanted?.version ?? current,
      newest?.version ?? current,
      ageOf(shown.published, now),
      row.kind,
      row.source,
    ];
  });
  const widths = TITLES.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    texts.map((text, column) => (column === texts.length - 1 ? text : text.padEnd(widths[column] ?? 0))).join('   ');
  const body = cells.map((texts, index) => {
    const row = rows[index];
    return row?.wanted !== undefined || row?.newest !== undefined ? yellow(line(texts)) : line(texts);
  });
  const notes = rows.flatMap(({ package: name, current, withdrawn }) =>
    withdrawn === undefined ? [] : [`${red(`${name} ${current}`)} was withdrawn: ${withdrawn}`],
  );
  return [bold(line(TITLES)), ...body, ...(notes.length === 0 ? [] : ['', ...new Set(notes)]), ''].join('\n');
}
