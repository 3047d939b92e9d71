import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { killInstallations, slowedTo } from './kills.ts';
import { NODE_FILES, podOf, pythonFiles } from './packages.ts';
import { callJson, readyPod, seen } from './pods.ts';
import { listen, npmrcOf, pipConfOf, type Listening } from './registry.ts';

const LANGUAGES = [
  { source: 'bun', runtime: 'nodejs22' },
  { source: 'uv', runtime: 'python311' },
] as const;
const KILLS = 30;

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
      'pip.conf': pipConfOf(silent.url),
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
    const killed = await killInstallations({ namespace, container: 'buildless-prepare' }, KILLS, (index) => {
      const { source, runtime } = LANGUAGES[index % 2 === 0 ? 0 : 1];
      const annotations = { 'buildless.dev/runtime': runtime };
      return {
        pod: podOf(`killed-${index}`, source, annotations, slowedTo('100m')),
        complete: complete.get(source),
      };
    });
    expect(killed).toBeGreaterThan(KILLS / 3);
  });
});

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
