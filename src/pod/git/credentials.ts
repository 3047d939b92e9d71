import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { GitReference } from '../../function/source.ts';
import { BUN_OPTIONS_VARIABLE } from '../../function/toolkit.ts';
import { environmentWithUserName } from './named-user.ts';
import { type Refusal, isRefusal, refuse } from '../program/refusal.ts';
import { openSecretFile } from './secret-file.ts';

/** How Git proves who it is, without a secret in an argument, an address or a variable. */
export interface GitCredentials {
  readonly env: Readonly<Record<string, string>>;
  /** What must not be printed. */
  readonly secrets: readonly string[];
  /** To be called when Git is done. */
  readonly close?: () => Promise<void>;
}

const EXPECTED = 'it needs "username" and "password" for https, or "ssh-privatekey" and "known_hosts" for ssh';

/**
 * Prepares the credentials of a Git source.
 *
 * @param auth folder of the mounted Secret; none for a public repository
 * @param scratch private folder for the files that Git and ssh need; no secret is written there
 */
export async function prepareCredentials(
  source: GitReference,
  auth: string | undefined,
  scratch: string,
): Promise<GitCredentials | Refusal> {
  if (new URL(source.url).protocol === 'ssh:') {
    if (auth === undefined) {
      return refuse(
        `${source.url} needs a key; name a Secret with "ssh-privatekey" and "known_hosts" in buildless.dev/source-auth`,
      );
    }
    return await prepareSsh(auth, scratch);
  }
  return auth === undefined ? { env: {}, secrets: [] } : await preparePassword(source, auth, scratch);
}

async function preparePassword(source: GitReference, auth: string, scratch: string): Promise<GitCredentials | Refusal> {
  const username = await readKey(auth, 'username');
  if (isRefusal(username)) return username;
  const password = await readKey(auth, 'password');
  if (isRefusal(password)) return password;
  const program = path.join(scratch, 'askpass.cjs');
  await writeFile(program, `#!${process.execPath}\n${ASKPASS}`, { mode: 0o700 });
  return {
    env: {
      ...BUN_OPTIONS_VARIABLE,
      GIT_ASKPASS: program,
      BUILDLESS_GIT_AUTH: auth,
      BUILDLESS_GIT_HOST: new URL(source.url).host,
    },
    secrets: [password.text.trim(), username.text.trim()],
  };
}

/**
 * Git calls it with a prompt such as `Password for 'https://user@host':` (gitcredentials(7)). It answers for the host
 * of the source only: a redirect must not carry the password elsewhere.
 */
const ASKPASS = `const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const prompt = process.argv[2] ?? '';
const address = /'([^']*)'/.exec(prompt)?.[1] ?? '';
if (!URL.canParse(address) || new URL(address).host !== process.env.BUILDLESS_GIT_HOST) process.exit(1);
const key = prompt.startsWith('Username') ? 'username' : 'password';
process.stdout.write(readFileSync(join(process.env.BUILDLESS_GIT_AUTH, key), 'utf8').trim() + '\\n');
`;

async function prepareSsh(auth: string, scratch: string): Promise<GitCredentials | Refusal> {
  const key = await readKey(auth, 'ssh-privatekey');
  if (isRefusal(key)) return key;
  const hosts = await readKey(auth, 'known_hosts');
  if (isRefusal(hosts)) return hosts;
  // ssh refuses a key that others can read, as a mounted Secret is, and one without a last newline.
  const keyFile = await openSecretFile(`${key.text.replaceAll('\r\n', '\n').trimEnd()}\n`);
  const options = [
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile="${path.join(auth, 'known_hosts')}"`,
    'GlobalKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PreferredAuthentications=publickey',
    'BatchMode=yes',
    'ConnectTimeout=15',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
  ];
  const command = ['ssh', '-F', '/dev/null', '-i', keyFile.path, ...options.flatMap((option) => ['-o', option])];
  return {
    // Git gives this to a shell.
    env: {
      GIT_SSH_COMMAND: command.map(quote).join(' '),
      GIT_SSH_VARIANT: 'ssh',
      ...(await environmentWithUserName(scratch)),
    },
    secrets: key.text.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----')),
    close: keyFile.close,
  };
}

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

async function readKey(auth: string, key: string): Promise<{ readonly text: string } | Refusal> {
  try {
    const text = await readFile(path.join(auth, key), 'utf8');
    return text.trim() === ''
      ? refuse(`the key "${key}" of the Secret in buildless.dev/source-auth is empty`)
      : { text };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return refuse(`the Secret in buildless.dev/source-auth has no key "${key}"; ${EXPECTED}`);
    }
    throw error;
  }
}
