import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { NODE_FILES, podOf, pythonFiles } from './fast-packages.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { ctr } from './machine/containerd.ts';
import { callJson, isReady, readyPod, seen } from './pods.ts';
import { listen, npmrcOf, type Listening } from './registry.ts';

const LANGUAGES = [
  { source: 'bun', runtime: 'nodejs22' },
  { source: 'uv', runtime: 'python311' },
] as const;
const KILLS = 30;
const AT_ONCE = 10;

describe('an installation by bun or uv in buildless-prepare', () => {
  given(() => installWebhook());
  let namespace = '';
  let silent: Listening | undefined;

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    const files = { bun: NODE_FILES, uv: await pythonFiles() };
    for (const { source, runtime } of LANGUAGES) {
      await apply(
        namespace,
        sourceOf(source, files[source]),
        deployed(`whole-${source}`, { runtime, files: files[source] }),
      );
    }
    silent = await listen(() => undefined);
    const secrets = {
      '.npmrc': npmrcOf(silent.url, 'token'),
      'pip.conf': `[global]\nindex-url = ${silent.url}simple\n`,
    };
    const annotations = { 'buildless.dev/registry': 'silent' };
    await apply(
      namespace,
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'silent' }, stringData: secrets },
      LANGUAGES.flatMap(({ source, runtime }) =>
        deployed(`waiting-${source}`, { runtime, files: files[source], annotations }),
      ),
    );
  });
  afterAll(async () => {
    silent?.close();
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  for (const { source } of LANGUAGES) {
    it(`whose ${source} is killed says so in the status, and what it most likely means`, async (context) => {
      if (!inject('node').ours) context.skip('only on a node of this machine can its processes be killed');
      const [pid = 0] = await eventually(
        () => Promise.resolve(processesOf(source, silent?.url ?? '')),
        (found) => found.length > 0,
        120_000,
      );
      process.kill(pid, 'SIGKILL');
      const {
        get,
        describe: described,
        logs,
      } = await seen(namespace, `waiting-${source}`, (line) =>
        /Init:(Error|CrashLoopBackOff)|Init:0.* [1-9]\d* /.test(line),
      );
      expect(get).toMatch(/0\/1/);
      for (const text of [described, logs])
        expect(text).toMatch(new RegExp(`${source} was killed, most likely .*memory`));
    });
  }

  it(`that is killed at a random point, ${KILLS} times: the Function serves complete packages`, async (context) => {
    if (!inject('node').ours) context.skip('only on a node of this machine can its containers be killed');
    const complete = new Map<string, unknown>();
    for (const { source } of LANGUAGES) {
      const pod = await readyPod(namespace, `app=whole-${source}`);
      expect((pod.spec?.initContainers ?? []).map(({ name }) => name)).toEqual(['buildless-prepare']);
      complete.set(source, await callJson(pod));
    }
    let killed = 0;
    for (let batch = 0; batch < KILLS / AT_ONCE; batch += 1) {
      const pods = Array.from({ length: AT_ONCE }, (_, index) => {
        const { source, runtime } = LANGUAGES[index % 2 === 0 ? 0 : 1];
        return { source, name: `killed-${batch}-${index}`, runtime };
      });
      for (const { name, source, runtime } of pods) {
        await coreApi().createNamespacedPod({
          namespace,
          body: podOf(name, source, { 'buildless.dev/runtime': runtime }),
        });
      }
      killed += await killEach(pods.map(({ name }) => name));
      for (const { name, source } of pods) {
        const pod = await eventually(() => coreApi().readNamespacedPod({ namespace, name }), isReady, 240_000);
        expect(await callJson(pod)).toEqual(complete.get(source));
      }
      await kubectlOk([
        'delete',
        'pods',
        '-n',
        namespace,
        '--grace-period=1',
        '--wait=false',
        ...pods.map(({ name }) => name),
      ]);
    }
    console.log(`installations by bun and uv killed: ${killed} of ${KILLS}`);
    expect(killed).toBeGreaterThan(KILLS / 3);
  });

  /** Kills buildless-prepare of each Pod once, within the second that it takes beside nine others. @returns how many it met */
  async function killEach(names: readonly string[]): Promise<number> {
    const waiting = new Set(names);
    const kills: Promise<number>[] = [];
    const latest = performance.now() + 120_000;
    while (waiting.size > 0 && performance.now() < latest) {
      for (const name of waiting) {
        const id = prepareOf(name);
        if (id === undefined) continue;
        waiting.delete(name);
        kills.push(delay(Math.random() * 1000).then(() => kill(id)));
      }
      await delay(20);
    }
    return (await Promise.all(kills)).reduce((sum, each) => sum + each, 0);
  }

  /** The container of a Pod's buildless-prepare, as soon as there is one. */
  function prepareOf(name: string): string | undefined {
    const filter = `labels."io.kubernetes.pod.namespace"==${namespace},labels."io.kubernetes.pod.name"==${name}`;
    const found = ctr('containers', 'ls', '-q', `${filter},labels."io.kubernetes.container.name"==buildless-prepare`);
    return found.split('\n').find(Boolean);
  }
});

function kill(id: string): number {
  try {
    ctr('tasks', 'kill', '--signal', 'SIGKILL', id);
    return 1;
  } catch {
    // It has not begun yet, or ended already.
    return 0;
  }
}

/** The processes of an installer whose registry is this one. */
function processesOf(program: string, registry: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [command = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        if (!command.endsWith(`/${program}`)) return false;
        // bun reads a file below its HOME, uv a variable.
        const home = /(?:^|\0)HOME=([^\0]*)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1] ?? '';
        return program === 'uv'
          ? readFileSync(`/proc/${pid}/environ`, 'utf8').includes(registry)
          : readFileSync(`/proc/${pid}/root${home}/.npmrc`, 'utf8').includes(registry);
      } catch {
        return false;
      }
    });
}
