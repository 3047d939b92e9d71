/** How a call of npm ended. */
export interface NpmFailure {
  readonly stdout: string;
  readonly stderr: string;
  readonly signal: NodeJS.Signals | null;
}

/** npm's own account of its failure (`npm --json`). */
export interface NpmError {
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
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

interface Facts {
  readonly error: NpmError;
  readonly stderr: string;
  /** Last address that answered with an error or not at all. */
  readonly url: string | undefined;
  readonly registry: string;
}

type Rule = readonly [code: RegExp, explain: (facts: Facts) => string];

const ACCESS = 'give the Pod a Secret with .npmrc in buildless.dev/registry';

/** By npm's code; the first that matches counts. Texts: what happened; what to do. */
const RULES: readonly Rule[] = [
  [
    /^E404$/,
    (facts) =>
      `${packageOf(facts)}: the registry ${originOf(facts)} answered 404: there is no such package or version, or it is private; correct package.json, or ${ACCESS}`,
  ],
  [
    /^(E401|E403|ENEEDAUTH|EOTP)$/,
    (facts) =>
      `${packageOf(facts)}: the registry ${originOf(facts)} answered ${facts.error.code.slice(1).replace('NEEDAUTH', '401')}: the credentials are missing, wrong or not allowed to read it; ${ACCESS}, or renew the token in it`,
  ],
  [
    /^E429$/,
    (facts) => `the registry ${originOf(facts)} answered 429: too many requests; wait, or use a mirror: ${ACCESS}`,
  ],
  [
    /^E4\d\d$/,
    (facts) =>
      `${packageOf(facts)}: the registry ${originOf(facts)} answered ${facts.error.code.slice(1)}; ${ACCESS}, or correct package.json`,
  ],
  [
    /^E5\d\d$/,
    (facts) =>
      `${packageOf(facts)}: the registry ${originOf(facts)} answered ${facts.error.code.slice(1)}; it is out of order, wait or ask its operator`,
  ],
  [/^ETARGET$/, (facts) => `${facts.error.summary.replace(/\.$/, '')}; correct the version in package.json`],
  [
    /^EINTEGRITY$/,
    (facts) =>
      `${packageOf(facts)}: integrity mismatch: the registry ${originOf(facts)} gave another content than the lock file has; do not trust it before you know why: compare with the package's publisher, then make the lock file anew with "npm install"`,
  ],
  [
    /^EUSAGE$/,
    () =>
      'package.json and the lock file do not match (the log names the packages); run "npm install" and put both files into the source',
  ],
  [
    /^ERESOLVE$/,
    (facts) =>
      `two packages need versions of a third that do not go together: ${firstLines(facts.error.detail, 6)}; choose versions that do, or add an "overrides" entry`,
  ],
  [
    /^(EBADENGINE|ENOTSUP)$/,
    (facts) =>
      `a package does not support this version of Node.js: ${facts.error.summary}; choose another version of it, or another buildless.dev/runtime`,
  ],
  [
    /^EBADPLATFORM$/,
    (facts) =>
      `a package does not support this platform: ${facts.error.summary}; choose another, or move it to optionalDependencies`,
  ],
  [
    /^(EJSONPARSE|EINVALIDPACKAGENAME|EUNSUPPORTEDPROTOCOL|EINVALIDTAGNAME)$/,
    (facts) => `package.json cannot be used: ${facts.error.summary}; correct it`,
  ],
  [
    /^(ENOSPC|EDQUOT)$/,
    () =>
      'the disk is full; have the administrator raise volumes.appSizeLimit and volumes.tmpSizeLimit of the configuration, or need fewer packages',
  ],
  [/^(ENOMEM|ENOBUFS)$/, () => OUT_OF_MEMORY],
  [
    /^(EACCES|EPERM|EROFS)$/,
    (facts) => `npm cannot write: ${facts.error.summary}; see that all containers of the Pod run as the same user`,
  ],
  [
    /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ESOCKETTIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|FETCH_ERROR|ENOTCACHED|EIDLETIMEOUT|ECONNECTIONTIMEOUT|ERESPONSETIMEOUT|ETRANSFERTIMEOUT)$/,
    (facts) =>
      `the registry ${originOf(facts)} cannot be reached (${facts.error.code}); see that it is up and that a NetworkPolicy or proxy lets the Pod reach it, or name another: ${ACCESS}`,
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/,
    (facts) =>
      `the certificate of the registry ${originOf(facts)} is not trusted (${facts.error.code}); put its authority into the .npmrc of buildless.dev/registry ("cafile" or "ca")`,
  ],
];

const OUT_OF_MEMORY =
  'npm ran out of memory; have the administrator raise install.resources (limits.memory) of the configuration, or need fewer packages';

/** Rules for what npm has no code for. */
const STDERR_RULES: readonly Rule[] = [
  [
    /ENOSPC|no space left on device/i,
    () =>
      'the disk is full; have the administrator raise volumes.appSizeLimit and volumes.tmpSizeLimit of the configuration',
  ],
  [/JavaScript heap out of memory/, () => OUT_OF_MEMORY],
  [
    /spawn git ENOENT|syscall spawn git|An unknown git error/,
    () =>
      "a dependency comes from Git, which the runtime's image cannot fetch; use a released version from a registry, or an archive by its https address",
  ],
  [
    /spawn (sh|bash|\/bin\/sh) ENOENT/,
    () => "an install script needs a shell, which the runtime's image does not have; use an image that has one",
  ],
  [
    /npm error path (\S+)[\s\S]*npm error command failed/,
    (facts) => {
      const folder = /npm error path (\S+)/.exec(facts.stderr)?.[1] ?? '';
      const name = folder.split('node_modules/').at(-1) ?? folder;
      return `the install script of ${name} failed (its output is in the log); see what it needs, or do without scripts by removing buildless.dev/install-scripts`;
    },
  ],
];

/**
 * Says in one sentence why npm failed and what to do.
 *
 * @param registry where packages come from when npm does not say it
 */
export function explainNpm(failure: NpmFailure, registry: string): string {
  // Not by us: the kernel, as the container reached its limit.
  if (failure.signal === 'SIGKILL')
    return OUT_OF_MEMORY.replace('ran out of memory', 'was killed, most likely as it ran out of memory');
  const error = parseNpmError(failure.stdout);
  const facts: Facts = { error, stderr: failure.stderr, url: failingUrl(failure.stderr), registry };
  const byCode = RULES.find(([pattern]) => pattern.test(error.code));
  if (byCode !== undefined) return byCode[1](facts);
  const byText = STDERR_RULES.find(([pattern]) => pattern.test(failure.stderr));
  if (byText !== undefined) return byText[1](facts);
  const last = failure.stderr.split('\n').findLast((line) => line.startsWith('npm error ')) ?? 'it gave no reason';
  return `npm failed: ${[error.code, error.summary === '' ? last : error.summary].filter((part) => part !== '').join(' ')}`;
}

/** `NAME` and `NAME@VERSION` that npm says does not exist; the registry is then asked which versions do. */
export function missingVersion(stdout: string): string | undefined {
  const { code, summary } = parseNpmError(stdout);
  return code === 'ETARGET' ? /for ((?:@[^/@\s]+\/)?[^@\s]+)@/.exec(summary)?.[1] : undefined;
}

/** `npm http fetch GET 401 URL 20ms` and `npm http fetch GET URL attempt 1 failed with ECONNREFUSED`. */
const HTTP_LINE = /^npm http fetch [A-Z]+ (?:(\d{3}) )?(\S+)/;

/** Whether a line reports a request that went well: of no interest in a log. */
export function isQuiet(line: string): boolean {
  if (line.startsWith('npm http cache ')) return true;
  const status = HTTP_LINE.exec(line)?.[1];
  return status !== undefined && Number(status) < 400;
}

function failingUrl(stderr: string): string | undefined {
  const lines = stderr.split('\n').filter((line) => HTTP_LINE.test(line) && !isQuiet(line));
  return HTTP_LINE.exec(lines.at(-1) ?? '')?.[2];
}

function originOf({ error, url, registry }: Facts): string {
  const address = /https?:\/\/[^\s,'")]+/.exec(error.summary)?.[0] ?? url ?? registry;
  return URL.canParse(address) ? new URL(address).origin : address;
}

function packageOf({ error, url }: Facts): string {
  const named = /'((?:@[^/'\s]+\/)?[^/'\s]+@[^'\s]*)'/.exec(error.detail)?.[1];
  if (named !== undefined) return named;
  const address = /https?:\/\/[^\s,'")]+/.exec(`${error.summary} ${url ?? ''}`)?.[0];
  if (address === undefined || !URL.canParse(address)) return 'a package';
  // NAME, @scope%2fNAME, or NAME/-/NAME-1.2.3.tgz.
  const steps = decodeURIComponent(new URL(address).pathname).split('/-/');
  const name = /(@[^/]+\/)?[^/]+$/.exec(steps[0] ?? '')?.[0] ?? 'a package';
  const archive = steps[1]
    ?.replace(/\.tgz$/, '')
    .split('/')
    .at(-1);
  return archive === undefined ? name : archive.replace(/^(.*?)-(\d.*)$/, `${name}@$2`);
}

const firstLines = (text: string, count: number): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(0, count)
    .join(', ');
