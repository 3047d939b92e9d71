import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { COMMAND } from '../cli/command.ts';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { installWithResolver } from '../cluster/installed-both.ts';
import { kubectl } from '../cluster/kubectl.ts';
import { blockOf, Reader } from '../docs/tutorial.ts';
import { nameOf, readyPods } from './pods.ts';

const NAMESPACE = 'shop';
/** Over the limit of the server (1 MB), and more than the connection takes at once. */
const TOO_LARGE = 4 * 1024 * 1024;

interface Line {
  readonly pod: string;
  readonly revision: string;
  readonly line: string;
}

/**
 * The whole page, typed as it is there, by somebody who begins with an empty folder; and on the way what its commands promise
 * of running Pods. Others install what step 1 installs: in-cluster.test.ts.
 */
describe('docs/tutorial.md, as a new user follows it', () => {
  let folder: string;
  let reader: Reader;
  let kubeconfig: string;
  let following: ChildProcess | undefined;
  let followed = '';

  given(installWithResolver);

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    folder = await mkdtemp(path.join(tmpdir(), 'buildless-tutorial-'));
    // `kubectl config set-context` writes into the kubeconfig.
    kubeconfig = path.join(folder, 'kubeconfig');
    await copyFile(cluster().kubeconfig, kubeconfig);
    const PATH = `${path.dirname(cluster().kubectl)}${path.delimiter}${process.env.PATH ?? ''}`;
    reader = new Reader(folder, { KUBECONFIG: kubeconfig, PATH });
  });
  afterAll(async () => {
    if ('reason' in inject('cluster')) return;
    await reader.endRun();
    following?.kill('SIGKILL');
    await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false']);
    await rm(folder, { recursive: true, force: true });
  });

  const lines = (): readonly Line[] =>
    followed
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  const podsOfLines = (all: readonly Line[]): readonly string[] => [...new Set(all.map(({ pod }) => pod))].sort();

  it('goes from init over edits, a lock, a rollout and an undo to a namespace that requires locks', async () => {
    const prepare = blockOf('1. ', 'sh', 'kubectl create namespace').code.replace('buildless doctor\n', '');
    expect(await reader.type(prepare)).toMatchObject({ status: 0 });
    await reader.follow('2. ');
    await reader.follow('3. ');
    await reader.endRun();
    await reader.follow('4. ');

    const first = (await readyPods(NAMESPACE, 'app=hello', 2)).map(nameOf).sort();
    following = spawn(process.execPath, [COMMAND, 'logs', 'hello', '-f', '-o', 'json', '--kubeconfig', kubeconfig], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    following.stdout?.setEncoding('utf8').on('data', (chunk: string) => (followed += chunk));
    await eventually(
      () => Promise.resolve(podsOfLines(lines()).length),
      (count) => count === 2,
      60_000,
    );
    expect(podsOfLines(lines())).toEqual(first);

    await reader.follow('5. ');
    // A rollout: two more Pods have joined, with a revision of their own.
    const second = (await readyPods(NAMESPACE, 'app=hello', 2)).map(nameOf).sort();
    await eventually(
      () => Promise.resolve(podsOfLines(lines())),
      (pods) => second.every((pod) => pods.includes(pod)),
      60_000,
    );
    const revisionOf = (pods: readonly string[]): readonly string[] => [
      ...new Set(lines().flatMap(({ pod, revision }) => (pods.includes(pod) ? [revision] : []))),
    ];
    expect([revisionOf(first), revisionOf(second)]).toEqual([
      [expect.stringMatching(/^hello-[0-9a-f]{10}$/)],
      [expect.stringMatching(/^hello-[0-9a-f]{10}$/)],
    ]);
    expect(revisionOf(first)).not.toEqual(revisionOf(second));
    const ended = once(following, 'close');
    following.kill('SIGINT');
    expect(await ended).toEqual([0, null]);

    await writeFile(path.join(folder, 'noise'), Buffer.from([0xff, 0, 0x80]));
    await writeFile(path.join(folder, 'large'), Buffer.alloc(TOO_LARGE, 'a'));
    const invoked = async (rest: string): Promise<unknown> => {
      const { status, printed } = await reader.type(`kubectl buildless invoke ${rest}`);
      return { status, printed };
    };
    expect(await invoked('hello -i -d @../noise')).toEqual({
      status: 0,
      printed: expect.stringMatching(/^HTTP\/1\.1 200 OK\n[^]*\n\n\{"hello":"world","from":"hello"\}$/) as string,
    });
    expect(await invoked(`hello --type a.b --structured -d '{"name":"Eve"}'`)).toEqual({
      status: 0,
      printed: '{"hello":"Eve","from":"hello"}',
    });
    expect(await invoked('hello -d @../large')).toEqual({
      status: 4,
      printed: expect.stringContaining('in namespace shop) answered 413') as string,
    });
    expect(await invoked('hallo')).toEqual({
      status: 3,
      printed: expect.stringContaining('namespace shop has no Pod of the Function hallo') as string,
    });

    await reader.follow('6. ');
    await reader.follow('7. ');
  });
});
