import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import { cluster, eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed, sourceOf } from './functions.ts';
import { call, discard, failed, initFailed, nameOf, readyPod, reread, seenOnce, statusOf, urlOf } from './pods.ts';
import { listen, type Listening } from './registry.ts';

const FINE = { 'handler.js': "module.exports = { main: () => 'hello' };" };
const dependsOn = (dependencies: Record<string, string>): string => JSON.stringify({ dependencies });
const secret = (name: string, npmrc: string): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { '.npmrc': npmrc },
});

describe('what kubectl shows of a Function that fails', () => {
  given(() => installWebhook());
  let namespace = '';
  let strict: Listening | undefined;

  // All at once: most of what follows is waiting for the kubelet.
  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    // It knows no token.
    strict = await listen((_, response) => response.writeHead(401).end('{"error":"unauthorized"}'));
    namespace = await createNamespace(RESTRICTED);
    const host = strict.url.replace('http:', '');
    const dayjs = { ...FINE, 'package.json': dependsOn({ dayjs: '1.11.13' }) };
    await apply(
      namespace,
      secret('unreachable', 'registry=http://127.0.0.1:9/'),
      secret('wrong-token', `registry=${strict.url}\n${host}:_authToken=not-the-token`),
      deployed('no-such-package', {
        files: { ...FINE, 'package.json': dependsOn({ '@buildless-dev/there-is-none': '1.0.0' }) },
      }),
      deployed('no-such-version', { files: { ...FINE, 'package.json': dependsOn({ dayjs: '1.11.99999' }) } }),
      deployed('no-such-module', {
        runtime: 'python311',
        files: {
          'handler.py': 'def main(event, context): pass\n',
          'requirements.txt': 'buildless-there-is-none==1.0\n',
        },
      }),
      deployed('unreachable', { files: dayjs, annotations: { 'buildless.dev/registry': 'unreachable' } }),
      deployed('wrong-token', { files: dayjs, annotations: { 'buildless.dev/registry': 'wrong-token' } }),
      deployed('syntax-error', { files: { 'handler.js': 'module.exports = { main( { };\n' } }),
      deployed('syntax-error-python', { runtime: 'python311', files: { 'handler.py': 'def main(event, context:\n' } }),
      deployed('missing-export', { files: { 'handler.js': 'exports.mian = () => 1;\n' } }),
      deployed('exits', { files: { 'handler.js': 'exports.main = () => process.exit(3);\n' } }),
      deployed('blocks', { files: { 'handler.js': 'exports.main = () => { for (;;); };\n' } }),
      deployed('grows', {
        files: {
          'handler.js': 'const kept = []; exports.main = () => { for (;;) kept.push(Buffer.alloc(1e6, 1)); };\n',
        },
        container: { resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } } },
      }),
    );
  });
  afterAll(async () => {
    strict?.close();
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  it('a floating dependency: nothing, as kubectl apply refuses it and says where', async () => {
    const source = sourceOf('floating', { ...FINE, 'package.json': dependsOn({ axios: 'latest' }) });
    const { stderr } = await kubectl(['apply', '-n', namespace, '-f', '-'], source);
    expect(stderr).toContain('package.json:1');
    expect(stderr).toContain('axios');
  });

  it('a package that does not exist: its name and the registry, in describe and in the log', async () => {
    const { get, describe: described, logs } = await seenOnce(namespace, 'no-such-package', initFailed);
    expect(get).toMatch(/0\/1/);
    for (const text of [described, logs]) expect(text).toContain('@buildless-dev/there-is-none');
    expect(described).toMatch(/Message: .*registry/);
  });

  it('a version that does not exist: the versions that do', async () => {
    const { describe: described } = await seenOnce(namespace, 'no-such-version', initFailed);
    expect(described).toMatch(/Message: .*dayjs.*1\.11\.99999/);
  });

  it('a Python package that does not exist: its name', async () => {
    const { describe: described, logs } = await seenOnce(namespace, 'no-such-module', initFailed);
    for (const text of [described, logs]) expect(text).toContain('buildless-there-is-none');
  });

  it('a registry that cannot be reached: its address', async () => {
    const { describe: described } = await seenOnce(namespace, 'unreachable', initFailed);
    expect(described).toMatch(/Message: .*127\.0\.0\.1:9/);
  });

  it('a registry that refuses the token: that it does, and never the token', async () => {
    const { describe: described, logs } = await seenOnce(namespace, 'wrong-token', initFailed);
    expect(described).toMatch(/Message: .*(401|token|credentials)/);
    expect(described + logs).not.toContain('not-the-token');
  });

  it('a syntax error: file and line, in describe and in the log', async () => {
    const { get, describe: described, logs } = await seenOnce(namespace, 'syntax-error', failed);
    expect(get).toMatch(/0\/1/);
    expect(described).toMatch(/Message: .*handler\.js, line 1: SyntaxError/);
    expect(logs).toContain('handler.js, line 1: SyntaxError');
  });

  it('a syntax error in Python: file and line', async () => {
    const { describe: described, logs } = await seenOnce(namespace, 'syntax-error-python', failed);
    expect(described).toMatch(/Message: .*handler\.py/);
    expect(logs).toMatch(/handler\.py.*line 1|handler\.py:1/);
  });

  it('a missing export: the one that was looked for and those that there are', async () => {
    const { describe: described } = await seenOnce(namespace, 'missing-export', failed);
    expect(described).toMatch(/Message: .*main is missing[\s\S]*found: +mian/);
  });

  it('a handler that ends its process: the restart, its exit code and that the handler did it', async () => {
    const pod = await readyPod(namespace, 'app=exits');
    await call(pod).catch(() => undefined);
    const after = await eventually(
      () => reread(pod),
      (each) => (statusOf(each, 'function')?.restartCount ?? 0) > 0,
      60_000,
    );
    const { exitCode, message } = statusOf(after, 'function')?.lastState?.terminated ?? {};
    expect(exitCode).toBe(3);
    expect(message).toContain('process.exit');
  });

  it('a handler that blocks its thread: stays in the Service no longer, and the log says what it does', async () => {
    const pod = await readyPod(namespace, 'app=blocks');
    call(pod).catch(() => undefined);
    await eventually(
      () => reread(pod),
      (each) => statusOf(each, 'function')?.ready === false,
      120_000,
    );
    const logs = await kubectlOk(['logs', '-n', namespace, nameOf(pod), '--all-containers']);
    await discard(namespace, 'blocks');
    expect(logs).toMatch(/busy|block/);
  });

  it('a handler that grows to its memory limit: OOMKilled, and a restart', async () => {
    const pod = await readyPod(namespace, 'app=grows');
    await fetch(urlOf(pod)).catch(() => undefined);
    const after = await eventually(
      () => reread(pod),
      (each) => statusOf(each, 'function')?.lastState?.terminated !== undefined,
      90_000,
    );
    expect(statusOf(after, 'function')?.lastState?.terminated?.reason).toBe('OOMKilled');
    expect(cluster().controllers).toBe(true);
  });
});
