/** Systems whose repositories pip can install from (its vcs package), each with the schemes `SYSTEM+TRANSPORT`. */
const REPOSITORY = /^(git|hg|svn|bzr)\+[a-z-]+$/;

/** Scheme of a URL in lower case; undefined if the text is none. */
export const schemeOf = (text: string): string | undefined =>
  /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();

/** Git, hg, svn, bzr; undefined if the scheme is of no repository. */
export const repositorySystem = (scheme: string): string | undefined => REPOSITORY.exec(scheme)?.[1];

/** Schemes of what pip downloads as a file. */
export const isDownload = (scheme: string): boolean => scheme === 'http' || scheme === 'https' || scheme === 'ftp';

/** Whether pip takes a whole requirement for a URL (`is_url` in its vcs package). */
export function isUrl(text: string): boolean {
  const scheme = schemeOf(text);
  return scheme !== undefined && (isDownload(scheme) || scheme === 'file' || repositorySystem(scheme) !== undefined);
}

/** The parts of a URL that matter here; a string that is not a URL of the web has an empty host. */
export interface Address {
  /** With its port, in lower case, without credentials. */
  readonly host: string;
  readonly path: string;
  /** Behind "#". */
  readonly fragment: string;
}

/** By hand and not by `URL`, which knows nothing of git+https and would resolve `..` and percent signs. */
export function parseAddress(url: string): Address {
  const hash = url.indexOf('#');
  const fragment = hash === -1 ? '' : url.slice(hash + 1);
  const whole = hash === -1 ? url : url.slice(0, hash);
  const query = whole.indexOf('?');
  const bare = query === -1 ? whole : whole.slice(0, query);
  const slashes = bare.indexOf('://');
  if (slashes === -1) return { host: '', path: bare.slice(bare.indexOf(':') + 1), fragment };
  const begin = slashes + 3;
  const slash = bare.indexOf('/', begin);
  const authority = slash === -1 ? bare.slice(begin) : bare.slice(begin, slash);
  const path = slash === -1 ? '' : bare.slice(slash);
  return { host: authority.slice(authority.lastIndexOf('@') + 1).toLowerCase(), path, fragment };
}

/** `pkg` of `#egg=pkg`, by which old requirement lines name a package. */
export const eggName = (url: string): string | undefined => /[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)/.exec(url)?.[1];

/** Name of the package whose wheel an address or a path leads to. */
export function wheelName(path: string): string | undefined {
  const file = path.slice(path.lastIndexOf('/') + 1);
  return /^([A-Za-z0-9][A-Za-z0-9._]*)-[^-]+-(?:[^-]+-)?[^-]+-[^-]+-[^-]+\.whl$/i.exec(file)?.[1];
}

/** An address as a server gets it. */
export const withoutFragment = (url: string): string => url.split('#', 1)[0] ?? url;

/** An address as it may be shown and compared: without user and password. */
export function withoutUser(url: string): string {
  const begin = url.indexOf('://') + 3;
  if (begin === 2) return url;
  const end = url.slice(begin).search(/[/?#]/);
  const authority = end === -1 ? url.slice(begin) : url.slice(begin, begin + end);
  return url.slice(0, begin) + authority.slice(authority.lastIndexOf('@') + 1) + url.slice(begin + authority.length);
}

const HOST = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?$/;

/**
 * What makes programs read an address in two ways; undefined if nothing does. pip up to 24.0 takes the host in front of a backslash
 * (`https://evil.example:443\@pypi.org/`), others the one behind it.
 */
export function addressProblem(url: string): string | undefined {
  const odd = /[^\x21-\x7e]|[\\"<>^`|]/.exec(url)?.[0];
  if (odd !== undefined) return `an address must not hold the character ${JSON.stringify(odd)}`;
  const begin = url.indexOf('://');
  if (begin === -1 || /^(?:[a-z]+\+)?file:/i.test(url)) return undefined;
  const rest = url.slice(begin + 3);
  const end = rest.search(/[/?#]/);
  const authority = end === -1 ? rest : rest.slice(0, end);
  return HOST.test(authority.slice(authority.lastIndexOf('@') + 1))
    ? undefined
    : 'the host of an address must be a name or a number, with its port';
}
