import { execFileSync } from 'node:child_process';
import { chmod, readFile, readdir } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundlePodPrograms, Folders, PREPARE, runInPod, writeTree } from '../pod-programs.ts';

const folders = new Folders();
const sockets: Socket[] = [];
/** Takes connections and says nothing: ssh waits for it, with the key at hand. */
const host = createServer((socket) => sockets.push(socket.on('error', () => undefined)));
let programs = '';
let port = 0;

beforeAll(async () => {
  programs = folders.keep(await bundlePodPrograms());
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const address = host.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  host.close();
  await folders.removeAll();
});

async function filesWith(text: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return files.filter((_, index) => contents[index]?.includes(text) === true);
}

it('a key for ssh is in no file that the Function can see, whenever the fetch is killed', async () => {
  const keys = await folders.open('keys');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(keys, 'user')]);
  const key = await readFile(path.join(keys, 'user'), 'utf8');
  const line = key.split('\n')[2] ?? '';
  expect(line.length).toBeGreaterThan(40);
  const auth = await folders.open('secret');
  await writeTree(auth, { 'ssh-privatekey': key, known_hosts: 'a b c\n' });
  for (const killAfter of [150, 250, 350, 450, 550, 700, 900, 1200, 1600]) {
    const [root, tmp] = [await folders.open('root'), await folders.open('tmp')];
    await chmod(tmp, 0o777);
    const { signal } = await runInPod({
      command: PREPARE.command,
      args: [
        ...PREPARE.options,
        path.join(programs, 'prepare.mjs'),
        `--source=git+ssh://git@127.0.0.1:${port}/orders.git`,
        '--language=nodejs',
        '--level=no-latest',
        `--root=${root}`,
        `--auth=${auth}`,
      ],
      env: { TMPDIR: tmp },
      killAfter,
      user: { uid: 65534, gid: 65534 },
    });
    expect(signal).toBe('SIGKILL');
    for (const folder of [root, tmp, '/dev/shm']) expect(await filesWith(line, folder)).toEqual([]);
  }
  // One of them at least was killed while ssh had the key.
  expect(sockets.length).toBeGreaterThan(0);
}, 60_000);
