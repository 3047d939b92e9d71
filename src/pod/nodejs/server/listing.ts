/** What a person is shown of a folder when something in it was looked for in vain. */
import { readdirSync } from 'node:fs';

const SHOWN = 12;

/** @example listing(['a', 'b']) // 'a, b' */
export function listing(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return names.slice(0, SHOWN).join(', ') + more;
}

/** Names in a folder, folders with a slash, without hidden ones; none if it cannot be read. */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
      .sort();
  } catch {
    return [];
  }
}
