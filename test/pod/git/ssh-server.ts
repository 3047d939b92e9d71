import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';

export interface SshServer {
  /** `git+ssh://USER@127.0.0.1:PORT`, to be followed by the absolute path of a repository. */
  readonly source: string;
  /** What the Secret has to hold. */
  readonly secret: Readonly<Record<'ssh-privatekey' | 'known_hosts', string>>;
  readonly close: () => Promise<void>;
}

/** sshd is no program for a user's PATH, and insists on being started by its full path. */
export const SSHD = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']
  .map((folder) => path.join(folder, 'sshd'))
  .find((file) => existsSync(file));

/** A real sshd that lets the user of this process in by a key made for the occasion. */
export async function startSshServer(sshd: string, folder: string): Promise<SshServer> {
  const makeKey = (name: string): void => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(folder, name)]);
  };
  makeKey('host');
  makeKey('user');
  const user = userInfo();
  // Where sshd locks its unprivileged half in, as root.
  if (user.uid === 0) await mkdir('/run/sshd', { recursive: true });
  const port = await freePort();
  const settings = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/user.pub`,
    `PidFile ${folder}/pid`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    `SetEnv GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*`,
  ];
  await writeFile(path.join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  const server = spawn(sshd, ['-D', '-e', '-f', path.join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
      if (said.includes('Server listening')) resolve();
    });
    server.on('error', reject);
    server.on('exit', () => {
      reject(new Error(`sshd ended: ${said}`));
    });
  });
  const host = (await readFile(path.join(folder, 'host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  return {
    source: `git+ssh://${user.username}@127.0.0.1:${port}`,
    secret: {
      'ssh-privatekey': await readFile(path.join(folder, 'user'), 'utf8'),
      known_hosts: `[127.0.0.1]:${port} ${host}\n`,
    },
    close: async () => {
      const ended = new Promise((resolve) => server.once('close', resolve));
      server.kill();
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}
