import { readFileSync } from 'node:fs';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Report {
  readonly tables: readonly Table[];
  /** Sentences below the tables. */
  readonly notes: readonly string[];
  /** The numbers behind the tables, for `-o json`. */
  readonly figures: object;
}

/** Writes a report to standard output: Markdown for docs/performance.md, or JSON. */
export function print({ tables, notes, figures }: Report, json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ machine: machine(), figures, notes })}\n`);
    return;
  }
  const texts = [...tables.map(markdown), ...notes.map((note) => `- ${note}`), '', `Measured on ${machine()}.`];
  process.stdout.write(`${texts.join('\n')}\n`);
}

function markdown({ title, columns, rows }: Table): string {
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...rows.map((row) => row[index] ?? '')].map(length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, index) => (cells[index] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`### ${title}`, '', line(columns), rule, ...rows.map(line), ''].join('\n');
}

const length = (text: string): number => text.length;

/** What the figures depend on, in one line. The load average tells how quiet the machine was. */
function machine(): string {
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return [
    `Node.js ${process.versions.node}`,
    `OpenSSL ${process.versions.openssl}`,
    `${cpus().length} x ${cpu?.model.trim() ?? 'unknown CPU'}`,
    `${gigabytes} GB`,
    `${platform()} ${release()}`,
    `Buildless ${version()}`,
    `load average ${load} at the end`,
  ].join(', ');
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}

/** Says how far it is. */
export const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};
