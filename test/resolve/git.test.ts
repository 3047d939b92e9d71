import { readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSource, type GitReference } from '../../src/function/source.ts';
import { type GitServer, Repository, startGitServer } from '../pod/git/git-server.ts';
import { Folders } from '../pod/pod-programs.ts';
import { SSHD, startSshServer, type SshServer } from '../pod/git/ssh-server.ts';
import { failed, filesOf, resolved, type RunningResolver, startResolver, untilStopped } from './running-resolver.ts';

const folders = new Folders();
let resolver: RunningResolver;
let server: GitServer;
let locked: GitServer;
let repository: Repository;
let first = '';
let second = '';

const AUTH = filesOf({ username: 'me', password: 'hunter2/&' });

beforeAll(async () => {
  const folder = await folders.open('repositories');
  repository = new Repository(folder, 'orders');
  first = await repository.commit({ 'handler.js': '1\n', 'package.json': '{}\n' });
  repository.git('tag', '--annotate', '--message=v1', 'v1');
  second = await repository.commit({ 'handler.js': '2\n', 'functions/pay/handler.js': 'pay\n' });
  repository.push();
  server = await startGitServer(folder);
  locked = await startGitServer(folder, { username: 'me', password: 'hunter2/&' });
  const authorities = path.join(folder, 'authorities.pem');
  const texts = await Promise.all([server, locked].map(({ authority }) => readFile(authority, 'utf8')));
  await writeFile(authorities, texts.join('\n'));
  resolver = await startResolver({ GIT_SSL_CAINFO: authorities });
});
afterAll(async () => {
  await resolver.close();
  await server.close();
  await locked.close();
  await folders.removeAll();
});

const source = (more: Partial<GitReference> = {}, from = server): GitReference => ({
  type: 'git',
  url: `${from.origin}/orders.git`,
  ...more,
});

describe('the commit of a Git source', () => {
  it.each([
    ['no ref', {}, () => second],
    ['a branch', { ref: 'main' }, () => second],
    ['an annotated tag', { ref: 'v1' }, () => first],
    ['a whole name', { ref: 'refs/heads/main' }, () => second],
  ])('is what %s names now', async (_what, more, commit) => {
    expect(await resolver.commit({ source: source(more) }, untilStopped())).toEqual({ commit: commit() });
  });

  it('moves with a push', async () => {
    const moving = { source: source({ ref: 'moving' }) };
    repository.git('branch', 'moving', first);
    repository.push();
    expect(await resolver.commit(moving, untilStopped())).toEqual({ commit: first });
    repository.git('branch', '--force', 'moving', second);
    repository.push();
    expect(await resolver.commit(moving, untilStopped())).toEqual({ commit: second });
  });

  it('of a branch that is not there is a failure with its cure, and not worth another try', async () => {
    const failure = failed(await resolver.commit({ source: source({ ref: 'nowhere' }) }, untilStopped()));
    expect(failure).toMatchObject({ temporary: false, problem: expect.stringContaining('"nowhere"') as string });
    expect(failure.fix).toContain('ref=');
  });

  it('of a server that is away is worth another try', async () => {
    const away: GitReference = { type: 'git', url: 'https://127.0.0.1:1/orders.git' };
    expect(failed(await resolver.commit({ source: away }, untilStopped()))).toMatchObject({ temporary: true });
  });

  it('of a private repository is given to the keys of the Secret only, and no message has one', async () => {
    const failure = failed(await resolver.commit({ source: source({}, locked) }, untilStopped()));
    expect(failure).toMatchObject({ temporary: false });
    expect(failure.problem + failure.fix).toContain('buildless.dev/source-auth');
    const wrong = failed(
      await resolver.commit(
        { source: source({}, locked), auth: filesOf({ username: 'me', password: 'hunter3' }) },
        untilStopped(),
      ),
    );
    expect(JSON.stringify(wrong)).not.toContain('hunter3');
  });
});

describe('the files of a commit', () => {
  const contents = (files: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
    Object.fromEntries([...files].map(([file, content]) => [file, Buffer.from(content).toString()]));

  it('are those of that commit, whatever the branch has now', async () => {
    const { files } = resolved(
      await resolver.files({ source: source({ ref: 'main' }), commit: first }, untilStopped()),
    );
    expect(contents(files)).toEqual({ 'handler.js': '1\n', 'package.json': '{}\n' });
  });

  it('are those of the folder that the source names', async () => {
    const job = { source: source({ directory: 'functions/pay' }), commit: second };
    expect(contents(resolved(await resolver.files(job, untilStopped())).files)).toEqual({ 'handler.js': 'pay\n' });
    const missing = { source: source({ directory: 'functions/none' }), commit: second };
    expect(failed(await resolver.files(missing, untilStopped())).problem).toContain('functions/none');
  });

  it('do not follow a link out of the source', async () => {
    const folder = await folders.open('hostile');
    const hostile = new Repository(folder, 'hostile');
    await hostile.commit({ 'handler.js': '1\n' });
    await symlink('/etc/hostname', `${folder}/hostile-work/secret.txt`);
    const commit = await hostile.commit({});
    const other = await startGitServer(folder);
    const trusting = await startResolver({ GIT_SSL_CAINFO: other.authority });
    try {
      const reference: GitReference = { type: 'git', url: `${other.origin}/hostile.git` };
      const failure = failed(await trusting.files({ source: reference, commit }, untilStopped()));
      expect(failure.problem).toContain('leads out of the source');
    } finally {
      await trusting.close();
      await other.close();
    }
  });

  it('of a private repository need the Secret', async () => {
    const job = { source: source({}, locked), commit: second };
    expect(failed(await resolver.files(job, untilStopped()))).toMatchObject({ temporary: false });
    const { files } = resolved(await resolver.files({ ...job, auth: AUTH }, untilStopped()));
    expect([...files.keys()]).toContain('handler.js');
  });
});

describe('a repository that is reached by ssh', () => {
  /** The key of a server lets in; the other one is of a stranger. */
  async function withServers(body: (server: SshServer, stranger: SshServer) => Promise<void>): Promise<void> {
    const servers = [
      await startSshServer(SSHD ?? '', await folders.open('sshd')),
      await startSshServer(SSHD ?? '', await folders.open('sshd')),
    ] as const;
    try {
      await body(...servers);
    } finally {
      for (const each of servers) await each.close();
    }
  }

  const over = ({ source: address }: SshServer, ref: string): GitReference => {
    const parsed = parseSource(`${address}${repository.path}?ref=${ref}`);
    if (!('type' in parsed) || parsed.type !== 'git') throw new Error('not a Git source');
    return parsed;
  };

  it('is read by the key of the Secret: its branch, and the files of a commit', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    await withServers(async (server) => {
      const auth = filesOf(server.secret);
      expect(await resolver.commit({ source: over(server, 'main'), auth }, untilStopped())).toEqual({ commit: second });
      const job = { source: over(server, 'main'), auth, commit: first };
      const { files } = resolved(await resolver.files(job, untilStopped()));
      expect([...files.keys()]).toEqual(['handler.js', 'package.json']);
    });
  });

  it('is not read without a key, by another key, or from a host that is not the known one', async ({ skip }) => {
    if (SSHD === undefined) return skip('this machine has no sshd');
    await withServers(async (server, stranger) => {
      const source = over(server, 'main');
      const { known_hosts, 'ssh-privatekey': key } = stranger.secret;
      const otherHost = `${server.secret.known_hosts.split(' ')[0] ?? ''} ${known_hosts.split(' ').slice(1).join(' ')}`;
      const failures = [
        await resolver.commit({ source }, untilStopped()),
        await resolver.commit({ source, auth: filesOf({ ...server.secret, 'ssh-privatekey': key }) }, untilStopped()),
        await resolver.commit({ source, auth: filesOf({ ...server.secret, known_hosts: otherHost }) }, untilStopped()),
      ].map(failed);
      expect(failures.map(({ temporary }) => temporary)).toEqual([false, false, false]);
      expect(failures[0]?.fix).toContain('"ssh-privatekey" and "known_hosts"');
      expect(failures[1]?.problem).toContain('did not accept the key');
      expect(failures[2]?.problem).toContain('host key');
      expect(JSON.stringify(failures)).not.toContain(key.split('\n')[1]);
    });
  });
});
