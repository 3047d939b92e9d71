import { readNpmrcFiles } from '../nodejs/install/npmrc.ts';

/**
 * What bun reads of an .npmrc as npm does (bun.com/docs/pm/npmrc), and what changes nothing in an installation from a lock.
 */
const READ = [
  /^registry$/,
  /^@[^:]+:registry$/,
  /^\/\/.+:(_authToken|_auth|_password|username|email)$/,
  /^(audit|fund|progress|loglevel|update-notifier|save-exact|save-prefix|package-lock|prefer-offline|always-auth)$/,
  /^(fetch-retries|fetch-retry-(factor|mintimeout|maxtimeout)|fetch-timeout|maxsockets|color)$/,
];

/** @returns what in the files means something to npm and not, or not the same, to bun */
export async function unknownToBun(files: readonly string[]): Promise<string | undefined> {
  const read = await readNpmrcFiles(files);
  const settings = read.flatMap((file) => file.settings);
  const unknown = settings.find(({ key, listed }) => listed || !READ.some((pattern) => pattern.test(key)));
  if (unknown !== undefined) return unknown.listed ? `${unknown.key}[]` : unknown.key;
  if (read.some(({ oddities }) => oddities.length > 0)) return 'a heading, or JSON in quotes';
  // Variables of the container's environment: each has its own rules for those that are not set.
  return settings.some(({ value }) => value.includes('${')) ? 'a variable' : undefined;
}
