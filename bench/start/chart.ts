/** A bar of a chart: parts in the order in which they happen, in seconds. */
export interface Bar {
  readonly label: string;
  readonly parts: readonly { readonly phase: string; readonly seconds: number }[];
}

const COLOURS: Readonly<Record<string, string>> = {
  admission: '#4c566a',
  scheduling: '#8fa3bf',
  sandbox: '#c3cedd',
  'init containers': '#2f9e6e',
  'server start': '#e0a030',
  readiness: '#d9663d',
};
/** Holds the longest label. */
const LEFT = 310;
const WIDTH = 620;
const ROW = 24;

/** A stacked bar chart that needs nothing but an SVG viewer. A Pod that was not Ready in time has no bar. */
export function chart(title: string, all: readonly Bar[]): string {
  const bars = all.filter((bar) => Number.isFinite(total(bar)));
  const longest = Math.max(...bars.map(total));
  const scale = WIDTH / longest;
  const height = 76 + bars.length * ROW;
  const rows = bars.map((bar, index) => row(bar, 60 + index * ROW, scale));
  const legend = Object.entries(COLOURS).map(([phase, colour], index) => {
    const x = 20 + index * 150;
    return `<rect x="${x}" y="32" width="12" height="12" fill="${colour}"/><text x="${x + 18}" y="42">${phase}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LEFT + WIDTH + 80} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="white"/>`,
    `<text x="20" y="20" font-size="14" font-weight="bold">${escape(title)}</text>`,
    ...legend,
    ...rows,
    '</svg>',
    '',
  ].join('\n');
}

function row(bar: Bar, y: number, scale: number): string {
  let x = LEFT;
  const parts = bar.parts.map(({ phase, seconds }) => {
    const width = Math.max(0, seconds * scale);
    const rect = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="16" fill="${COLOURS[phase] ?? '#999'}"/>`;
    x += width;
    return rect;
  });
  const end = `<text x="${(x + 6).toFixed(1)}" y="${y + 13}">${total(bar).toFixed(1)} s</text>`;
  return `<text x="${LEFT - 8}" y="${y + 13}" text-anchor="end">${escape(bar.label)}</text>${parts.join('')}${end}`;
}

const total = ({ parts }: Bar): number => parts.reduce((sum, { seconds }) => sum + seconds, 0);
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
