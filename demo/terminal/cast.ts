import type { Shown, Style } from './recording.ts';

const COLOURS: Readonly<Record<Style, string>> = {
  command: '1',
  added: '32',
  removed: '31',
  file: '2',
  error: '31',
  output: '0',
};

/** For asciinema. Source: https://docs.asciinema.org/manual/asciicast/v2/ */
export function writeCast(shown: readonly Shown[], size: { readonly columns: number; readonly rows: number }): string {
  const header = { version: 2, width: size.columns, height: size.rows, title: 'Buildless: the tutorial' };
  const events = shown.map(({ at, style, text }) => [at, 'o', `\u001b[${COLOURS[style]}m${text}\u001b[0m\r\n`]);
  return `${[header, ...events].map((each) => JSON.stringify(each)).join('\n')}\n`;
}
