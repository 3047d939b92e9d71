/**
 * `.npmrc` as npm reads it: lines, quotes and comments as its `ini` package has them (lib/ini.js, the same in npm 10 to 12),
 * which tells no places; variables as its `@npmcli/config` has them (lib/env-replace.js).
 */

/** At the top of the source, where npm is run; those of folders below are not read. */
export const NPMRC = '.npmrc';

interface NpmrcPlace {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units as editors count. */
  readonly column: number;
}

/** A line that sets something. */
export interface NpmrcSetting extends NpmrcPlace {
  /** Without quotes, and without the `[]` that makes a list. */
  readonly key: string;
  /** Without quotes; a key alone means `true`. */
  readonly value: string;
  /** One of a list: `KEY[] = VALUE`. */
  readonly listed: boolean;
}

/** A line that ini has a meaning for and npm has not. */
export interface NpmrcOddity extends NpmrcPlace {
  readonly kind: 'heading' | 'json';
}

/** If there is no file there are none of either. */
export interface Npmrc {
  /** In the order of the file; where two set one key, npm takes the last. */
  readonly settings: readonly NpmrcSetting[];
  readonly oddities: readonly NpmrcOddity[];
}

/** Alternatives: `[heading]`; `key`, `key =`, `key = value`. A line that is neither counts for nothing. */
const LINE = /^\[[^\]]*\]\s*$|^([^=]+)(?:=(.*))?$/;

export function readNpmrc(content: Uint8Array | undefined): Npmrc {
  if (content === undefined) return { settings: [], oddities: [] };
  const text = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8');
  const settings: NpmrcSetting[] = [];
  const oddities: NpmrcOddity[] = [];
  for (const [index, line] of text.split(/\r\n?|\n/).entries()) {
    const match = /^\s*(?:[;#]|$)/.test(line) ? null : LINE.exec(line);
    if (match === null) continue;
    const place = { line: index + 1, column: line.length - line.trimStart().length + 1 };
    const [, key, value] = match;
    if (key === undefined) {
      oddities.push({ ...place, kind: 'heading' });
      // All that follows belongs to this heading or to the next.
      break;
    }
    const read = settingOf(key, value);
    if (read === undefined) oddities.push({ ...place, kind: 'json' });
    // Which ini passes over.
    else if (read.key !== '__proto__') settings.push({ ...place, ...read });
  }
  return { settings, oddities };
}

/** @returns undefined if quotes make one of the two a list, an object or null */
function settingOf(rawKey: string, rawValue: string | undefined): Omit<NpmrcSetting, keyof NpmrcPlace> | undefined {
  const key = unquote(rawKey);
  const value = rawValue === undefined ? 'true' : unquote(rawValue);
  if (key === undefined || value === undefined) return undefined;
  const listed = key.length > 2 && key.endsWith('[]');
  return { key: listed ? key.slice(0, -2) : key, value, listed };
}

/** A value in quotes is JSON if it can be: `'true'` is true, `'["a"]'` a list, `'a'` the text a. */
function unquote(raw: string): string | undefined {
  const text = raw.trim();
  if (!isQuoted(text)) return withoutComment(text);
  const inner = text.startsWith("'") ? text.slice(1, -1) : text;
  try {
    const value: unknown = JSON.parse(inner);
    if (typeof value === 'string') return value;
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  } catch {
    return inner;
  }
}

const isQuoted = (text: string): boolean =>
  (text.startsWith('"') && text.endsWith('"')) || (text.startsWith("'") && text.endsWith("'"));

/** Up to the first `;` or `#`; a backslash before one of these, or before a backslash, makes it a character like others. */
function withoutComment(text: string): string {
  let kept = '';
  let from = 0;
  for (const { 0: found, index } of text.matchAll(/\\[\\;#]|[;#]/g)) {
    kept += text.slice(from, index);
    if (found.length === 1) return kept.trim();
    kept += found.charAt(1);
    from = index + found.length;
  }
  return (kept + text.slice(from)).trim();
}

/**
 * The first variable of the environment that npm puts its value in place of: `${NAME}`, or `${NAME?}` for one that may be
 * missing. An odd number of backslashes before it keeps it as it is.
 */
export function variableIn(text: string): string | undefined {
  for (const [, escapes = '', name] of text.matchAll(/(?<!\\)(\\*)\$\{([^${}]+)\}/g)) {
    if (escapes.length % 2 === 0) return name?.replace(/\?$/, '');
  }
  return undefined;
}

/** `//HOST/:_authToken`, and the same without a host, which npm refuses since version 9 and which is a secret all the same. */
const CREDENTIAL = /(?:^|:)_(authToken|auth|password)$/i;

/** What of a setting must not be read by others, in each form that it may be printed in. */
export function secretsOf({ key, value }: Pick<NpmrcSetting, 'key' | 'value'>): readonly string[] {
  const kind = key === 'key' ? 'key' : CREDENTIAL.exec(key)?.[1]?.toLowerCase();
  return [...(kind === undefined || value === '' ? [] : formsOf(kind, value)), ...secretsOfUrl(value)];
}

/** npm keeps a password, and `user:password`, in base64. */
function formsOf(kind: string, value: string): readonly string[] {
  if (kind === 'authtoken' || kind === 'key') return [value];
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  return kind === 'auth' ? [value, decoded, decoded.slice(decoded.indexOf(':') + 1)] : [value, decoded];
}

/** Password of an address; a user alone may be a token. */
export function secretsOfUrl(value: string): readonly string[] {
  if (!URL.canParse(value)) return [];
  const { username, password } = new URL(value);
  const secret = password === '' ? username : password;
  if (secret === '') return [];
  try {
    return [secret, decodeURIComponent(secret)];
  } catch {
    // A percent sign that stands for itself.
    return [secret];
  }
}
