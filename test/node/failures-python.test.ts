import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { V1Pod } from '@kubernetes/client-node';
import { eventually, given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectlOk } from '../cluster/kubectl.ts';
import { apply, deployed, type FunctionOptions } from './functions.ts';
import { call, discard, failed, initFailed, nameOf, readyPod, reread, seenOnce, statusOf } from './pods.ts';
import { listen, type Listening } from './registry.ts';

const FINE = { 'handler.py': "def main(event, context):\n    return 'hello'\n" };
/** Of a package that is there, so that only the registry decides. */
const PINNED = { ...FINE, 'requirements.txt': 'humanize==4.9.0\n' };
/** Of uv; no package has this hash. */
const HASHED = { ...FINE, 'requirements.txt': `humanize==4.9.0 --hash=sha256:${'0'.repeat(64)}\n` };
const pipConf = (name: string, index: string, more = ''): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { 'pip.conf': `[global]\nindex-url = ${index}\n${more}` },
});
const python = (name: string, options: FunctionOptions): readonly object[] =>
  deployed(name, { runtime: 'python311', ...options });
const from = (secret: string): Pick<FunctionOptions, 'annotations'> => ({
  annotations: { 'buildless.dev/registry': secret },
});

describe('what kubectl shows of a Python Function that fails', () => {
  given(() => installWebhook());
  let namespace = '';
  let strict: Listening | undefined;

  // All at once: most of what follows is waiting for the kubelet.
  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    strict = await listen((_, response) => response.writeHead(401).end());
    namespace = await createNamespace(RESTRICTED);
    await apply(
      namespace,
      pipConf('unreachable', 'http://127.0.0.1:9/simple'),
      pipConf('without-tls', `${strict.url}simple`),
      pipConf(
        'wrong-token',
        `${strict.url.replace('http://', 'http://someone:not-the-token@')}simple`,
        `trusted-host = ${inject('node').address}\n`,
      ),
      python('without-tls', { files: PINNED, ...from('without-tls') }),
      python('unreachable', { files: PINNED, ...from('unreachable') }),
      python('unreachable-hashed', { files: HASHED, ...from('unreachable') }),
      python('wrong-token', { files: PINNED, ...from('wrong-token') }),
      python('wrong-token-hashed', { files: HASHED, ...from('wrong-token') }),
      python('wrong-hash', { files: HASHED }),
      python('missing-export', { files: { 'handler.py': 'def mian(event, context):\n    return 1\n' } }),
      python('exits', {
        files: {
          'handler.py': `
import os, sys

def main(event, context):
    if event['extensions']['request'].path == '/sys.exit':
        sys.exit(3)
    os._exit(3)
`,
        },
      }),
      python('blocks', {
        // An expression whose matching takes exponential time never lets go of the interpreter's lock.
        files: {
          'handler.py': "import re\n\ndef main(event, context):\n    return re.match('(a+)+$', 'a' * 60 + 'b')\n",
        },
      }),
      python('busy', {
        files: {
          'handler.py': `
def main(event, context):
    while event['extensions']['request'].path == '/loop':
        pass
    return 'answered'
`,
        },
        container: { env: [{ name: 'CHERRYPY_NUMTHREADS', value: '2' }] },
      }),
      python('grows', {
        files: {
          'handler.py':
            'kept = []\n\ndef main(event, context):\n    while True:\n        kept.append(bytearray(b"x" * 1000000))\n',
        },
        container: { resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { cpu: '1', memory: '128Mi' } } },
      }),
    );
  });
  afterAll(async () => {
    strict?.close();
    if (namespace !== '') await kubectlOk(['delete', 'namespace', namespace, '--wait=false']);
  });

  /** The Pod, as soon as its Function's container was restarted. */
  const restarted = (pod: V1Pod): Promise<V1Pod> =>
    eventually(
      () => reread(pod),
      (each) => statusOf(each, 'function')?.lastState?.terminated !== undefined,
      90_000,
    );

  for (const name of ['unreachable', 'unreachable-hashed']) {
    it(`an index that cannot be reached: its address (${name})`, async () => {
      const { describe: described } = await seenOnce(namespace, name, initFailed);
      expect(described).toMatch(/Message: .*127\.0\.0\.1:9/);
    });
  }

  for (const name of ['wrong-token', 'wrong-token-hashed']) {
    it(`an index that refuses the password: that it does, and never the password (${name})`, async () => {
      const { describe: described, logs } = await seenOnce(namespace, name, initFailed);
      expect(described).toMatch(/Message: .*(401|credentials)/);
      expect(described + logs).not.toContain('not-the-token');
    });
  }

  it('an index without TLS that nobody said to trust: that pip ignores it, and how to have it', async () => {
    const { describe: described } = await seenOnce(namespace, 'without-tls', initFailed);
    expect(described).toMatch(/Message: .*ignores the index[\s\S]*trusted-host = /);
  });

  it('a package that is not the one that was locked: its name, and that the hash is another', async () => {
    const { describe: described } = await seenOnce(namespace, 'wrong-hash', initFailed);
    expect(described).toMatch(/Message: [\s\S]*humanize[\s\S]*(hash|digest)/i);
  });

  it('a missing export: the one that was looked for and those that there are', async () => {
    const { get, describe: described, logs } = await seenOnce(namespace, 'missing-export', failed);
    expect(get).toMatch(/0\/1/);
    for (const text of [described, logs]) expect(text).toMatch(/main is missing[\s\S]*mian/);
  });

  it('a handler that ends its process: the restart, its exit code and that the handler did it', async () => {
    const pod = await readyPod(namespace, 'app=exits');
    // An exception like any other.
    expect((await call(pod, '/sys.exit')).status).toBe(500);
    expect(await kubectlOk(['logs', '-n', namespace, nameOf(pod), '-c', 'function'])).toContain('SystemExit');
    await call(pod).catch(() => undefined);
    const { exitCode, message } = statusOf(await restarted(pod), 'function')?.lastState?.terminated ?? {};
    expect(exitCode).toBe(3);
    expect(message).toContain('os._exit(3)');
    expect(await kubectlOk(['describe', 'pod', '-n', namespace, nameOf(pod)])).toContain('os._exit(3)');
  });

  it('a handler that keeps Python to itself: stays in the Service no longer, and the log says what it does', async () => {
    const pod = await readyPod(namespace, 'app=blocks');
    call(pod).catch(() => undefined);
    await eventually(
      () => reread(pod),
      (each) => statusOf(each, 'function')?.ready === false,
      120_000,
    );
    const read = (): Promise<string> => kubectlOk(['logs', '-n', namespace, nameOf(pod), '-c', 'function']);
    const logs = await eventually(read, (text) => text.includes('to itself'), 60_000);
    await discard(namespace, 'blocks');
    expect(logs).toContain('the handler has kept Python to itself for');
  });

  it('calls that never end: others are answered while there is a thread; then it leaves the Service, and the log says so', async () => {
    const pod = await readyPod(namespace, 'app=busy');
    call(pod, '/loop').catch(() => undefined);
    expect((await call(pod)).text).toBe('answered');
    for (let others = 0; others < 2; others += 1) call(pod, '/loop').catch(() => undefined);
    await eventually(
      () => reread(pod),
      (each) => statusOf(each, 'function')?.ready === false,
      120_000,
    );
    const logs = await kubectlOk(['logs', '-n', namespace, nameOf(pod), '-c', 'function']);
    const { restartCount } = statusOf(await reread(pod), 'function') ?? {};
    await discard(namespace, 'busy');
    expect(logs).toContain('calls have kept all 2 threads');
    expect(restartCount).toBe(0);
  });

  it('a handler that grows to its memory limit: OOMKilled, and a restart', async () => {
    const pod = await readyPod(namespace, 'app=grows');
    await call(pod).catch(() => undefined);
    expect(statusOf(await restarted(pod), 'function')?.lastState?.terminated?.reason).toBe('OOMKilled');
  });
});
