/**
 * When uv gives what pip would give: each requirement pinned by a hash, wheels only, nothing that only pip understands.
 *
 * Looks at: requirements.txt, pylock.toml
 */
import type { SourceFiles } from '../function/files.ts';

/** @returns the reason why pip is to install instead; undefined where uv may */
export function whyNotUv(files: SourceFiles): string | undefined {
  if (files.has('uv.toml')) return 'the source has uv.toml, which pip does not read';
  // buildless_install makes of it a list that any pip can install; uv reads it itself.
  if (files.has('pylock.toml')) return undefined;
  const content = files.get('requirements.txt');
  if (content === undefined) return 'there is no requirements.txt';
  const lines = new TextDecoder()
    .decode(content)
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/);
  for (const line of lines) {
    const text = line.replace(/(^|\s+)#.*$/, '').trim();
    if (text === '') continue;
    if (text.startsWith('-')) return `requirements.txt has the option ${text.split(/[\s=]/)[0] ?? text}`;
    if (!/\s--hash[=\s]/.test(text)) return 'not every requirement has a hash, and the two may resolve differently';
    if (/\s@\s|:\/\//.test(text.split(' --hash')[0] ?? '')) return 'a requirement comes from no index';
    if (/\$\{[A-Z0-9_]+\}/.test(text)) return 'requirements.txt has a variable';
  }
  return undefined;
}
