import { execFileSync } from 'node:child_process';
import { readFile, stat, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitServer, type GitServerOptions, Repository, startGitServer } from './git-server.ts';
import { bundlePodPrograms, Folders, listTree, type RunEnd, PREPARE, runInPod, writeTree } from '../pod-programs.ts';
import { type SshServer, SSHD, startSshServer } from './ssh-server.ts';

const folders = new Folders();
const servers: (GitServer | SshServer)[] = [];
let programs = '';
let repositories = '';
let repository: Repository;
let open: GitServer;
let first = '';
let second = '';

const PASSWORD = 'p4ss/w0rd&with=signs';

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  repositories = await folders.open('repositories');
  repository = new Repository(repositories, 'orders');
  first = await repository.commit({ 'handler.js': 'export const main = () => 1;\n', '.npmrc': 'save-exact=true\n' });
  repository.git('tag', 'v1');
  second = await repository.commit({
    'handler.js': 'export const main = () => 2;\n',
    'functions/pay/handler.js': 'export const main = () => "pay";\n',
    'functions/pay/.env': 'A=1\n',
  });
  repository.git('checkout', '--quiet', '-b', 'feature/x');
  await repository.commit({ 'handler.js': 'export const main = () => 3;\n' });
  repository.git('checkout', '--quiet', 'main');
  open = await serve();
});
afterAll(async () => {
  for (const server of servers) await server.close();
  await folders.removeAll();
});

async function serve(options: GitServerOptions = {}): Promise<GitServer> {
  const server = await startGitServer(repositories, options);
  servers.push(server);
  return server;
}

async function serveSsh(sshd: string): Promise<SshServer> {
  const server = await startSshServer(sshd, await folders.open('sshd'));
  servers.push(server);
  return server;
}

/** A user with a name, where this process may choose: ssh does not run for one without. */
const NOBODY = { uid: 65534, gid: 65534 };

interface Call {
  readonly user?: { readonly uid: number; readonly gid: number };
  readonly source: string;
  readonly server?: GitServer;
  readonly auth?: string;
  readonly flags?: readonly string[];
}

async function prepare({
  source,
  server = open,
  auth,
  flags = [],
  user,
}: Call): Promise<RunEnd & { readonly root: string }> {
  const root = await folders.open('root');
  const common = ['--language=nodejs', '--level=no-latest', `--root=${root}`, '--from=/nowhere'];
  const end = await runInPod({
    command: PREPARE.command,
    args: [
      ...PREPARE.options,
      path.join(programs, 'prepare.mjs'),
      `--source=${source}`,
      ...common,
      ...(auth === undefined ? [] : [`--auth=${auth}`]),
      ...flags,
    ],
    env: { GIT_SSL_CAINFO: server.authority },
    ...(user !== undefined && { user }),
  });
  return { ...end, root };
}

async function secret(keys: Readonly<Record<string, string>>): Promise<string> {
  const folder = await folders.open('secret');
  await writeTree(folder, keys);
  return folder;
}

const handlerOf = async (root: string): Promise<string> =>
  await readFile(path.join(root, 'function/handler.js'), 'utf8');

describe('prepare with a Git repository', () => {
  it('takes the default branch where no ref is given, logs the commit and leaves .git out', async () => {
    const { code, output, root } = await prepare({
      source: `${open.source}orders.git`,
      flags: ['--handler=handler.main'],
    });

    expect(output).toContain(`commit ${second}`);
    expect(code).toBe(0);
    expect(await listTree(path.join(root, 'function'))).toEqual([
      '.npmrc',
      'functions/pay/.env',
      'functions/pay/handler.js',
      'handler.js',
    ]);
    expect((await stat(path.join(root, 'function/handler.js'))).mode & 0o777).toBe(0o644);
  });

  it.each([
    ['a branch', 'feature/x', '3'],
    ['a tag', 'v1', '1'],
  ])('takes %s', async (_name, ref, answer) => {
    const { code, root } = await prepare({ source: `${open.source}orders.git?ref=${ref}` });
    expect(code).toBe(0);
    expect(await handlerOf(root)).toBe(`export const main = () => ${answer};\n`);
  });

  it('takes a commit that no branch or tag points at', async () => {
    const lone = new Repository(repositories, 'history');
    const wanted = await lone.commit({ 'handler.js': 'old\n' });
    await lone.commit({ 'handler.js': 'new\n' });

    const { code, root, output } = await prepare({ source: `${open.source}history.git?ref=${wanted}` });

    expect(output).toContain(`commit ${wanted}`);
    expect(code).toBe(0);
    expect(await handlerOf(root)).toBe('old\n');
  });

  it('takes a commit from a server that gives only branches and tags', async () => {
    const server = await serve({ protocol: 'first' });
    const lone = new Repository(repositories, 'hidden');
    const wanted = await lone.commit({ 'handler.js': 'old\n' });
    await lone.commit({ 'handler.js': 'new\n' });

    const { code, root, output } = await prepare({ source: `${server.source}hidden.git?ref=${wanted}`, server });

    expect(output).toContain('does not offer this commit; fetching all branches and tags');
    expect(code).toBe(0);
    expect(await handlerOf(root)).toBe('old\n');
  });

  it('takes a branch from a server of plain files', async () => {
    const server = await serve({ protocol: 'dumb' });
    execFileSync('git', ['-c', 'safe.directory=*', 'update-server-info'], { cwd: repository.path });
    const { code, root, output } = await prepare({ source: `${server.source}orders.git?ref=main`, server });
    expect(output).toContain('cannot give a single commit');
    expect(code).toBe(0);
    expect(await handlerOf(root)).toBe('export const main = () => 2;\n');
  });

  it('takes one folder of the repository', async () => {
    const { code, root } = await prepare({ source: `${open.source}orders.git?ref=${first}&dir=functions/pay` });
    expect(code).toBe(1);
    const { code: found, root: there } = await prepare({ source: `${open.source}orders.git?dir=functions/pay` });
    expect(found).toBe(0);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
    expect(await listTree(path.join(there, 'function'))).toEqual(['.env', 'handler.js']);
  });

  it('does not follow submodules or Git LFS, and says so', async () => {
    const modules = new Repository(repositories, 'modules');
    await modules.commit({
      'handler.js': '',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://git.example/x.git\n',
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
    });
    const { code, output } = await prepare({ source: `${open.source}modules.git` });
    expect(code).toBe(0);
    expect(output).toContain('submodules are not fetched');
    expect(output).toContain('Git LFS, which is not fetched');
  });

  it('refuses a folder that is a link out of the repository', async () => {
    const links = new Repository(repositories, 'links');
    await symlink('/etc', path.join(repositories, 'links-work/out'));
    await links.commit({ 'handler.js': '' });
    const { code, termination } = await prepare({ source: `${open.source}links.git?dir=out` });
    expect(code).toBe(1);
    expect(termination).toContain('has no folder "out"');
  });

  it('judges the dependencies, which admission could not see', async () => {
    const floating = new Repository(repositories, 'floating');
    await floating.commit({ 'handler.js': '', 'package.json': '{"dependencies":{"axios":"latest"}}' });
    const { code, termination } = await prepare({ source: `${open.source}floating.git`, flags: ['--install'] });
    expect(code).toBe(1);
    expect(termination).toMatch(/package\.json.*axios/);
  });

  it('runs no program that the repository or its files ask for', async () => {
    const marker = path.join(await folders.open('marker'), 'ran');
    const hooked = new Repository(repositories, 'hooked');
    await hooked.commit({
      'handler.js': '',
      '.gitattributes': '* filter=evil\n',
      '.gitconfig': `[filter "evil"]\n\tsmudge = touch ${marker}\n`,
    });
    const { code } = await prepare({ source: `${open.source}hooked.git` });
    expect(code).toBe(0);
    expect(existsSync(marker)).toBe(false);
  });
});

describe('prepare where Git fails', () => {
  it('names a ref that is not there', async () => {
    const { code, termination } = await prepare({ source: `${open.source}orders.git?ref=nowhere` });
    expect(code).toBe(1);
    expect(termination).toContain('has no branch, tag or commit "nowhere"');
  });

  it('names a commit that is not there', async () => {
    const commit = '0123456789012345678901234567890123456789';
    const { code, termination } = await prepare({ source: `${open.source}orders.git?ref=${commit}` });
    expect(code).toBe(1);
    expect(termination).toContain(`has no branch, tag or commit "${commit}"`);
  });

  it('names a repository that is not there', async () => {
    const { code, termination } = await prepare({ source: `${open.source}nothing.git` });
    expect(code).toBe(1);
    expect(termination).toContain(`the repository ${open.origin}/nothing.git does not exist`);
  });

  it('says that the server cannot be reached', async () => {
    const { code, termination } = await prepare({ source: 'git+https://127.0.0.1:1/orders.git' });
    expect(code).toBe(1);
    expect(termination).toContain('127.0.0.1:1 cannot be reached');
  });

  it('trusts no certificate that it cannot check', async () => {
    const other = await serve();
    const folder = await folders.open('authority');
    execFileSync('cp', [open.authority, path.join(folder, 'authority.pem')]);
    const root = await folders.open('root');
    const { code, termination } = await runInPod({
      command: PREPARE.command,
      args: [
        ...PREPARE.options,
        path.join(programs, 'prepare.mjs'),
        `--source=${other.source}orders.git`,
        '--language=nodejs',
        '--level=off',
        `--root=${root}`,
      ],
    });
    expect(code).toBe(1);
    expect(termination).toContain('is not trusted');
  });

  it('asks for the toolkit image where there is no git', async () => {
    const root = await folders.open('root');
    const { code, termination } = await runInPod({
      command: PREPARE.command,
      args: [
        ...PREPARE.options,
        path.join(programs, 'prepare.mjs'),
        '--source=git+https://git.example/orders.git',
        '--language=nodejs',
        '--level=off',
        `--root=${root}`,
      ],
      env: { PATH: root },
    });
    expect(code).toBe(1);
    expect(termination).toContain('has no git');
  });
});

describe('prepare with credentials for https', () => {
  it('reads a private repository, with nothing secret in the log', async () => {
    const server = await serve({ username: 'deploy', password: PASSWORD });
    const auth = await secret({ username: 'deploy\n', password: `${PASSWORD}\n` });
    const { code, output } = await prepare({ source: `${server.source}orders.git`, server, auth });
    expect(code).toBe(0);
    expect(server.credentials.length).toBeGreaterThan(0);
    expect(output).not.toContain(PASSWORD);
    expect(output).not.toContain(encodeURIComponent(PASSWORD));
  });

  it('says that the password is wrong without showing it', async () => {
    const server = await serve({ username: 'deploy', password: PASSWORD });
    const auth = await secret({ username: 'deploy-user', password: 'wr0ng-p4ss' });
    const { code, output, termination } = await prepare({ source: `${server.source}orders.git`, server, auth });
    expect(code).toBe(1);
    expect(termination).toContain('did not accept "username" and "password" of the Secret');
    expect(output).not.toContain('wr0ng-p4ss');
    expect(output).not.toContain('deploy-user');
  });

  it('says that a private repository needs a Secret', async () => {
    const server = await serve({ username: 'deploy', password: PASSWORD });
    const { code, termination } = await prepare({ source: `${server.source}orders.git`, server });
    expect(code).toBe(1);
    expect(termination).toContain('asks for credentials');
    expect(termination).toContain('name a Secret in buildless.dev/source-auth');
  });

  it('names the key that the Secret lacks', async () => {
    const auth = await secret({ username: 'deploy' });
    const { code, termination } = await prepare({ source: `${open.source}orders.git`, auth });
    expect(code).toBe(1);
    expect(termination).toContain('has no key "password"');
  });

  it('gives the password to no other host, even when redirected there', async () => {
    const other = await serve({ username: 'deploy', password: PASSWORD });
    const server = await startGitServer(await folders.open('redirecting'), { redirectTo: other.origin });
    servers.push(server);
    const both = path.join(await folders.open('authorities'), 'both.pem');
    execFileSync('sh', ['-c', 'cat "$0" "$1" > "$2"', server.authority, other.authority, both]);
    const auth = await secret({ username: 'deploy', password: PASSWORD });

    const { code } = await prepare({
      source: `${server.source}orders.git`,
      server: { ...server, authority: both },
      auth,
    });

    expect(code).toBe(1);
    expect(other.credentials).toEqual([]);
  });
});

describe('prepare with a key for ssh', () => {
  it('refuses an ssh source without a Secret', async () => {
    const { code, termination } = await prepare({ source: 'git+ssh://git@git.example/orders.git' });
    expect(code).toBe(1);
    expect(termination).toContain('name a Secret with "ssh-privatekey" and "known_hosts"');
  });

  it('wants host keys, which are always checked', async () => {
    const auth = await secret({ 'ssh-privatekey': 'key' });
    const { code, termination } = await prepare({ source: 'git+ssh://git@git.example/orders.git', auth });
    expect(code).toBe(1);
    expect(termination).toContain('has no key "known_hosts"');
  });

  it('reads a repository, and shows nothing of the key', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    const server = await serveSsh(SSHD);
    const auth = await secret({ ...server.secret, 'ssh-privatekey': server.secret['ssh-privatekey'].trim() });
    const { code, output, root } = await prepare({
      source: `${server.source}${repository.path}?ref=v1`,
      auth,
      user: NOBODY,
    });
    expect(output).toContain(`commit ${first}`);
    expect(code).toBe(0);
    expect(await handlerOf(root)).toBe('export const main = () => 1;\n');
    expect(output).not.toContain(server.secret['ssh-privatekey'].split('\n')[1]);
  });

  it('refuses a host with another key than the one that is known', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    const [server, other] = [await serveSsh(SSHD), await serveSsh(SSHD)];
    const key = other.secret.known_hosts.split(' ').slice(1).join(' ');
    const auth = await secret({ ...server.secret, known_hosts: `${server.secret.known_hosts.split(' ')[0]} ${key}` });
    const { code, termination } = await prepare({ source: `${server.source}${repository.path}`, auth, user: NOBODY });
    expect(code).toBe(1);
    expect(termination).toMatch(/the host key of 127\.0\.0\.1:\d+ is not the one in "known_hosts"/);
  });

  it('says that the host does not accept the key', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    const [server, other] = [await serveSsh(SSHD), await serveSsh(SSHD)];
    const auth = await secret({ ...server.secret, 'ssh-privatekey': other.secret['ssh-privatekey'] });
    const { code, termination } = await prepare({ source: `${server.source}${repository.path}`, auth, user: NOBODY });
    expect(code).toBe(1);
    expect(termination).toContain('did not accept the key');
  });

  it('gives a user without a name one, or says that ssh needs it', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    if (process.getuid?.() !== 0) return skip('only root can run something as a user without a name');
    const server = await serveSsh(SSHD);
    const auth = await secret(server.secret);
    const { code, termination } = await prepare({ source: `${server.source}${repository.path}`, auth });
    expect([code, termination]).toEqual(
      code === 0 ? [0, ''] : [1, expect.stringContaining('ssh needs a name for user 12345')],
    );
  });
});

it('can be told to stop while it fetches', async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const root = await folders.open('root');
  try {
    const { code } = await runInPod({
      command: PREPARE.command,
      args: [
        ...PREPARE.options,
        path.join(programs, 'prepare.mjs'),
        `--source=git+https://127.0.0.1:${port}/orders.git`,
        '--language=nodejs',
        '--level=off',
        `--root=${root}`,
      ],
      stopAt: 'fetching',
    });
    expect(code).toBe(143);
    expect(existsSync(path.join(root, 'function'))).toBe(false);
  } finally {
    silent.close();
  }
});
