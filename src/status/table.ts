import { parseStamp } from '../function/stamp.ts';
import type { FunctionRow } from './row.ts';

/** Colours of a terminal. */
type Colours = Readonly<Record<'green' | 'red' | 'yellow' | 'dim' | 'bold', (text: string) => string>>;

export interface TableOptions {
  readonly wide: boolean;
  /** Whether rows of several namespaces are shown. */
  readonly allNamespaces: boolean;
  readonly now: Date;
  readonly colours: Colours;
}

interface Column {
  readonly title: string;
  readonly cell: (row: FunctionRow) => string;
  readonly paint?: (row: FunctionRow, text: string) => string;
}

/** A table as kubectl prints one, and what there is to say of the Functions below it. */
export function tableOf(rows: readonly FunctionRow[], options: TableOptions): string {
  const { colours, allNamespaces } = options;
  const columns = columnsOf(options);
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const line = (texts: readonly string[], paint: (text: string, index: number) => string): string =>
    texts
      .map((text, index) => paint(index === columns.length - 1 ? text : text.padEnd(widths[index] ?? 0), index))
      .join('   ')
      .trimEnd();
  const head = line(
    columns.map(({ title }) => title),
    colours.bold,
  );
  const body = rows.map((row, at) =>
    line(cells[at] ?? [], (text, index) => columns[index]?.paint?.(row, text) ?? text),
  );
  const notes = rows.flatMap((row) =>
    row.notes.map((note) => {
      const name = allNamespaces ? `${row.namespace}/${row.function}` : row.function;
      return `${colours.yellow(name)}: ${note}`;
    }),
  );
  return [head, ...body, ...(notes.length === 0 ? [] : ['', ...notes]), ''].join('\n');
}

function columnsOf({ wide, allNamespaces, now, colours }: TableOptions): readonly Column[] {
  const warn = (isBad: (row: FunctionRow) => boolean) => (row: FunctionRow, text: string) =>
    isBad(row) ? colours.yellow(text) : text;
  return [
    ...(allNamespaces ? [{ title: 'NAMESPACE', cell: ({ namespace }: FunctionRow) => namespace }] : []),
    { title: 'FUNCTION', cell: (row) => row.function },
    { title: 'WORKLOAD', cell: ({ workload }) => `${workload.kind.toLowerCase()}/${workload.name}` },
    {
      title: 'RUNTIME',
      cell: ({ runtime, deprecated }) => (deprecated === undefined ? runtime : `${runtime} (deprecated)`),
      paint: warn(({ deprecated }) => deprecated !== undefined),
    },
    { title: 'READY', cell: ({ replicas: { ready, wanted } }) => (wanted === undefined ? '-' : `${ready}/${wanted}`) },
    {
      title: 'OTHER',
      cell: ({ replicas }) => String(replicas.otherRevision),
      paint: warn(({ replicas }) => replicas.otherRevision > 0),
    },
    {
      title: 'STATE',
      cell: ({ state }) => state,
      paint: (row, text) => (row.state === 'current' ? colours.green(text) : colours.yellow(text)),
    },
    { title: 'REVISION', cell: ({ revision }) => (revision === undefined ? '-' : shortOf(revision.stamp)) },
    { title: 'AGE', cell: ({ revision }) => ageOf(revision?.created, now) },
    { title: 'LOCK', cell: ({ lock }) => lock },
    { title: 'LEVEL', cell: ({ level }) => level },
    ...(wide
      ? [
          { title: 'ROLLOUT', cell: ({ rollout }: FunctionRow) => rollout },
          { title: 'SOURCE', cell: ({ source }: FunctionRow) => source },
          { title: 'INJECTED BY', cell: ({ injectedBy }: FunctionRow) => injectedBy.join(', ') || '-' },
        ]
      : []),
  ];
}

/** The first part of a stamp, as short as a person compares it. */
export function shortOf(stamp: string): string {
  const parsed = parseStamp(stamp);
  if (parsed === undefined) return stamp;
  const { code } = parsed;
  return code.type === 'commit' ? code.commit.slice(0, SHORT_COMMIT) : code.names.join('+');
}

const SHORT_COMMIT = 10;

const DAY = 86_400;
const YEAR = 365 * DAY;

const UNITS: readonly (readonly [string, number])[] = [
  ['d', DAY],
  ['h', 3600],
  ['m', 60],
];

/** As kubectl shows it: `2y31d`, `3d`, `5h`, `12m`, `40s`. */
export function ageOf(created: string | undefined, now: Date): string {
  const from = Date.parse(created ?? '');
  if (Number.isNaN(from)) return '-';
  const seconds = Math.max(0, Math.floor((now.getTime() - from) / 1000));
  if (seconds >= 2 * YEAR) {
    const [years, days] = [Math.floor(seconds / YEAR), Math.floor((seconds % YEAR) / DAY)];
    return days === 0 || years >= 8 ? `${years}y` : `${years}y${days}d`;
  }
  // Two of a unit at least, so that the second digit is never lost.
  const found = UNITS.find(([, length]) => seconds >= 2 * length);
  if (found !== undefined) return `${Math.floor(seconds / found[1])}${found[0]}`;
  return `${seconds}s`;
}
