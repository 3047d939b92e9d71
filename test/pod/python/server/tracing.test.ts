import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vendorPython } from '../../../../scripts/vendor-python.mjs';
import { Collector } from '../../nodejs/server/collector.ts';
import { PythonRuntime } from './python-function.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

let runtime: PythonRuntime;
let scratch: string;
let collector: Collector;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-requirements-'));
});
afterAll(async () => {
  await runtime.close();
  await rm(scratch, { recursive: true, force: true });
});
beforeEach(async () => {
  collector = await Collector.listen();
});
afterEach(() => collector.close());

const ENV = { FUNC_NAME: 'orders', SERVICE_NAMESPACE: 'shop', OTEL_BSP_SCHEDULE_DELAY: '50' };
const HELLO = `def main(event, context): return 'hello'`;

const start = (
  handler: string,
  env: Readonly<Record<string, string>> = {},
  prepare?: (folder: string) => Promise<void>,
) => runtime.start({ 'handler.py': handler }, { ...ENV, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env }, prepare);

const get = (headers: Record<string, string> = {}, at = '/') => ({ method: 'GET', path: at, headers });

describe('where an endpoint is set', () => {
  it('a call is a span, which is part of the trace that the request names', async () => {
    const started = await start(HELLO);
    await started.call(undefined, get({ traceparent: TRACEPARENT }, '/a?secret=1'));
    const [span] = await collector.received(1);
    expect(span).toMatchObject({
      name: 'GET',
      kind: SERVER,
      traceId: TRACE,
      parentSpanId: PARENT,
      scope: 'io.kyma-project.serverless',
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': '200',
        'url.path': '/a',
        'server.address': '127.0.0.1',
        'faas.name': 'orders',
      },
      resource: { 'service.name': 'orders', 'k8s.namespace.name': 'shop', 'telemetry.sdk.language': 'python' },
    });
    expect(JSON.stringify(span)).not.toContain('secret');
    expect(collector.paths).toEqual(['/v1/traces']);
  });

  it.each([
    ['one header', { b3: `${TRACE}-${PARENT}-1` }],
    ['several headers', { 'x-b3-traceid': TRACE, 'x-b3-spanid': PARENT, 'x-b3-sampled': '1' }],
  ])('B3 names a trace too, in %s', async (_, headers) => {
    const started = await start(HELLO, { OTEL_PROPAGATORS: 'b3,b3multi,unknown' });
    await started.call(undefined, get(headers));
    expect((await collector.received(1))[0]).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
  });

  it('TRACE_COLLECTOR_ENDPOINT is a whole URL, as in Kyma; OTEL_RESOURCE_ATTRIBUTES are added', async () => {
    const started = await start(HELLO, {
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      TRACE_COLLECTOR_ENDPOINT: `${collector.url}/own/path`,
      OTEL_SERVICE_NAME: 'pay',
      OTEL_RESOURCE_ATTRIBUTES: 'team=blue',
    });
    await started.call();
    expect((await collector.received(1))[0]?.resource).toMatchObject({ 'service.name': 'pay', team: 'blue' });
    expect(collector.paths).toEqual(['/own/path']);
  });

  it('what is not sampled, health, metrics and the favicon are not exported', async () => {
    const started = await start(HELLO);
    await started.call(undefined, get({ traceparent: `00-${TRACE}-${PARENT}-00` }));
    for (const at of ['/healthz', '/metrics', '/favicon.ico', '/call']) await started.call(undefined, get({}, at));
    expect((await collector.received(1)).map(({ attributes }) => attributes['url.path'])).toEqual(['/call']);
  });

  it('a failure is in its span, and its line in the log has the trace id', async () => {
    const started = await start(`def main(event, context): raise IndexError('too far')`);
    expect((await started.call(undefined, get({ traceparent: TRACEPARENT }))).status).toBe(500);
    expect((await collector.received(1))[0]).toMatchObject({
      status: { code: ERROR, message: 'too far' },
      events: ['exception'],
      attributes: { 'http.response.status_code': '500', 'error.type': 'IndexError' },
    });
    const line =
      started
        .log()
        .split('\n')
        .find((text) => text.includes('main failed')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ level: 'error', traceId: TRACE, error: { message: 'too far' } });
  });

  it('a refused request, a timeout and an answer in pieces have spans that end with their answer', async () => {
    const handler = `
import time
def main(event, context):
    if event['data'] == 'slow': time.sleep(2)
    def pieces():
        with event.tracer.start_as_current_span('piece'): yield 'a'
        time.sleep(0.3)
        yield 'b'
    return pieces()`;
    const started = await start(handler, { FUNC_TIMEOUT: '1' });
    await started.call(undefined, { body: '{' });
    expect((await collector.received(1))[0]?.attributes['http.response.status_code']).toBe('400');
    expect((await started.call('slow')).status).toBe(408);
    expect((await collector.received(2))[1]?.attributes['http.response.status_code']).toBe('408');
    await (await started.call('pieces')).text();
    const spans = await collector.received(4);
    const call = spans[3];
    expect(spans[2]).toMatchObject({ name: 'piece', parentSpanId: call?.spanId });
    expect(call).toMatchObject({ kind: SERVER, attributes: { 'http.response.status_code': '200' } });
  });

  it.each([
    ['a function', `def main(event, context):\n`],
    ['a coroutine', `import asyncio\nasync def main(event, context):\n    await asyncio.sleep(0)\n`],
  ])('event.tracer makes spans that are children of the call’s, in %s', async (_, head) => {
    const started = await start(`from opentelemetry import trace
${head}    with event.tracer.start_as_current_span('work') as span:
        span.set_attributes({'step': 1, 'list': ['a'], 'share': 0.5, 'yes': True})
    return trace.get_current_span().get_span_context().is_valid
`);
    expect(await (await started.call()).json()).toBe(true);
    const spans = await collector.received(2);
    const call = spans.find(({ kind }) => kind === SERVER);
    expect(spans.find(({ name }) => name === 'work')).toMatchObject({
      traceId: call?.traceId,
      parentSpanId: call?.spanId,
      attributes: { step: '1', list: { values: [{ stringValue: 'a' }] }, share: 0.5, yes: true },
    });
  });

  it('calls that follow each other in one thread are traces of their own', async () => {
    const started = await start(HELLO, { CHERRYPY_NUMTHREADS: '1' });
    for (let call = 0; call < 3; call += 1) await started.call();
    const spans = await collector.received(3);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(3);
    expect(spans.filter(({ parentSpanId }) => parentSpanId !== undefined)).toEqual([]);
  });

  it('the trace goes on in what is asked through http.client, as urllib does', async () => {
    const started = await start(`
import json
from urllib.request import urlopen
def main(event, context): return json.load(urlopen(event['data']))
`);
    const headers: unknown = await (await started.call(`${collector.url}/x?key=1`)).json();
    const spans = await collector.received(2);
    const call = spans.find(({ kind }) => kind === SERVER);
    const outgoing = spans.find(({ kind }) => kind === CLIENT);
    expect(outgoing).toMatchObject({
      name: 'GET',
      traceId: call?.traceId,
      parentSpanId: call?.spanId,
      attributes: { 'url.full': `${collector.url}/x`, 'http.response.status_code': '200' },
    });
    // The flags are those of W3C's level 2, "random" beside "sampled", where the SDK knows them.
    expect(JSON.stringify(headers)).toMatch(
      new RegExp(`"traceparent":"00-${call?.traceId}-${outgoing?.spanId}-0[13]"`),
    );
    expect(headers).toMatchObject({
      'x-b3-traceid': call?.traceId,
    });
  });

  it('an outgoing request that fails still fails as it did', async () => {
    const started = await start(`
import http.client
def main(event, context):
    try: http.client.HTTPConnection('127.0.0.1', 1).request('GET', '/')
    except OSError as error: return type(error).__name__
`);
    expect(await (await started.call()).text()).toBe('ConnectionRefusedError');
    const outgoing = (await collector.received(2)).find(({ kind }) => kind === CLIENT);
    expect(outgoing).toMatchObject({ status: { code: ERROR }, events: ['exception'] });
  });

  it('a collector that is down is in nobody’s way, and is worth one line in the log', async () => {
    const started = await start(HELLO, {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TIMEOUT: '500',
    });
    for (let call = 0; call < 3; call += 1) expect(await (await started.call()).text()).toBe('hello');
    await started.logged('spans could not be sent');
    await started.call();
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(started.log().match(/spans could not be sent to http:\/\/127\.0\.0\.1:1\/v1\/traces/g)).toHaveLength(1);
    expect(started.log()).not.toContain('Traceback');
  });

  it('the spans of the last calls are sent before the process ends', async () => {
    const started = await start(HELLO, { OTEL_BSP_SCHEDULE_DELAY: '60000' });
    await started.call(undefined, get({}, '/last'));
    started.process.kill('SIGTERM');
    expect(await started.exited).toBe(0);
    expect(collector.spans.map(({ attributes }) => attributes['url.path'])).toEqual(['/last']);
  });

  it.each([
    ['collector:4317', 'not an http or https URL'],
    ['http://127.0.0.1:1:1', 'not an http or https URL'],
  ])('one that cannot be used (%s) is said, and stops nothing', async (url, said) => {
    const started = await start(HELLO, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
    expect(started.log()).toContain(said);
    expect(await (await started.call()).text()).toBe('hello');
  });
});

/** The API alone, and with its SDK, in an older version than the server's. */
const API = [
  'opentelemetry-api==1.30.0 --hash=sha256:d5f5284890d73fdf47f843dda3210edf37a38d66f44f2b5aedc1e89ed455dc09',
  'deprecated==1.2.18 --hash=sha256:bd5011788200372a32418f888e326a09ff80d0214bd961147cfed01b5c018eec',
  'importlib-metadata==8.5.0 --hash=sha256:45e54197d28b7a7f1559e60b95e7c567032b602131fbd588f1497f47880aa68b',
  'zipp==3.21.0 --hash=sha256:ac1bbe05fd2991f160ebce24ffbac5f6d11d83dc90891255885223d42b3cd931',
  'wrapt==1.17.2 --hash=sha256:b18f2d1533a71f069c7f82d524a52599053d4c7166e9dd374ae2136b7f40f7c8',
];
const SDK = [
  'opentelemetry-sdk==1.30.0 --hash=sha256:14fe7afc090caad881addb6926cec967129bd9260c4d33ae6a217359f6b61091',
  'opentelemetry-semantic-conventions==0.51b0 --hash=sha256:fdc777359418e8d06c86012c3dc92c88a6453ba662e941593adb062e48c2eeae',
  'typing-extensions==4.12.2 --hash=sha256:04e5ca0351e0f3f85c6853954072df659d0d13fac324d0072316b67d7794700d',
];
const VERSIONS = `
from importlib.metadata import version
from opentelemetry import trace
def main(event, context):
    with event.tracer.start_as_current_span('work') as span:
        return [version('opentelemetry-api'), trace.__file__.split('/')[-4], span is trace.get_current_span()]
`;

const install = (requirements: readonly string[]) => async (folder: string) => {
  const file = path.join(scratch, 'requirements.txt');
  await writeFile(file, requirements.join('\n'));
  await vendorPython(file, path.join(folder, '.python-packages'));
};

describe('OpenTelemetry that the Function brings', () => {
  it('is the one that the server’s spans go through', async () => {
    const started = await start(VERSIONS, {}, install([...API, ...SDK]));
    expect(await (await started.call()).json()).toEqual(['1.30.0', '.python-packages', true]);
    const spans = await collector.received(2);
    const call = spans.find(({ kind }) => kind === SERVER);
    expect(spans.find(({ name }) => name === 'work')?.parentSpanId).toBe(call?.spanId);
    expect(call?.resource).toMatchObject({ 'service.name': 'orders', 'telemetry.sdk.version': '1.30.0' });
  });

  it('wins without its SDK too: where the server’s does not go with it, no spans are exported, and the log says why', async () => {
    const started = await start(VERSIONS, {}, install(API));
    expect(await (await started.call()).json()).toEqual(['1.30.0', '.python-packages', true]);
    expect(started.log()).toContain(
      'no spans are exported: opentelemetry-api 1.30.0 and opentelemetry-sdk 1.45.2 cannot be used together',
    );
  });
});

describe('where no endpoint is set', () => {
  it('event.tracer is there and does nothing, and OpenTelemetry is not loaded before', async () => {
    const started = await start(
      `import sys
def main(event, context):
    loaded = 'opentelemetry' in sys.modules
    with event.tracer.start_as_current_span('x') as span: return [loaded, span.is_recording()]`,
      { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    );
    expect(await (await started.call()).json()).toEqual([false, false]);
  });

  it.each([
    ['W3C', { traceparent: TRACEPARENT }],
    ['B3', { 'x-b3-traceid': TRACE }],
  ])('a line in the log has the trace id of the request all the same (%s)', async (_, headers) => {
    const started = await start(`def main(event, context): 1 / 0`, { OTEL_EXPORTER_OTLP_ENDPOINT: '' });
    await started.call(undefined, get(headers));
    await started.logged(`"traceId":"${TRACE}"`);
  });
});
