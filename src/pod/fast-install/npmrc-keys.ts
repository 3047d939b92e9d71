import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/**
 * What bun reads of an .npmrc as npm does (bun.com/docs/pm/npmrc), and what changes nothing in an installation from a lock.
 */
const READ = [
  /^registry$/,
  /^@[^:]+:registry$/,
  /^\/\/.+:(_authToken|_auth|_password|username|email)$/,
  /^(audit|fund|progress|loglevel|update-notifier|save-exact|save-prefix|package-lock|engine-strict)$/,
];

/** @returns the first key of the files that means something to npm and not to bun */
export async function unknownNpmrcKey(files: readonly string[]): Promise<string | undefined> {
  for (const file of files.filter((name) => existsSync(name))) {
    for (const line of (await readFile(file, 'utf8')).split(/\r?\n/)) {
      const key = /^\s*([^;#=\s][^=]*?)\s*(?:=|$)/.exec(line)?.[1];
      if (key !== undefined && !READ.some((pattern) => pattern.test(key))) return key;
    }
  }
  return undefined;
}
