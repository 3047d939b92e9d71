import { isJsonObject } from '../../../json/object.ts';

/** How a call of npm ended. */
export interface NpmFailure {
  readonly stdout: string;
  readonly stderr: string;
  readonly signal: NodeJS.Signals | null;
}

/** npm's own account of its failure (`npm --json`). */
interface NpmError {
  readonly code: string;
  readonly summary: string;
  readonly detail: string;
}

/** Reads what `npm --json` prints on failure. */
export function parseNpmError(stdout: string): NpmError {
  const parsed = parseJson(stdout.slice(Math.max(stdout.indexOf('{'), 0)));
  const error = field(parsed, 'error');
  const text = (name: string): string => {
    const value = field(error, name);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return { code: text('code'), summary: text('summary'), detail: text('detail') };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** What is known of a failure. */
export interface Facts {
  readonly error: NpmError;
  readonly stderr: string;
  /** Last address that answered with an error or not at all. */
  readonly url: string | undefined;
  readonly registry: string;
  /** Those that exist of a package, oldest first, where npm asked for one that does not. */
  readonly versions: readonly string[];
  /** What the lock file has, by integrity. */
  readonly packages: ReadonlyMap<string, string>;
}

/** `NAME` and `NAME@VERSION` that npm says does not exist; the registry is then asked which versions do. */
export function missingVersion(stdout: string): string | undefined {
  const { code, summary } = parseNpmError(stdout);
  return code === 'ETARGET' ? /for ((?:@[^/@\s]+\/)?[^@\s]+)@/.exec(summary)?.[1] : undefined;
}

/** `npm http fetch GET 401 URL 20ms` and `npm http fetch GET URL attempt 1 failed with ECONNREFUSED`. */
const HTTP_LINE = /^npm http fetch [A-Z]+ (?:(\d{3}) )?(\S+)/;

/** How the help of `npm ci` begins. */
const HELP = ['npm error Clean install a project', 'npm error Usage:'];

/**
 * Chooses the lines of npm that belong into a log. npm prints the whole help of its subcommand if package.json and the lock do
 * not match; the lines before it have the reason.
 *
 * @returns a function to be called with each line, in order
 */
export function loggedLines(): (line: string) => boolean {
  let isHelp = false;
  return (line) => {
    isHelp ||= HELP.includes(line);
    return !isHelp && line !== 'npm error' && !isQuiet(line);
  };
}

/** Whether a line is of no interest in a log: a request that went well, and what our own settings bring about. */
export function isQuiet(line: string): boolean {
  if (line.startsWith('npm http cache ') || line.includes('due to the config logs-max')) return true;
  const status = HTTP_LINE.exec(line)?.[1];
  return status !== undefined && Number(status) < 400;
}

/**
 * What npm could not write of a package. It only warns of that, and ends with status 0 though the package is not whole
 * (seen with a full disk, npm 11.19). ENOENT is not such a case: npm takes the folder of an optional package away while it
 * is still being unpacked.
 */
export const brokenUnpacking = (stderr: string): string | undefined =>
  /^npm warn tar TAR_ENTRY_ERROR ((?!ENOENT).*)$/im.exec(stderr)?.[1];

export function failingUrl(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => HTTP_LINE.test(line) && !isQuiet(line));
  return HTTP_LINE.exec(lines.at(-1) ?? '')?.[2];
}

export function originOf({ error, url, registry }: Facts): string {
  const address = /https?:\/\/[^\s,'")]+/.exec(error.summary)?.[0] ?? url ?? registry;
  return URL.canParse(address) ? new URL(address).origin : address;
}

export function packageOf({ error, url }: Facts): string {
  const named = /'((?:@[^/'\s]+\/)?[^/@'\s]+@[^'\s]*)'/.exec(error.detail)?.[1];
  if (named !== undefined) return named;
  const address = /https?:\/\/[^\s,'")]+/.exec(`${error.summary} ${url ?? ''}`)?.[0];
  if (address === undefined || !URL.canParse(address)) return 'a package';
  // NAME, @scope%2fNAME, or NAME/-/NAME-1.2.3.tgz.
  const [path = '', file] = decodeURIComponent(new URL(address).pathname).split('/-/');
  const [scope = '', last = ''] = ['', ...path.split('/')].slice(-2);
  const name = last === '' ? 'a package' : scope.startsWith('@') ? `${scope}/${last}` : last;
  const archive = file
    ?.replace(/\.tgz$/, '')
    .split('/')
    .at(-1);
  return archive === undefined ? name : archive.replace(/^(.*?)-(\d.*)$/, `${name}@$2`);
}

/** Versions and differences that a message lists at most. */
const LISTED = 10;

export function listVersions(versions: readonly string[]): string {
  if (versions.length === 0) return '';
  const title = versions.length > LISTED ? `the last ${LISTED} of ${versions.length}` : 'there are';
  return ` (${title}: ${versions.slice(-LISTED).join(', ')})`;
}

export function lockDifferences({ error, stderr }: Facts): string {
  const found = [...`${error.detail}\n${stderr}`.matchAll(/(?:Missing|Invalid): (.+)/g)].map(([whole]) => whole);
  const lines = [...new Set(found)].slice(0, LISTED);
  return lines.length === 0 ? '' : `: ${lines.join('; ')}`;
}

/** What of Node.js or npm a package needs. npm calls a package of a lock file "undefined": it only knows the name of others. */
export function engineOf({ error }: Facts): string {
  const named = /^Not compatible with your version of node\/npm: (\S+)$/m.exec(
    `${error.detail}\n${error.summary}`,
  )?.[1];
  const name = named === undefined || named === 'undefined' ? 'a package' : named;
  const needed = /^Required: (\S.*)$/m.exec(error.detail)?.[1];
  const present = /^Actual: +(\S.*)$/m.exec(error.detail)?.[1];
  return `${name} does not support this version of Node.js or npm${needed === undefined ? '' : `: it needs ${needed}`}${present === undefined ? '' : `, and this is ${present}`}`;
}

/** npm prints the whole tree of reasons; these two lines are its root. */
export function conflictOf(detail: string): string {
  const present = /^Found: (.+)$/m.exec(detail)?.[1];
  const wish = /^[ \t]*peer (?:Optional )?(\S+) from (\S+)/m.exec(detail);
  return present === undefined || wish === null
    ? 'see the log'
    : `${wish[2]} needs ${wish[1]}, and ${present} is there`;
}

/** npm names the content that it wanted, not the package. */
export function corruptPackage({ error, packages }: Facts): string {
  const wanted = /wanted (\S+)/.exec(error.summary)?.[1] ?? /^(sha\d+-\S+) integrity/.exec(error.summary)?.[1];
  return packages.get(wanted ?? '') ?? 'a package';
}
