import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, inject, type TestContext } from 'vitest';
import { eventually, given, it } from '../cluster/given.ts';
import { RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { integrityOf, startNpmRegistry, type FakeRegistry, type NpmPackage } from '../pod/install/fake-registry.ts';
import { followEndpoints } from './endpoints.ts';
import { apply, deployed, RESOURCES, sourceOf } from './functions.ts';
import { installAll } from './install-all.ts';
import { Load } from './load.ts';
import { BUN_IMAGE, bunImage } from './machine/bun-image.ts';
import { ctr } from './machine/containerd.ts';
import { call, callJson, inside, readyPod, readyPods, statusOf } from './pods.ts';
import { npmrcOf, packNpm } from './registry.ts';

const RUNTIME = 'bun1';
const REGISTRY = { 'buildless.dev/registry': 'registry' };

/** `outer` asks for any 1.x of `inner`. */
const packageOf = (name: string, version: string, text: string, dependencies = {}): NpmPackage => ({
  name,
  version,
  dependencies,
  archive: packNpm(name, text, { version, dependencies }).archive,
  hasInstallScript: false,
});
const both = (version: string): readonly NpmPackage[] => [
  packageOf('inner', version, `module.exports = '${version}';`),
  packageOf('outer', version, "exports.inner = require('inner');", { inner: '^1.0.0' }),
];
const FIRST = both('1.0.0');
const MANIFEST = '{"dependencies":{"outer":"^1.0.0"}}';

const lockOf = (packages: readonly NpmPackage[]): string =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      '': { dependencies: { outer: '^1.0.0' } },
      ...Object.fromEntries(
        packages.map(({ name, version, archive, dependencies }) => [
          `node_modules/${name}`,
          { version, integrity: integrityOf(archive), dependencies },
        ]),
      ),
    },
  });

/** TypeScript that Node.js would have to compile: an enum. */
const EVENT = `
import { inner } from 'outer';
enum Answer { Whole = 'whole' }
export async function main(event: { data?: { spin?: number }, extensions: any }, context: any) {
  const until = Date.now() + Number(event.extensions.request.query.spin ?? 0);
  while (Date.now() < until);
  return { answer: Answer.Whole, inner, bun: process.versions.bun, user: process.getuid!(), name: context['function-name'] };
}`;

/** Answers as Load wants it, a while after it was asked, with its code and packages in headers. */
const http = (code: string): string => `
const { hostname } = require('node:os');
const { inner } = require('outer');
exports.main = (request, response) => {
  response.set({ 'x-code': '${code}', 'x-inner': inner });
  setTimeout(() => response.send(hostname() + ' ' + request.body.id), 50);
};`;

const serviceOf = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] },
});

async function versionsOf(pods: readonly V1Pod[]): Promise<readonly string[]> {
  const answers = pods.map(async (pod) => {
    const sent = { method: 'POST', body: '{"id":"1"}', headers: { 'content-type': 'application/json' } };
    const { headers } = await call(pod, '/', sent);
    return `${headers.get('x-code') ?? ''} ${headers.get('x-inner') ?? ''}`;
  });
  return Promise.all(answers);
}

describe('a Function of bun1', () => {
  const packages = [...FIRST];
  let registry: FakeRegistry;
  let namespace = '';
  let missing: string | undefined;

  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    registry = await startNpmRegistry(packages, inject('node').address);
    if (!inject('node').ours) return;
    const image = await bunImage(console.log);
    if ('reason' in image) missing = image.reason;
    else ctr('images', 'import', image.archive);
  });
  given(() => installAll(`dependencies: { registries: { nodejs: ["${registry.address}"] } }`));
  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    namespace = await createNamespace(RESTRICTED);
    const stringData = { '.npmrc': npmrcOf(registry.address, 'token') };
    await apply(namespace, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'registry' }, stringData });
  });
  afterAll(async () => {
    if ('reason' in inject('cluster')) return;
    await registry.close();
    await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  const needsImage = (context: TestContext): void => {
    if (missing !== undefined) context.skip(missing);
  };

  it("runs on the runtime's own image in a restricted namespace, with the packages of its author's lock", async (context) => {
    needsImage(context);
    const files = { 'handler.ts': EVENT, 'package.json': MANIFEST, 'package-lock.json': lockOf(FIRST) };
    await apply(namespace, deployed('event', { runtime: RUNTIME, files, annotations: REGISTRY }));
    const pod = await readyPod(namespace, 'app=event');

    expect(pod.spec?.containers[0]).toMatchObject({ image: BUN_IMAGE, resources: RESOURCES });
    expect(pod.spec?.initContainers?.map(({ name }) => name)).toEqual(['buildless-prepare']);
    expect(await callJson(pod)).toEqual({
      answer: 'whole',
      inner: '1.0.0',
      bun: /:(\d+\.\d+\.\d+)/.exec(BUN_IMAGE)?.[1],
      user: 1000,
      name: 'event',
    });
    expect(await inside(pod, 'sh', '-c', 'command -v npm node || echo none')).toBe('none\n');

    // The handler keeps its thread busy; another one answers the liveness probe.
    const busy = callJson(pod, '/?spin=8000');
    const healthAt = (port: number): Promise<number> =>
      fetch(`http://${pod.status?.podIP ?? ''}:${port}/healthz`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(1000),
      }).then(
        ({ status }) => status,
        () => 0,
      );
    await eventually(
      () => healthAt(8080),
      (status) => status === 0,
    );
    expect(await healthAt(8099)).toBe(200);
    await busy;
    expect((await call(pod, '/metrics')).text).toMatch(/^function_calls_total\{method="GET"\} 2$/m);
    expect(statusOf(await readyPod(namespace, 'app=event'), 'function')?.restartCount).toBe(0);
  });

  it('loses no request while it is edited and undone, and goes back to the packages of that time', async (context) => {
    needsImage(context);
    const options = { runtime: RUNTIME, annotations: { ...REGISTRY, 'buildless.dev/api': 'http' }, replicas: 2 };
    const files = (code: string): Readonly<Record<string, string>> => ({
      'handler.js': http(code),
      'package.json': MANIFEST,
    });
    const untilAll = (answer: string): Promise<unknown> =>
      eventually(
        async () => versionsOf(await readyPods(namespace, 'app=http', 2)).catch(() => []),
        (answers) => answers.length === 2 && answers.every((each) => each === answer),
        120_000,
      );
    await apply(namespace, deployed('http', { ...options, files: files('one') }), serviceOf('http'));
    await untilAll('one 1.0.0');
    packages.push(...both('1.1.0'));
    const load = new Load(await followEndpoints(namespace, 'http'));
    try {
      // A new name of the package's version makes a new lock.
      const edited = { ...files('two'), 'package.json': '{"dependencies":{"outer":"1.1.0","inner":"1.1.0"}}' };
      await apply(namespace, sourceOf('http', edited));
      await untilAll('two 1.1.0');
      await kubectlOk(['rollout', 'undo', '-n', namespace, 'deployment/http']);
      await untilAll('one 1.0.0');
    } finally {
      await load.stop();
    }
    expect(load.answers).toBeGreaterThan(100);
    expect(load.failures).toEqual([]);
  });
});
