import type { GitReference } from '../../function/source.ts';

interface Explanation {
  readonly pattern: RegExp;
  readonly explain: (source: GitReference, credentials: boolean) => string;
}

const host = (source: GitReference): string => new URL(source.url).host;

/** What Git, curl and ssh print, in English as LC_ALL=C asks for, and what it means for a Function. The first match counts. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /No space left on device|Disk quota exceeded/,
    explain: () =>
      'the volume is full; name a smaller repository, or have the administrator raise volumes.appSizeLimit of the configuration',
  },
  {
    pattern: /Host key verification failed/,
    explain: (source) =>
      `the host key of ${host(source)} is not the one in "known_hosts" of the Secret; write what "ssh-keyscan ${host(source)}" prints there, once you have compared it with the one that the host publishes`,
  },
  {
    pattern: /No user exists for uid/,
    explain: () =>
      `ssh needs a name for user ${String(process.getuid?.())}, which the toolkit image does not have; set runAsUser to a user of that image, or use https`,
  },
  {
    pattern: /Permission denied \(|Load key .*(invalid format|error in libcrypto)/,
    explain: (source) =>
      `${host(source)} did not accept the key; see that "ssh-privatekey" of the Secret is a private key without a passphrase and that its public key may read ${source.url}`,
  },
  {
    pattern:
      /Authentication failed|could not read (Username|Password)|returned error: 40[13]|terminal prompts disabled/,
    explain: (source, credentials) =>
      credentials
        ? `${host(source)} did not accept "username" and "password" of the Secret for ${source.url}; see that the token is valid and may read the repository`
        : `${host(source)} asks for credentials for ${source.url}: it is private or does not exist; name a Secret in buildless.dev/source-auth, or correct the address`,
  },
  {
    pattern:
      /couldn't find remote ref|not our ref|unadvertised object|reference is not a tree|unknown revision|did not match any/,
    explain: (source) =>
      source.ref === undefined
        ? `the repository ${source.url} is empty`
        : `the repository ${source.url} has no branch, tag or commit "${source.ref}"; correct ref= in buildless.dev/source (a commit needs all its 40 digits)`,
  },
  {
    pattern:
      /repository .*not found|returned error: 404|does not appear to be a git repository|not valid: is this a git/i,
    explain: (source) =>
      `the repository ${source.url} does not exist, or it is not visible with these credentials; correct buildless.dev/source, or name a Secret in buildless.dev/source-auth`,
  },
  {
    pattern: /Could not resolve host|Name or service not known|Temporary failure in name resolution/i,
    explain: (source) => `the name ${host(source)} cannot be resolved; correct it, or see to the cluster's DNS`,
  },
  {
    pattern: /certificate|SSL|gnutls/i,
    explain: (source) =>
      `the certificate of ${host(source)} is not trusted; have the administrator put its authority into the toolkit image`,
  },
  {
    pattern:
      /Connection refused|timed out|Failed to connect|No route to host|Network is unreachable|too slow|Connection reset/i,
    explain: (source) =>
      `${host(source)} cannot be reached; see that it is up and that a NetworkPolicy or proxy lets the Pod reach it`,
  },
];

/** The server, the name service or the way to it, not what was asked for. */
const PASSING =
  /Could not resolve host|Temporary failure in name resolution|Connection refused|timed out|Failed to connect|No route to host|Network is unreachable|too slow|Connection reset|returned error: (?:429|5\d\d)|early EOF|hung up unexpectedly|No space left on device/i;

/** Whether another try may succeed. @param stderr of Git */
export const mayPass = (stderr: string): boolean => PASSING.test(stderr);

/**
 * Says in one sentence why Git failed, and what to do.
 *
 * @param stderr of Git, redacted
 */
export function explainGit(stderr: string, source: GitReference, credentials: boolean): string {
  const known = EXPLANATIONS.find(({ pattern }) => pattern.test(stderr));
  if (known !== undefined) return known.explain(source, credentials);
  const last = stderr.split('\n').findLast((line) => /^(fatal|error):/.test(line)) ?? stderr.trim().split('\n').at(-1);
  return `git could not read ${source.url}: ${last === undefined || last === '' ? 'it gave no reason' : last}`;
}
