import { readNpmrcFiles } from '../nodejs/install/npmrc.ts';

/**
 * What bun reads of an .npmrc as npm does (bun.com/docs/pm/npmrc), and what changes nothing in an installation from a lock.
 */
const READ = [
  /^registry$/,
  /^@[^:]+:registry$/,
  /^\/\/.+:(_authToken|_auth|_password|username|email)$/,
  /^(audit|fund|progress|loglevel|update-notifier|save-exact|save-prefix|package-lock|prefer-offline|always-auth)$/,
];

/** @returns what in the files means something to npm and not, or not the same, to bun */
export async function unknownToBun(files: readonly string[]): Promise<string | undefined> {
  const lines = await readNpmrcFiles(files);
  const key = lines.find((line) => !READ.some((pattern) => pattern.test(line.key)))?.key;
  if (key !== undefined) return key;
  // Variables of the container's environment: each has its own rules for those that are not set.
  return lines.some(({ value }) => value.includes('${')) ? 'a variable' : undefined;
}
