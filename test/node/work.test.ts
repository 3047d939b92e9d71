import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, afterAll, describe, expect, inject } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk } from '../cluster/kubectl.ts';
import { NODE_FILES, pythonFiles } from './packages.ts';
import { apply, deployed, RESOURCES, sourceOf, templateOf } from './functions.ts';
import { call, callJson, inside, nameOf, readyPod, readyPods, statusOf, urlOf } from './pods.ts';

const HELLO = { 'handler.js': "module.exports = { main: () => 'hello' };" };
const WHO = { 'handler.js': 'exports.main = () => ({ uid: process.getuid(), gid: process.getgid() });' };
const SLOW = {
  'handler.js': 'exports.main = () => new Promise((resolve) => setTimeout(() => resolve("whole"), 300));',
};
const SLOW_PYTHON = {
  'handler.py': "import time\n\ndef main(event, context):\n    time.sleep(0.3)\n    return 'whole'\n",
};
const XS_NODE = {
  'handler.js': "const { get } = require('axios'); exports.main = () => typeof get;",
  'package.json': JSON.stringify({ dependencies: { axios: '1.7.9' } }),
};
const XS_PYTHON = {
  'handler.py': 'import requests\n\ndef main(event, context):\n    return requests.__version__\n',
  'requirements.txt': 'requests==2.32.3\n',
};

describe('a Function on a node', () => {
  given(() => installWebhook());
  let namespace = '';

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
  });
  afterAll(async () => {
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('finds the files of nested paths of a ConfigMap', async () => {
    await apply(
      namespace,
      deployed('nested', {
        files: {
          'handler.js': "const deep = require('./lib/deep/value'); exports.main = () => deep;",
          'lib..deep..value.js': "module.exports = 'from lib/deep/value.js';",
        },
      }),
    );
    expect((await call(await readyPod(namespace, 'app=nested'))).text).toBe('from lib/deep/value.js');
  });

  it('runs to its end as a Job and as a CronJob, with its own command, code and packages', async () => {
    const files = {
      'work.js': "console.log('worked on', require('dayjs')('2026-01-01').year());",
      'package.json': JSON.stringify({ dependencies: { dayjs: '1.11.13' } }),
    };
    const template = templateOf('worker', {
      files,
      container: { command: ['node', 'work.js'] },
      spec: { restartPolicy: 'Never' },
    });
    await apply(
      namespace,
      sourceOf('worker', files),
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'worker' }, spec: { template } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'every-minute' },
        spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } },
      },
    );
    await kubectlOk(['create', 'job', '-n', namespace, 'by-hand', '--from=cronjob/every-minute']);
    for (const job of ['worker', 'by-hand']) {
      await kubectlOk(['wait', '-n', namespace, `job/${job}`, '--for=condition=complete', '--timeout=180s']);
      expect(await kubectlOk(['logs', '-n', namespace, `job/${job}`, '-c', 'function'])).toContain('worked on 2026');
    }
  });

  it('has sidecars beside it, native ones and others', async () => {
    const sidecar = {
      name: 'beside',
      image: 'docker.io/library/node:22.23.3-slim',
      command: ['sh', '-c', 'while true; do sleep 1; done'],
      resources: RESOURCES,
      // The image names no user, and this one is not the Function's.
      securityContext: { runAsUser: 1000 },
    };
    await apply(
      namespace,
      deployed('sidecars', {
        files: HELLO,
        annotations: { 'buildless.dev/container': 'function' },
        spec: {
          containers: [sidecar],
          initContainers: [{ ...sidecar, name: 'native', restartPolicy: 'Always' }],
        },
      }),
    );
    const pod = await readyPod(namespace, 'app=sidecars');
    expect((await call(pod)).text).toBe('hello');
    for (const name of ['beside', 'native']) expect(statusOf(pod, name)?.ready).toBe(true);
  });

  it('runs as any user, as platforms choose them', async () => {
    const securityContext = { runAsUser: 1_000_660_000, runAsGroup: 0, fsGroup: 1_000_660_000 };
    await apply(namespace, deployed('anybody', { files: WHO, spec: { securityContext } }));
    expect(await callJson(await readyPod(namespace, 'app=anybody'))).toEqual({ uid: 1_000_660_000, gid: 0 });
  });

  it('can be looked at with logs, exec and kubectl debug', async () => {
    await apply(
      namespace,
      deployed('looked-at', { files: { 'handler.js': "exports.main = () => { console.log('called'); };" } }),
    );
    const pod = await readyPod(namespace, 'app=looked-at');
    await call(pod);
    expect(await kubectlOk(['logs', '-n', namespace, nameOf(pod)])).toContain('called');
    expect(await inside(pod, 'node', '-p', '40 + 2')).toContain('42');
    const image = 'docker.io/library/node:22.23.3-slim';
    const folder = mkdtempSync(path.join(tmpdir(), 'buildless-debug-'));
    const custom = path.join(folder, 'container.json');
    // Another user could not read the processes of the Function's.
    writeFileSync(custom, JSON.stringify({ securityContext: { runAsUser: 1000 } }));
    const debug = [
      'debug',
      '-n',
      namespace,
      nameOf(pod),
      `--image=${image}`,
      '--profile=restricted',
      '--container=debugger',
    ];
    const target = ['--target=function', `--custom=${custom}`, '--', 'sh', '-c', 'cat /proc/1/cmdline'];
    const { stderr } = await kubectl([...debug, ...target]);
    expect(stderr).not.toContain('forbidden');
    const read = (): Promise<string> =>
      kubectl(['logs', '-n', namespace, nameOf(pod), '-c', 'debugger']).then(({ stdout }) => stdout);
    expect(await eventually(read, (text) => text.length > 0, 60_000)).toContain('server.mjs');
    rmSync(folder, { recursive: true });
  });

  it('scales to 3 and back, and is replaced by a rollout restart', async () => {
    await apply(namespace, deployed('scaled', { files: HELLO }));
    const first = await readyPod(namespace, 'app=scaled');
    await kubectlOk(['scale', '-n', namespace, 'deployment/scaled', '--replicas=3']);
    expect(await readyPods(namespace, 'app=scaled', 3)).toHaveLength(3);
    await kubectlOk(['scale', '-n', namespace, 'deployment/scaled', '--replicas=1']);
    await readyPods(namespace, 'app=scaled', 1);
    await kubectlOk(['rollout', 'restart', '-n', namespace, 'deployment/scaled']);
    await kubectlOk(['rollout', 'status', '-n', namespace, 'deployment/scaled', '--timeout=180s']);
    const [pod] = await readyPods(namespace, 'app=scaled', 1);
    expect(nameOf(pod ?? first)).not.toBe(nameOf(first));
  });

  it.each(['nodejs22', 'python311'])(
    'answers everything that is in flight when its Pod is deleted, and is gone by itself: %s',
    async (runtime) => {
      const name = `deleted-${runtime}`;
      await apply(namespace, deployed(name, { runtime, files: runtime === 'nodejs22' ? SLOW : SLOW_PYTHON }));
      const pod = await readyPod(namespace, `app=${name}`);
      const answers: string[] = [];
      let going = true;
      const client = async (): Promise<void> => {
        while (going) {
          const answer = await fetch(urlOf(pod), { headers: { connection: 'close' } }).then(
            (response) => response.text(),
            (error: unknown) => (error instanceof Error ? String(error.cause) : String(error)),
          );
          if (answer.includes('ECONNREFUSED')) return;
          answers.push(answer);
        }
      };
      const clients = Array.from({ length: 20 }, client);
      await eventually(
        () => Promise.resolve(answers.length),
        (count) => count > 100,
      );
      await kubectlOk(['delete', 'pod', '-n', namespace, nameOf(pod), '--wait=false']);
      // The grace period is 30 s: a server that does not hear SIGTERM would still answer after it began.
      await Promise.race([Promise.all(clients), new Promise((resolve) => setTimeout(resolve, 25_000))]);
      going = false;
      expect(answers.filter((answer) => answer !== 'whole')).toEqual([]);
      const gone = (): Promise<boolean> =>
        coreApi()
          .readNamespacedPod({ namespace, name: nameOf(pod) })
          .then(
            () => false,
            () => true,
          );
      await eventually(gone, Boolean, 28_000);
    },
  );

  for (const [name, runtime, files, answer] of [
    ['npm', 'nodejs22', XS_NODE, 'function'],
    ['pip', 'python311', XS_PYTHON, '2.32.3'],
    ['bun', 'nodejs22', NODE_FILES, undefined],
    ['uv', 'python311', undefined, undefined],
  ] as const) {
    it(`is installed by ${name} and serves within the smallest preset: ${runtime}`, async () => {
      const annotations = { 'buildless.dev/profile': 'XS' };
      const source = files ?? (await pythonFiles());
      await apply(
        namespace,
        deployed(`xs-${name}`, { runtime, files: source, annotations, container: { resources: {} } }),
      );
      const pod = await readyPod(namespace, `app=xs-${name}`);
      expect(pod.spec?.containers[0]?.resources?.limits).toEqual({ cpu: '150m', memory: '256Mi' });
      const installs = pod.spec?.initContainers?.some((container) => container.name === 'buildless-install');
      expect(installs).toBe(answer !== undefined);
      const { text } = await call(pod);
      if (answer === undefined) expect(JSON.parse(text)).toMatchObject({ files: expect.any(Number) as number });
      else expect(text).toBe(answer);
      expect(statusOf(pod, 'function')?.restartCount).toBe(0);
    });
  }
});
