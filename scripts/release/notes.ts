/**
 * The notes of a release: its section of CHANGELOG.md.
 *
 * @returns undefined if there is no section, or an empty one
 */
export function notesOf(changelog: string, version: string): string | undefined {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.split('\n', 1)[0]?.split(' ', 1)[0] === version);
  const body = section?.split('\n').slice(1).join('\n').trim();
  return body === undefined || body === '' ? undefined : `${body}\n`;
}
