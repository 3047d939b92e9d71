import {
  conflictOf,
  corruptPackage,
  engineOf,
  type Facts,
  failingUrl,
  listVersions,
  lockDifferences,
  type NpmFailure,
  originOf,
  packageOf,
  parseNpmError,
} from './npm-report.ts';

type Rule = readonly [code: RegExp, explain: (facts: Facts) => string];

const ACCESS = 'give the Pod a Secret with .npmrc in buildless.dev/registry';

/** By npm's code; the first that matches counts. Texts: what happened; what to do. */
const RULES: readonly Rule[] = [
  [
    /^E404$/,
    (facts) =>
      `${packageOf(facts)}: the registry ${originOf(facts)} answered 404: the package or version does not exist, or it is private; correct package.json, or ${ACCESS}`,
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
  [
    /^ETARGET$/,
    (facts) =>
      `${facts.error.summary.replace(/\.$/, '')} in the registry ${originOf(facts)}${listVersions(facts.versions)}; correct the version in package.json`,
  ],
  [
    /^EINTEGRITY$/,
    (facts) =>
      `${corruptPackage(facts)}: integrity mismatch: the registry ${originOf(facts)} gave another content than the lock file has; do not trust it before you know why: compare with the package's publisher, then write the lock file again with "npm install"`,
  ],
  [
    /^EUSAGE$/,
    (facts) =>
      `package.json and the lock file do not match${lockDifferences(facts)}; write the lock again ("buildless lock", or npm install --package-lock-only), and put both files into the source`,
  ],
  [
    /^ERESOLVE$/,
    (facts) =>
      `two packages need versions of a third that do not go together: ${conflictOf(facts.error.detail)}; choose versions that do, or add an "overrides" entry`,
  ],
  [
    /^(EBADENGINE|ENOTSUP)$/,
    (facts) => `${engineOf(facts)}; choose another version of it, or another buildless.dev/runtime`,
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
  [/^(ENOSPC|EDQUOT)$/, () => DISK_FULL],
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

const DISK_FULL =
  'the disk is full; have the administrator raise volumes.appSizeLimit and volumes.tmpSizeLimit of the configuration, or need fewer packages';

const OUT_OF_MEMORY =
  'npm ran out of memory; have the administrator raise install.resources (limits.memory) of the configuration, or need fewer packages';

/** Rules for what npm has no code for. */
const STDERR_RULES: readonly Rule[] = [
  [/ENOSPC|no space left on device/i, () => DISK_FULL],
  [/JavaScript heap out of memory/, () => OUT_OF_MEMORY],
  [
    /spawn git ENOENT|syscall spawn git/,
    () =>
      "a dependency comes from Git, and the runtime's image has no git; use a released version from a registry, or an archive by its https address",
  ],
  [
    /An unknown git error/,
    (facts) =>
      `a dependency comes from a Git repository that cannot be read: ${/npm error fatal: (.*)/.exec(facts.stderr)?.[1] ?? 'see the log'}; use a released version from a registry`,
  ],
  [
    /spawn (sh|bash|\/bin\/sh) ENOENT/,
    () => "an install script needs a shell, which the runtime's image does not have; use an image that has one",
  ],
  [
    /npm error command failed/,
    (facts) => {
      const folder = /npm error path (\S+)/.exec(facts.stderr)?.[1] ?? 'a package';
      const name = folder.split('node_modules/').at(-1) ?? folder;
      return `the install script of ${name} failed (its output is in the log); see what it needs, or do without scripts by removing buildless.dev/install-scripts`;
    },
  ],
];

/** @param error as `brokenUnpacking` finds it */
export function explainUnpacking(error: string): string {
  return /ENOSPC|EDQUOT/.test(error)
    ? DISK_FULL
    : `npm could not unpack every file of a package: ${error}; see the log`;
}

/** Says in one sentence why npm failed and what to do. */
export function explainNpm(failure: NpmFailure, known: Pick<Facts, 'registry' | 'versions' | 'packages'>): string {
  if (failure.signal === 'SIGKILL') {
    // Not by us: the kernel, as the container reached its limit.
    return OUT_OF_MEMORY.replace('ran out of memory', 'was killed, most likely as it ran out of memory');
  }
  const error = parseNpmError(failure.stdout);
  const facts: Facts = { ...known, error, stderr: failure.stderr, url: failingUrl(failure.stderr) };
  const byCode = RULES.find(([pattern]) => pattern.test(error.code));
  if (byCode !== undefined) return byCode[1](facts);
  const byText = STDERR_RULES.find(([pattern]) => pattern.test(failure.stderr));
  if (byText !== undefined) return byText[1](facts);
  const last = failure.stderr.split('\n').findLast((line) => line.startsWith('npm error ')) ?? 'it gave no reason';
  return `npm failed: ${[error.code, error.summary === '' ? last : error.summary].filter((part) => part !== '').join(' ')}`;
}
