import { structuredPatch } from 'diff';

/** How the parts of a diff are coloured; picocolors is one. */
export interface DiffColours {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
}

const plain = (text: string): string => text;
const NO_COLOURS: DiffColours = { red: plain, green: plain, cyan: plain, bold: plain };

/**
 * A unified diff of two texts, which `patch` can read where it has no colours.
 *
 * @param name of the file, for the head
 * @returns the empty text where nothing differs
 */
export function unifiedDiff(name: string, before: string, after: string, colours: DiffColours = NO_COLOURS): string {
  const { hunks } = structuredPatch(name, name, before, after, undefined, undefined, { context: 3 });
  if (hunks.length === 0) return '';
  const lines = [colours.bold(`--- ${name}`), colours.bold(`+++ ${name}`)];
  for (const { oldStart, oldLines, newStart, newLines, lines: changed } of hunks) {
    lines.push(colours.cyan(`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`));
    lines.push(
      ...changed.map((line) =>
        line.startsWith('+') ? colours.green(line) : line.startsWith('-') ? colours.red(line) : line,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
