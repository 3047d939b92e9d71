/** Credentials in the addresses that a source names: `https://USER:PASSWORD@HOST/`, `git+https://TOKEN@HOST/`. */

/** An address with a credential in it. */
export interface OpenAddress {
  /** Where it begins in the text. */
  readonly offset: number;
  /** Without the credential, to be shown. */
  readonly shown: string;
  /** In lower case, e.g. `git+https`. */
  readonly scheme: string;
  /** With its port. */
  readonly host: string;
}

/** What pip and npm fetch from; `-ihttps://` has an option of pip in front of it. */
const SCHEME = /(?:(?:git|hg|svn|bzr)\+)?(?:https?|ssh|git|ftp)$/i;
const LONGEST_SCHEME = 16;
/** Characters of an address that a message shows. */
const LONGEST_SHOWN = 200;

/**
 * Finds them in any text, be it one address or a line that has some.
 *
 * A user alone may be a token, except `git`, everyone's name at a Git host, and except over ssh, where keys open the door. A
 * variable of the environment (`${NAME}`) is none: it stands elsewhere.
 */
export function* openAddresses(text: string): Generator<OpenAddress> {
  for (let slashes = text.indexOf('://'); slashes !== -1; slashes = text.indexOf('://', slashes + 3)) {
    const authority = matchAt(/[^\s/?#]*/y, text, slashes + 3);
    const at = authority.lastIndexOf('@');
    const scheme = SCHEME.exec(text.slice(Math.max(0, slashes - LONGEST_SCHEME), slashes))?.[0] ?? '';
    if (at === -1 || !isCredential(authority.slice(0, at), scheme.toLowerCase())) continue;
    const offset = slashes - scheme.length;
    const shown = `${text.slice(offset, slashes)}://***@${shownOf(text, slashes + 3 + at + 1)}`;
    yield { offset, shown, scheme: scheme.toLowerCase(), host: authority.slice(at + 1) };
  }
}

/** The rest of an address; a line may hold thousands of them, each up to the line's end. */
function shownOf(text: string, from: number): string {
  const rest = matchAt(/[^\s"']*/y, text.slice(from, from + LONGEST_SHOWN), 0);
  // A credential has no slash in it: what is cut off in the middle of one is left out.
  return rest.length < LONGEST_SHOWN
    ? hideCredentials(rest)
    : `${hideCredentials(rest.slice(0, rest.lastIndexOf('/') + 1))}…`;
}

/** Whether a string has one. */
export const holdsCredential = (text: string): boolean =>
  openAddresses(text).next().done !== true || shortcuts(text).next().done !== true;

/** Hides what is before a host in a string that people and logs read. "git@" is not a secret. */
export function hideCredentials(text: string): string {
  const shown = text.replace(/:\/\/(?!git@[^\s/@]*(?:[\s/]|$))[^\s/]+@/g, '://***@');
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of shortcuts(shown)) {
    parts.push(shown.slice(from, start), '***');
    from = end;
  }
  return from === 0 ? shown : parts.join('') + shown.slice(from);
}

/**
 * `github:USER:TOKEN@owner/repository`, as npm's hosted-git-info reads it: where USER begins, and the "@" after it. The end is
 * looked for once, however many beginnings come before it.
 */
function* shortcuts(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let end = -1;
  let hidden = 0;
  for (const { index, 0: beginning } of text.matchAll(/\b(?:github|gitlab|bitbucket|gist):/g)) {
    const start = index + beginning.length;
    if (start < hidden) continue;
    if (end < start) end = start + matchAt(/[^\s/@]*/y, text, start).length;
    if (end === start || text.charAt(end) !== '@') continue;
    yield { start, end };
    hidden = end;
  }
}

function isCredential(user: string, scheme: string): boolean {
  if (/\$\{[^${}]+\}/.test(user)) return false;
  const colon = user.indexOf(':');
  if (colon !== -1 && colon < user.length - 1) return true;
  const name = colon === -1 ? user : user.slice(0, colon);
  return name !== '' && name !== 'git' && !/(?:^|\+)ssh$/.test(scheme);
}

/** @param pattern sticky, and one that matches the empty text */
function matchAt(pattern: RegExp, text: string, from: number): string {
  pattern.lastIndex = from;
  return pattern.exec(text)?.[0] ?? '';
}
