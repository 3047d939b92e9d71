import type { Shown, Style } from './recording.ts';

const COLOURS: Readonly<Record<Style, string>> = {
  command: '#ffffff',
  added: '#8fd19e',
  removed: '#f28b82',
  file: '#8fa3bf',
  error: '#f28b82',
  output: '#c3cedd',
};
const CHARACTER = 7.8;
const LINE = 18;
const MARGIN = 16;
/** Seconds that the end stays. */
const HOLD = 5;

interface Line extends Shown {
  readonly y: number;
}

/**
 * A film of a terminal that needs nothing but an SVG viewer: each line appears at its time, and all of them move up. SMIL
 * runs in an image of a page too, where scripts do not.
 */
export function writeSvg(
  shown: readonly Shown[],
  seconds: number,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): string {
  const lines = shown
    .flatMap((each) => wrapped(each.text, columns).map((text) => ({ ...each, text })))
    .map((each, index): Line => ({ ...each, y: index * LINE }));
  const duration = Math.ceil(seconds + HOLD);
  const [width, height] = [Math.ceil(columns * CHARACTER) + 2 * MARGIN, rows * LINE + 2 * MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">`,
    `<rect width="100%" height="100%" rx="8" fill="#1e2430"/>`,
    `<svg x="${MARGIN}" y="${MARGIN}" width="${width - 2 * MARGIN}" height="${rows * LINE}">`,
    '<g>',
    scrolling(lines, rows, duration),
    ...lines.map((line) => textOf(line, duration)),
    '</g>',
    '</svg>',
    '</svg>',
    '',
  ].join('\n');
}

function textOf({ at, style, text, y }: Line, duration: number): string {
  const weight = style === 'command' ? ' font-weight="bold"' : '';
  const appears = `<animate attributeName="opacity" calcMode="discrete" values="0;1" keyTimes="0;${share(at, duration)}" dur="${duration}s" repeatCount="indefinite"/>`;
  return `<text y="${y + LINE - 5}" fill="${COLOURS[style]}"${weight} xml:space="preserve">${escaped(text)}${appears}</text>`;
}

/** One step for each time at which the lines no longer fit. */
function scrolling(lines: readonly Line[], rows: number, duration: number): string {
  const steps = new Map([['0', 0]]);
  for (const [index, { at }] of lines.entries()) {
    if (index >= rows) steps.set(share(at, duration), (index + 1 - rows) * LINE);
  }
  const values = [...steps.values()].map((moved) => `0 ${-moved}`).join(';');
  return `<animateTransform attributeName="transform" type="translate" calcMode="discrete" values="${values}" keyTimes="${[...steps.keys()].join(';')}" dur="${duration}s" repeatCount="indefinite"/>`;
}

/** Of the whole, for keyTimes; never 0, which is the beginning itself. */
const share = (at: number, duration: number): string => Math.max(at / duration, 0.0001).toFixed(4);

function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at === 0 || at < text.length; at += columns) lines.push(text.slice(at, at + columns));
  return lines;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
