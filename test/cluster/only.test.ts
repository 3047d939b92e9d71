import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { parseConfiguration } from '../../src/config/load.ts';
import { ANNOTATIONS, FUNCTION_LABEL, STATUS_ANNOTATION } from '../../src/function/keys.ts';
import {
  INSTALL_NAMESPACE,
  ONLY_CONFIG_MAP,
  ONLY_POLICY,
  ONLY_TEMPLATES_POLICY,
} from '../../src/installation/names.ts';
import { PREPARE_COMMAND } from '../../src/function/toolkit.ts';
import { onlyConfigMap } from '../../src/installation/only-parameters.ts';
import { at, objectsOf } from '../installation/shipped.ts';
import { deployment, functionPod, listOf, plainPod, source } from './functions.ts';
import { eventually, given, it } from './given.ts';
import { installWebhook } from './installed.ts';
import { coreApi, createNamespace, kubectl, kubectlOk, podsOf, ROOT } from './kubectl.ts';
import { installOnlyPolicy, ONLY, refusalOf, setLists } from './only-policy.ts';

/** As shipped; the image of the built-in one has the version of this checkout only in what is built. */
const CONFIGURATION = parseConfiguration(readFileSync(path.join(ROOT, 'deploy/config.yaml'), 'utf8'), 'config.yaml');
if ('findings' in CONFIGURATION) throw new Error('deploy/config.yaml is not a configuration');
const SHIPPED = CONFIGURATION.configuration;
const TOOLKIT = SHIPPED.toolkit.image;
const NODE = SHIPPED.runtimes.nodejs22?.image ?? '';
const OTHER_NODE = SHIPPED.runtimes.nodejs24?.image ?? '';
const PYTHON = SHIPPED.runtimes.python312?.image ?? '';

const NO_LABEL = 'label buildless.dev/function of the Pod is missing';
const DISABLED = 'metadata.annotations[buildless.dev/mode] is disabled';
const FOREIGN = "neither a runtime's, the toolkit's nor listed by the administrator";
const PROGRAM = 'start a program that is not of the source';
const LOADS = 'loads code from outside of the source';

/** A namespace of Functions only with the source of `hello`. */
async function onlyNamespace(): Promise<string> {
  const namespace = await createNamespace(ONLY);
  await kubectlOk(
    ['create', '-n', namespace, '-f', '-'],
    source('hello', { 'job.js': 'console.log(1)', 'lib..other.js': 'exports.run = () => 1' }),
  );
  return namespace;
}

const create = (namespace: string, body: V1Pod, dryRun?: 'All'): Promise<string> =>
  refusalOf(coreApi().createNamespacedPod({ namespace, body, ...(dryRun !== undefined && { dryRun }) }));

/** The Function `hello` with its container changed, and other fields of its spec. */
const hello = (own: Partial<V1Container>, spec: Partial<V1Pod['spec']> = {}): V1Pod =>
  functionPod('hello', { spec: { containers: [{ name: 'function', image: 'auto', ...own }], ...spec } });

const beside = (container: Partial<V1Container>): V1Pod =>
  hello(
    {},
    {
      containers: [
        { name: 'function', image: 'auto' },
        { name: 'other', ...container },
      ],
    },
  );
const before = (container: Partial<V1Container>): V1Pod =>
  hello({}, { initContainers: [{ name: 'other', ...container }] });

const unlabelled = functionPod('hello');
delete unlabelled.metadata?.labels;

const REFUSED: readonly (readonly [string, V1Pod, string])[] = [
  ['a Pod without the label', plainPod('plain'), NO_LABEL],
  [
    'a Pod without the label that runs the image of a runtime',
    { ...unlabelled, spec: { containers: [{ name: 'a', image: NODE }] } },
    NO_LABEL,
  ],
  [
    'a Function whose annotation says disabled',
    functionPod('hello', {
      annotations: { [ANNOTATIONS.mode]: 'disabled' },
      spec: { containers: [{ name: 'function', image: NODE }] },
    }),
    DISABLED,
  ],
  ['a foreign image in the Function itself', hello({ image: 'evil:1' }), FOREIGN],
  ['a foreign image beside the Function', beside({ image: 'evil:1' }), FOREIGN],
  ['a foreign image in an init container', before({ image: 'evil:1' }), FOREIGN],
  ['a foreign image in a native sidecar', before({ image: 'evil:1', restartPolicy: 'Always' }), FOREIGN],
  ['an image that begins like one of ours', beside({ image: `${NODE}-evil` }), FOREIGN],
  [
    'an own image with npm as its command',
    hello({ image: 'node:22.1.0', command: ['npm', 'i', 'express@latest'] }),
    FOREIGN,
  ],
  ["npm as the command of the runtime's image", hello({ command: ['npm', 'i', 'express@latest'] }), PROGRAM],
  ['npm as arguments of the entrypoint', hello({ args: ['npm', 'i', 'express@latest'] }), PROGRAM],
  ['a shell', hello({ command: ['sh', '-c', 'npm i express@latest'] }), PROGRAM],
  ['a program in the arguments of the interpreter', hello({ command: ['node', '-e', 'evil()'] }), PROGRAM],
  [
    'an option before a file of the source',
    hello({ command: ['node', '--import=data:text/javascript,evil()', 'job.js'] }),
    PROGRAM,
  ],
  [
    'npm by its path in the image',
    hello({ command: ['node', '/usr/local/lib/node_modules/npm/bin/npm-cli.js'] }),
    PROGRAM,
  ],
  [
    'a file that is not below the source',
    hello({ command: ['node', '/buildless/function/../../tmp/evil.js'] }),
    PROGRAM,
  ],
  ['a file in a working directory of its own', hello({ command: ['node', 'job.js'], workingDir: '/tmp' }), PROGRAM],
  [
    'a file that a variable names',
    hello({ command: ['node', '$(FILE).js'], env: [{ name: 'FILE', value: '-e' }] }),
    PROGRAM,
  ],
  ["the toolkit's image as another program", beside({ image: TOOLKIT, args: ['run'] }), PROGRAM],
  [
    "the runtime's image in an init container of the author's",
    before({ image: NODE, command: ['npm', 'i', 'express@latest'] }),
    PROGRAM,
  ],
  [
    "a file, but not the Function's, in an init container",
    before({ image: NODE, command: ['node', 'job.js'], workingDir: '/buildless/function' }),
    PROGRAM,
  ],
  ['an exec hook', hello({ lifecycle: { postStart: { exec: { command: ['npm', 'i', 'express@latest'] } } } }), PROGRAM],
  ['an exec probe', hello({ startupProbe: { exec: { command: ['sh', '-c', 'npm i express@latest'] } } }), PROGRAM],
  [
    'NODE_OPTIONS that load code',
    hello({ env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=64 --import=data:text/javascript,evil()' }] }),
    LOADS,
  ],
  [
    'NODE_OPTIONS from elsewhere',
    hello({ env: [{ name: 'NODE_OPTIONS', valueFrom: { configMapKeyRef: { name: 'a', key: 'b' } } }] }),
    LOADS,
  ],
  ['BUN_OPTIONS that load code', hello({ env: [{ name: 'BUN_OPTIONS', value: '--preload=/tmp/evil.js' }] }), LOADS],
  ['LD_PRELOAD', hello({ env: [{ name: 'LD_PRELOAD', value: '/tmp/evil.so' }] }), LOADS],
  ['a handler above the source', hello({ env: [{ name: 'MOD_NAME', value: '../../tmp/evil' }] }), LOADS],
  ['a handler from another folder', hello({ env: [{ name: 'HANDLER_PATH', value: '/tmp' }] }), LOADS],
];

const ADMITTED: readonly (readonly [string, V1Pod])[] = [
  ['a Function', functionPod('hello')],
  [
    'a Function with a handler in a folder, and a mount that is only called like ours',
    functionPod('hello', {
      annotations: { [ANNOTATIONS.handler]: 'lib/other.run' },
      spec: {
        containers: [
          { name: 'function', image: 'auto', volumeMounts: [{ name: 'data', mountPath: '/var/buildless-data' }] },
        ],
        volumes: [{ name: 'data', emptyDir: {} }],
      },
    }),
  ],
  ['a Function that runs a file of its source', hello({ command: ['node', 'job.js', '--all'] })],
  [
    'a Function that runs a file of its source by its path',
    hello({ command: ['node'], args: ['/buildless/function/job.js'] }),
  ],
  ['a hook that sleeps or calls', hello({ lifecycle: { preStop: { sleep: { seconds: 5 } } } })],
  [
    'NODE_OPTIONS that set a limit',
    hello({ env: [{ name: 'NODE_OPTIONS', value: '--max-old-space-size=64 --enable-source-maps' }] }),
  ],
  [
    'variables of its own',
    hello({ env: [{ name: 'TEAM', value: 'shop' }], envFrom: [{ configMapRef: { name: 'settings' } }] }),
  ],
];

// One installation for both: see test/cluster/setup.ts.
given(installOnlyPolicy);

describe('a namespace of Functions only, without any registration of the webhook', () => {
  it('refuses Functions that were not injected', async () => {
    const namespace = await onlyNamespace();
    expect(await create(namespace, hello({ image: NODE }))).toContain('the Function was not injected');
    const own = before({ image: NODE, command: [...PREPARE_COMMAND] });
    expect(await create(namespace, own)).toContain('the Function was not injected');
  });
});

describe('a namespace of Functions only', () => {
  const installed = given(() => installWebhook());

  for (const [what, pod, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      expect(await create(await onlyNamespace(), pod)).toContain(message);
    });
  }

  for (const [what, pod] of ADMITTED) {
    it(`admits ${what}`, async () => {
      const namespace = await onlyNamespace();
      expect(await create(namespace, pod)).toBe('admitted');
      const created = await coreApi().readNamespacedPod({ namespace, name: 'hello' });
      expect(created.metadata?.annotations).toHaveProperty([STATUS_ANNOTATION]);
    });
  }

  it('admits the Functions of every example, with and without a command of their own', async () => {
    const namespace = await createNamespace(ONLY);
    const folder = path.join(ROOT, 'examples');
    for (const example of readdirSync(folder).filter((name) => name !== 'floating')) {
      const objects = objectsOf(readFileSync(path.join(folder, example, 'function.yaml'), 'utf8'));
      const configMaps = objects.filter((object) => at(object, 'kind') === 'ConfigMap');
      await kubectlOk(['create', '-n', namespace, '-f', '-'], listOf(...configMaps));
      for (const object of objects) {
        const template = at(object, 'spec', 'template') ?? at(object, 'spec', 'jobTemplate', 'spec', 'template');
        if (template === undefined) continue;
        const pod = { apiVersion: 'v1', kind: 'Pod', ...(template as V1Pod) };
        const body = { ...pod, metadata: { ...pod.metadata, name: example } };
        expect([example, await create(namespace, body, 'All')]).toEqual([example, 'admitted']);
      }
    }
  });

  it.withControllers('has nothing that the API server warns of in an expression', async () => {
    for (const name of [ONLY_POLICY, ONLY_TEMPLATES_POLICY]) {
      const status = await eventually(
        async () => {
          const json = await kubectlOk(['get', 'validatingadmissionpolicy', name, '-o', 'json']);
          return at(JSON.parse(json), 'status');
        },
        (found) => at(found, 'observedGeneration') !== undefined,
      );
      expect(at(status, 'typeChecking', 'expressionWarnings') ?? []).toEqual([]);
    }
  });

  it('names every container that it refuses, in one message', async () => {
    const pod = hello(
      {},
      {
        containers: [
          { name: 'function', image: 'auto' },
          { name: 'one', image: 'evil:1' },
        ],
        initContainers: [{ name: 'two', image: 'evil:2' }],
      },
    );
    expect(await create(await onlyNamespace(), pod)).toContain('one (evil:1), two (evil:2)');
  });

  it('refuses with a generated name and in a dry run alike', async () => {
    const namespace = await onlyNamespace();
    const generated = { ...plainPod('plain'), metadata: { generateName: 'plain-' } };
    expect(await create(namespace, generated)).toContain(NO_LABEL);
    expect(await create(namespace, plainPod('plain'), 'All')).toContain(NO_LABEL);
    expect(await create(namespace, functionPod('hello'), 'All')).toBe('admitted');
  });

  it('refuses a Pod that calls itself static: whoever writes that annotation is not a node', async () => {
    const pod = plainPod('static');
    pod.metadata = { ...pod.metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } };
    expect(await create(await onlyNamespace(), pod)).not.toBe('admitted');
  });

  it('refuses an UPDATE of an image to a foreign one, in containers and init containers; one of ours passes', async () => {
    const namespace = await onlyNamespace();
    expect(await create(namespace, functionPod('hello'))).toBe('admitted');
    const patch = (spec: object): Promise<{ status: number | null; stderr: string }> =>
      kubectl(['patch', 'pod', 'hello', '-n', namespace, '-p', JSON.stringify({ spec })]);
    expect((await patch({ containers: [{ name: 'function', image: 'evil:1' }] })).stderr).toContain(FOREIGN);
    expect((await patch({ initContainers: [{ name: 'buildless-prepare', image: 'evil:1' }] })).stderr).toContain(
      FOREIGN,
    );
    expect((await patch({ initContainers: [{ name: 'buildless-prepare', image: NODE }] })).stderr).toContain(PROGRAM);
    expect((await patch({ containers: [{ name: 'function', image: OTHER_NODE }] })).status).toBe(0);
    expect((await kubectl(['set', 'image', 'pod/hello', 'function=evil:1', '-n', namespace])).stderr).toContain(
      FOREIGN,
    );
  });

  it('refuses to take the label away, to add it later, or to disable; other labels, finalizers and deletion pass', async () => {
    const namespace = await onlyNamespace();
    expect(await create(namespace, functionPod('hello'))).toBe('admitted');
    const run = (...args: readonly string[]): Promise<{ status: number | null; stderr: string }> =>
      kubectl([...args, '-n', namespace]);
    expect((await run('label', 'pod', 'hello', `${FUNCTION_LABEL}-`)).stderr).toContain('missing or was changed');
    expect((await run('annotate', 'pod', 'hello', `${ANNOTATIONS.mode}=disabled`)).stderr).toContain(DISABLED);
    expect((await run('label', 'pod', 'hello', 'tier=front')).status).toBe(0);
    const finalizers = (list: readonly string[]): Promise<{ status: number | null; stderr: string }> =>
      run('patch', 'pod', 'hello', '--type=merge', '-p', JSON.stringify({ metadata: { finalizers: list } }));
    expect((await finalizers(['example.com/hold'])).status).toBe(0);
    expect((await run('delete', 'pod', 'hello', '--wait=false')).status).toBe(0);
    expect((await finalizers([])).status).toBe(0);
  });

  it('refuses kubectl debug with a foreign image, as an ephemeral container and as a copy', async () => {
    const namespace = await onlyNamespace();
    expect(await create(namespace, functionPod('hello'))).toBe('admitted');
    const debug = (...args: readonly string[]): Promise<{ status: number | null; stderr: string }> =>
      kubectl(['debug', 'hello', '-n', namespace, '--profile=restricted', ...args]);
    expect((await debug('--image=busybox:1.36', '--', 'true')).stderr).toContain(FOREIGN);
    expect((await debug(`--image=${NODE}`, '--', 'npm', 'i', 'express@latest')).stderr).toContain(PROGRAM);
    expect((await debug('--image=busybox:1.36', '--copy-to=copy', '--', 'true')).stderr).toContain(NO_LABEL);
  });

  it.withControllers(
    'refuses what Deployments, Jobs and CronJobs make, as for everybody; kubectl apply warns',
    async () => {
      const namespace = await onlyNamespace();
      const template = {
        metadata: { labels: { app: 'plain' } },
        spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'evil:1' }] },
      };
      const job = { backoffLimit: 0, template };
      const workloads = [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'plain' },
          spec: {
            replicas: 1,
            selector: { matchLabels: { app: 'plain' } },
            template: { ...template, spec: { containers: template.spec.containers } },
          },
        },
        { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'plain-job' }, spec: job },
        {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: { name: 'plain-cron' },
          spec: { schedule: '* * * * *', jobTemplate: { spec: job } },
        },
      ];
      for (const workload of workloads) {
        const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], workload);
        expect(status).toBe(0);
        expect(stderr).toContain('Warning: ');
        expect(stderr).toContain('its Pods will be refused');
      }
      await kubectlOk(['create', 'job', '--from=cronjob/plain-cron', 'by-hand', '-n', namespace]);
      const events = await eventually(
        () =>
          kubectlOk([
            'get',
            'events',
            '-n',
            namespace,
            '-o',
            'jsonpath={range .items[*]}{.involvedObject.kind}/{.involvedObject.name} {.message}{"\\n"}{end}',
          ]),
        (text) =>
          ['ReplicaSet/plain-', 'Job/plain-job', 'Job/by-hand'].every((owner) =>
            text.split('\n').some((line) => line.startsWith(owner) && line.includes(NO_LABEL)),
          ),
      );
      expect(events).toContain("ValidatingAdmissionPolicy 'buildless-only'");
      expect((await coreApi().listNamespacedPod({ namespace })).items).toEqual([]);
    },
  );

  it.withControllers('admits the Pods of a Deployment of Functions, without a warning', async () => {
    const namespace = await onlyNamespace();
    const { status, stderr } = await kubectl(['create', '-n', namespace, '-f', '-'], deployment('hello', 2));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    await podsOf(namespace, 'app=hello', 2);
  });

  it('makes no exemption for users: neither for administrators nor for the controllers of kube-system', async () => {
    const namespace = await onlyNamespace();
    for (const user of [
      'system:serviceaccount:kube-system:replicaset-controller',
      'system:serviceaccount:kube-system:job-controller',
    ]) {
      const groups = ['--as-group=system:masters', '--as-group=system:serviceaccounts:kube-system'];
      const { stderr } = await kubectl(
        ['create', '-n', namespace, `--as=${user}`, ...groups, '-f', '-'],
        plainPod('plain'),
      );
      expect(stderr).toContain(NO_LABEL);
    }
  });

  it('cannot be opened by an author: the role admin of a namespace may not label it, nor change the lists', async () => {
    const namespace = await onlyNamespace();
    await kubectlOk(['create', 'rolebinding', 'author', '--clusterrole=admin', '--user=author', '-n', namespace]);
    const as = (...args: readonly string[]): Promise<{ status: number | null; stderr: string }> =>
      kubectl([...args, '--as=author']);
    expect((await as('label', 'namespace', namespace, 'buildless.dev/functions-')).stderr).toContain(
      'cannot patch resource "namespaces"',
    );
    expect((await as('delete', 'configmap', ONLY_CONFIG_MAP, '-n', INSTALL_NAMESPACE)).stderr).toContain(
      'cannot delete resource',
    );
    expect((await as('delete', 'validatingadmissionpolicybinding', 'buildless-only')).stderr).toContain(
      'cannot delete resource',
    );
    expect((await kubectl(['create', '-n', namespace, '--as=author', '-f', '-'], plainPod('plain'))).stderr).toContain(
      NO_LABEL,
    );
  });

  it('leaves Pods alone that were there before, until somebody changes their image', async () => {
    const namespace = await createNamespace();
    expect(await create(namespace, plainPod('plain'))).toBe('admitted');
    await kubectlOk(['label', 'namespace', namespace, 'buildless.dev/functions=only']);
    await eventually(
      () => create(namespace, plainPod('second'), 'All'),
      (message) => message.includes(NO_LABEL),
    );
    expect((await kubectl(['label', 'pod', 'plain', 'tier=front', '-n', namespace])).status).toBe(0);
    expect((await kubectl(['set', 'image', 'pod/plain', 'main=main:2', '-n', namespace])).stderr).toContain(FOREIGN);
  });

  it('is announced: kubectl label warns of the Pods that it, or a stricter level, would refuse, in a dry run too', async () => {
    const namespace = await createNamespace({ 'buildless.dev/functions': 'enabled' });
    const files = { 'package.json': '{"dependencies":{"axios":"1.7.9"}}' };
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello', files));
    expect(await create(namespace, functionPod('hello'))).toBe('admitted');
    expect(await create(namespace, plainPod('plain'))).toBe('admitted');
    const label = async (...args: readonly string[]): Promise<string> =>
      (await kubectl(['label', 'namespace', namespace, '--overwrite', ...args])).stderr;
    for (const dryRun of [['--dry-run=server'], []]) {
      expect(await label('buildless.dev/dependencies-enforce=locked', ...dryRun)).toContain(
        '"locked" would refuse 1 of 1 Functions (1 Pod): hello',
      );
    }
    expect(await label('buildless.dev/functions=only', '--dry-run=server')).toContain(
      '1 of 2 Pods would be refused: plain',
    );
  });

  it('says nothing in namespaces that opted in without it, or did not opt in', async () => {
    const enabled = await createNamespace({ 'buildless.dev/functions': 'enabled' });
    const none = await createNamespace();
    for (const namespace of [enabled, none]) expect(await create(namespace, plainPod('plain'))).toBe('admitted');
  });

  it('stays within the cost limits of CEL for a Pod of 100 containers and 200 entries in each list', async () => {
    const namespace = await onlyNamespace();
    const many = Array.from({ length: 200 }, (_, index) => `registry.example.com/team-${index}/sidecar:*`).join('\n');
    await setLists({ images: many, 'exempt-images': many });
    const containers = [
      { name: 'function', image: 'auto' },
      ...Array.from({ length: 100 }, (_, index) => ({
        name: `side-${index}`,
        image: index % 2 === 0 ? `registry.example.com/team-199/sidecar:${index}` : OTHER_NODE,
        env: Array.from({ length: 10 }, (_unused, each) => ({ name: `NAME_${each}`, value: 'value' })),
      })),
    ];
    const listed = await eventually(
      () => create(namespace, hello({}, { containers }), 'All'),
      (message) => !message.includes(FOREIGN),
    );
    expect(listed).toBe('admitted');
    await setLists({ images: '', 'exempt-images': '' });
    await eventually(
      () => create(namespace, hello({}, { containers }), 'All'),
      (message) => message.includes(FOREIGN),
    );
  });

  it('admits images that the administrator lists, with any command, and exempt images and namespaces', async () => {
    const namespace = await onlyNamespace();
    const exempted = await onlyNamespace();
    await setLists({
      images: 'registry.example.com/proxy:1.2\nbusybox:*\n',
      'exempt-images': 'solver:1\n',
      'exempt-namespaces': `${exempted}\n`,
    });
    const proxy = beside({ image: 'registry.example.com/proxy:1.2', command: ['proxy', '--upstream=127.0.0.1:8080'] });
    await eventually(
      () => create(namespace, proxy, 'All'),
      (message) => message === 'admitted',
    );
    expect(await create(namespace, beside({ image: 'registry.example.com/proxy:1.3' }))).toContain(FOREIGN);
    expect(await create(namespace, functionPod('hello'))).toBe('admitted');
    const debug = await kubectl([
      'debug',
      'hello',
      '-n',
      namespace,
      '--image=busybox:1.36',
      '--profile=restricted',
      '--',
      'true',
    ]);
    expect(debug.status).toBe(0);
    const solver = (image: string): V1Pod => ({
      ...plainPod('solver'),
      spec: { containers: [{ name: 'solver', image }] },
    });
    expect(await create(namespace, solver('registry.example.com/proxy:1.2'))).toContain(NO_LABEL);
    expect(await create(namespace, solver('solver:1'))).toBe('admitted');
    expect((await kubectl(['set', 'image', 'pod/solver', `solver=${PYTHON}`, '-n', namespace])).stderr).toContain(
      'denied',
    );
    expect(await create(exempted, plainPod('plain'))).toBe('admitted');
    await setLists({ images: '', 'exempt-images': '', 'exempt-namespaces': '' });
    await eventually(
      () => create(exempted, plainPod('again'), 'All'),
      (message) => message.includes(NO_LABEL),
    );
  });

  it('refuses everything while ConfigMap buildless-only is missing, and admits Functions when it is back', async () => {
    const namespace = await onlyNamespace();
    await kubectlOk(['delete', 'configmap', ONLY_CONFIG_MAP, '-n', INSTALL_NAMESPACE]);
    const missing = await eventually(
      () => create(namespace, functionPod('hello'), 'All'),
      (message) => message !== 'admitted',
    );
    expect(missing).toContain('buildless-only');
    expect(await create(namespace, plainPod('plain'))).not.toBe('admitted');
    await kubectlOk(['create', '-f', '-'], onlyConfigMap(SHIPPED));
    await eventually(
      () => create(namespace, functionPod('hello'), 'All'),
      (message) => message === 'admitted',
    );
  });

  it('holds while the webhook is down', async () => {
    const namespace = await onlyNamespace();
    await installed().webhook().stop();
    expect(await create(namespace, plainPod('plain'))).toContain(NO_LABEL);
    expect(await create(namespace, functionPod('hello'))).not.toBe('admitted');
    await installed().start();
    await eventually(
      () => create(namespace, functionPod('hello'), 'All'),
      (message) => message === 'admitted',
    );
  });
});
