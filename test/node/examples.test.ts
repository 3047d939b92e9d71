import { readdirSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, inject } from 'vitest';
import { given, it } from '../cluster/given.ts';
import { installWebhook, RESTRICTED } from '../cluster/installed.ts';
import { createNamespace, kubectl, kubectlOk } from '../cluster/kubectl.ts';
import { manifestOf, startPrivateRegistry, type Values } from './example-manifests.ts';
import { startQueue } from '../examples/nats-stand-in.ts';
import { call, callJson, nameOf, readyPod, readyPods } from './pods.ts';
import { listen } from './registry.ts';

/** One small node runs all of them at once, so what they ask for by default is small, too. */
const CONFIGURATION = `
profiles:
  L: { requests: { cpu: 10m, memory: 32Mi }, limits: { cpu: "1", memory: 512Mi } }
`;
const ORDER = { id: 'a-17', pieces: 2 };
const post = (data: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(data),
  headers: { 'content-type': 'application/json', ...headers },
});

/** Applies an example with the author's own values in it. */
async function applied(namespace: string, example: string, values: Values = {}): Promise<void> {
  await kubectlOk(['apply', '-n', namespace, '-f', '-'], manifestOf(example, values));
}

/** The same handler in Express and in Flask. */
async function answersAsHttp(pod: Awaited<ReturnType<typeof readyPod>>): Promise<void> {
  expect(await callJson(pod, '/hello?name=http')).toEqual({ message: 'Hello, http!', path: '/hello' });
  const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/shop', 'ce-type': 'shop.order.v1' };
  expect(JSON.parse((await call(pod, '/', post(ORDER, ce))).text)).toEqual({ received: 'shop.order.v1', data: ORDER });
}

/** What shows that an example works. */
const EXAMPLES: Readonly<Record<string, (namespace: string) => Promise<void>>> = {
  async 'hello-node'(namespace) {
    await applied(namespace, 'hello-node');
    for (const pod of await readyPods(namespace, 'app=hello-node', 2)) {
      expect(await callJson(pod, '/?name=node')).toEqual({
        message: 'Hello, node, from hello-node!',
        inOneWeek: '2026-01-08',
      });
    }
  },

  async 'hello-python'(namespace) {
    await applied(namespace, 'hello-python');
    expect(await callJson(await readyPod(namespace, 'app=hello-python'), '/?name=snake')).toEqual({
      message: 'Hello, snake, from hello-python!',
      bigNumber: '123.5 million',
    });
  },

  async 'express-node'(namespace) {
    await applied(namespace, 'express-node');
    await answersAsHttp(await readyPod(namespace, 'app=express-node'));
  },

  async 'flask-python'(namespace) {
    await applied(namespace, 'flask-python');
    await answersAsHttp(await readyPod(namespace, 'app=flask-python'));
  },

  async 'cloud-events'(namespace) {
    const received: unknown[] = [];
    const broker = await listen((request, response) => {
      void text(request).then((body) => {
        received.push([request.headers['content-type'], JSON.parse(body)]);
        response.end();
      });
    });
    await applied(namespace, 'cloud-events', { 'http://eventing-publisher-proxy.kyma-system/publish': broker.url });
    const pod = await readyPod(namespace, 'app=cloud-events');
    const ce = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': 'shop' };
    const data = { id: 'a-17', lines: [{ price: 3, pieces: 2 }] };
    const answer = await call(pod, '/', post(data, { ...ce, 'ce-type': 'shop.order.received.v1' }));
    expect(JSON.parse(answer.text)).toEqual({ id: 'a-17', total: 6 });
    const priced = { type: 'shop.order.priced.v1', source: 'shop/pricing', data: { id: 'a-17', total: 6 } };
    expect(received).toEqual([
      [expect.stringContaining('application/cloudevents+json'), expect.objectContaining(priced)],
    ]);
    expect((await call(pod, '/', post({}, { ...ce, 'ce-type': 'another' }))).status).toBe(202);
    broker.close();
  },

  async 'third-party-library'(namespace) {
    await applied(namespace, 'third-party-library');
    const pod = await readyPod(namespace, 'app=third-party-library');
    expect(JSON.parse((await call(pod, '/', post(ORDER))).text)).toEqual({ accepted: ORDER });
    expect((await call(pod, '/', post({ ...ORDER, pieces: 0 }))).status).toBe(422);
  },

  async 'private-registry'(namespace) {
    const registry = await startPrivateRegistry();
    await applied(namespace, 'private-registry', registry.values);
    expect((await call(await readyPod(namespace, 'app=private-registry'), '/?name=Ada')).text).toBe('Greetings, Ada');
    registry.close();
  },

  async 'scheduled-job'(namespace) {
    await applied(namespace, 'scheduled-job');
    await kubectlOk(['create', 'job', '-n', namespace, 'report-now', '--from=cronjob/scheduled-job']);
    await kubectlOk(['wait', '-n', namespace, 'job/report-now', '--for=condition=complete', '--timeout=240s']);
    const log = await kubectlOk(['logs', '-n', namespace, 'job/report-now', '-c', 'function']);
    expect(log).toContain('Report of the last 1 day and 12 hours');
  },

  async 'secret-mount'(namespace) {
    await applied(namespace, 'secret-mount', { 'PUT-A-PASSWORD-HERE': 'secret' });
    const pod = await readyPod(namespace, 'app=secret-mount');
    expect(await callJson(pod)).toEqual({ user: 'shop', passwordLength: 6 });
  },

  async 'multi-file'(namespace) {
    await applied(namespace, 'multi-file');
    const lines = [
      { item: 'pear', pieces: 2 },
      { item: 'apple', pieces: 1 },
    ];
    const answer = await call(await readyPod(namespace, 'app=multi-file'), '/', post(lines));
    expect(JSON.parse(answer.text)).toEqual({ total: 8 });
  },

  async 'python-pydantic'(namespace) {
    await applied(namespace, 'python-pydantic');
    const pod = await readyPod(namespace, 'app=python-pydantic');
    expect(JSON.parse((await call(pod, '/', post(ORDER))).text)).toEqual({ accepted: ORDER });
    expect((await call(pod, '/', post({ ...ORDER, pieces: 0 }))).status).toBe(422);
  },

  async 'gateway-api'(namespace) {
    await applied(namespace, 'gateway-api');
    const answer = await call(await readyPod(namespace, 'app=gateway-api'), '/Ada', {
      headers: { 'x-forwarded-host': 'shop.example.com' },
    });
    expect(JSON.parse(answer.text)).toEqual({ message: 'Hello, Ada!', host: 'shop.example.com' });
  },

  async ingress(namespace) {
    await applied(namespace, 'ingress');
    const pod = await readyPod(namespace, 'app=ingress');
    expect(await callJson(pod, '/greetings/Ada')).toEqual({ message: 'Hello, Ada!' });
  },

  async 'knative-trigger'(namespace) {
    await applied(namespace, 'knative-trigger');
    const pod = await readyPod(namespace, 'app=knative-trigger');
    const ce = { 'ce-specversion': '1.0', 'ce-id': '7', 'ce-source': 'shop', 'ce-type': 'shop.order.received.v1' };
    const answer = await call(pod, '/', post({ id: 'a-17', lines: [{ price: 3, pieces: 2 }] }, ce));
    expect(JSON.parse(answer.text)).toEqual({ id: 'a-17', total: 6 });
  },

  async 'nats-consumer'(namespace) {
    const queue = await startQueue({ id: 'a-17', lines: [{ price: 3, pieces: 2 }] }, inject('node').address);
    await applied(namespace, 'nats-consumer', { 'nats://nats.nats:4222': queue.url });
    await queue.acknowledged;
    const pod = await readyPod(namespace, 'app=nats-consumer');
    const log = await kubectlOk(['logs', '-n', namespace, nameOf(pod), '-c', 'function']);
    expect(log).toContain('{"id":"a-17","total":6}');
    queue.close();
  },

  async floating(namespace) {
    const { status, stderr } = await kubectl(['apply', '-n', namespace, '-f', 'examples/floating']);
    expect(status).not.toBe(0);
    expect(stderr).toContain('latest');
    expect(await kubectlOk(['get', 'pods', '-n', namespace, '-o', 'name', '-l', 'app=floating'])).toBe('');
    expect((await kubectl(['get', 'pod', '-n', namespace, 'floating'])).status).not.toBe(0);
  },
};

describe('each example, applied to a namespace that enforces restricted, runs and answers as it says', () => {
  given(() => installWebhook({ configuration: CONFIGURATION }));
  const runs = new Map<string, Promise<void>>();

  // All at once, as most of it is waiting.
  beforeAll(async () => {
    if ('reason' in inject('cluster')) return;
    const namespace = await createNamespace(RESTRICTED);
    for (const [example, check] of Object.entries(EXAMPLES)) {
      const run = check(namespace);
      // Its own test tells of a failure.
      run.catch(() => undefined);
      runs.set(example, run);
    }
    void Promise.allSettled(runs.values()).then(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));
  });

  // From the folder, so that one that is added needs its check here.
  for (const example of readdirSync('examples')) {
    it(example, async () => {
      if (!(example in EXAMPLES)) throw new Error(`there is no check of examples/${example} here`);
      await runs.get(example);
      expect(runs.has(example)).toBe(true);
    });
  }
});
