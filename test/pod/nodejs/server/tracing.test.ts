import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTraceExport } from '../../../../src/pod/nodejs/server/tracing/endpoint.ts';
import { copyBuiltPrograms } from '../../conformance/built-programs.ts';
import { withFunction, type FunctionProcess } from '../../conformance/harness.ts';
import { Collector } from './collector.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

let built: Awaited<ReturnType<typeof copyBuiltPrograms>>;
let collector: Collector;
beforeAll(async () => {
  built = await copyBuiltPrograms('nodejs');
});
afterAll(() => built.remove());
beforeEach(async () => {
  collector = await Collector.listen();
});
afterEach(() => collector.close());

const traced = <T>(
  handler: string,
  body: (started: FunctionProcess) => Promise<T>,
  env: Readonly<Record<string, string>> = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
): Promise<T> =>
  withFunction(
    { language: 'nodejs', programs: built.programs, files: handler, env: { OTEL_BSP_SCHEDULE_DELAY: '50', ...env } },
    body,
  );

const HELLO = `module.exports = { main: () => 'hello' };`;

describe('where an endpoint is set', () => {
  it('a call is a span, which is part of the trace that the request names', async () => {
    await traced(HELLO, async (started) => {
      await started.call({ path: '/a?secret=1', headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
      const [span] = await collector.received(1);
      expect(span).toMatchObject({
        name: 'GET',
        kind: SERVER,
        traceId: TRACE,
        parentSpanId: PARENT,
        scope: 'io.kyma-project.serverless',
        attributes: {
          'http.request.method': 'GET',
          'http.response.status_code': 200,
          'url.path': '/a',
          'faas.name': 'orders',
        },
        resource: { 'service.name': 'orders', 'k8s.namespace.name': 'shop', 'telemetry.sdk.language': 'nodejs' },
      });
      expect(collector.paths).toContain('/v1/traces');
    });
  });

  it.each([
    ['one header', { b3: `${TRACE}-${PARENT}-1` }],
    ['several headers', { 'x-b3-traceid': TRACE, 'x-b3-spanid': PARENT, 'x-b3-sampled': '1' }],
  ])('B3 names a trace too, in %s', async (_, headers) => {
    await traced(
      HELLO,
      async (started) => {
        await started.call({ headers });
        expect((await collector.received(1))[0]).toMatchObject({ traceId: TRACE, parentSpanId: PARENT });
      },
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_PROPAGATORS: 'b3,b3multi' },
    );
  });

  it('TRACE_COLLECTOR_ENDPOINT is a whole URL, as in Kyma; OTEL_RESOURCE_ATTRIBUTES are added', async () => {
    await traced(
      HELLO,
      async (started) => {
        await started.call({});
        expect((await collector.received(1))[0]?.resource).toMatchObject({ 'service.name': 'pay', team: 'blue' });
        expect(collector.paths).toEqual(['/own/path']);
      },
      {
        TRACE_COLLECTOR_ENDPOINT: `${collector.url}/own/path`,
        OTEL_SERVICE_NAME: 'pay',
        OTEL_RESOURCE_ATTRIBUTES: 'team=blue',
      },
    );
  });

  it('a trace that is not sampled stays so', async () => {
    await traced(HELLO, async (started) => {
      await started.call({ headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
      await started.call({ path: '/sampled' });
      expect((await collector.received(1)).map(({ attributes }) => attributes['url.path'])).toEqual(['/sampled']);
    });
  });

  it('health, metrics and the favicon are not traced', async () => {
    await traced(HELLO, async (started) => {
      for (const path of ['/healthz', '/metrics', '/favicon.ico', '/call']) await started.call({ path });
      expect((await collector.received(1)).map(({ attributes }) => attributes['url.path'])).toEqual(['/call']);
    });
  });

  it('a failure is in its span, and its line in the log has the trace id', async () => {
    await traced(`module.exports = { async main() { throw new RangeError('too far'); } };`, async (started) => {
      await started.call({ headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
      expect((await collector.received(1))[0]).toMatchObject({
        status: { code: ERROR, message: 'too far' },
        events: ['exception'],
        attributes: { 'http.response.status_code': 500, 'error.type': 'RangeError' },
      });
      const line = started.log.split('\n').find((text) => text.includes('main failed')) ?? '{}';
      expect(JSON.parse(line)).toMatchObject({ level: 'error', traceId: TRACE, error: { message: 'too far' } });
    });
  });

  it('event.tracer makes spans that are children of the call’s', async () => {
    const handler = `module.exports = { main: (event) => event.tracer.startActiveSpan('work', async (span) => {
      await null; span.setAttribute('step', 1); span.end(); return 'done'; }) };`;
    await traced(handler, async (started) => {
      expect((await started.call({})).text).toBe('done');
      const spans = await collector.received(2);
      const call = spans.find(({ kind }) => kind === SERVER);
      expect(spans.find(({ name }) => name === 'work')).toMatchObject({
        traceId: call?.traceId,
        parentSpanId: call?.spanId,
        attributes: { step: 1 },
      });
    });
  });

  it.each([
    ['fetch', `const ask = async (url) => (await fetch(url)).json();`],
    [
      'http.get',
      `const http = require('node:http');
       const ask = (url) => new Promise((resolve, reject) => http.get(url, (answer) => { let text = '';
         answer.on('data', (piece) => text += piece).on('end', () => resolve(JSON.parse(text))); }).on('error', reject));`,
    ],
    [
      'a name imported from https and http',
      `const { request } = require('http');
       const ask = (url) => new Promise((resolve, reject) => request(url, { method: 'GET' }, (answer) => { let text = '';
         answer.on('data', (piece) => text += piece).on('end', () => resolve(JSON.parse(text))); }).on('error', reject).end());`,
    ],
  ])('the trace goes on in what is asked with %s', async (_, code) => {
    await traced(`${code}\nmodule.exports = { main: (event) => ask(event.data) };`, async (started) => {
      const answer = await started.call({
        body: `${collector.url}/x?key=1`,
        headers: { 'content-type': 'text/plain' },
      });
      const spans = await collector.received(2);
      const call = spans.find(({ kind }) => kind === SERVER);
      const outgoing = spans.find(({ kind }) => kind === CLIENT);
      expect(outgoing).toMatchObject({
        name: 'GET',
        traceId: call?.traceId,
        parentSpanId: call?.spanId,
        attributes: { 'url.full': `${collector.url}/x`, 'http.response.status_code': 200 },
      });
      expect(JSON.parse(answer.text)).toMatchObject({
        traceparent: `00-${call?.traceId}-${outgoing?.spanId}-01`,
        'x-b3-traceid': call?.traceId,
      });
    });
  });

  it('a message of another publisher on the channel of `fetch` is left alone', async () => {
    const handler = `
      const { channel } = require('node:diagnostics_channel');
      const request = { method: 'GET', origin: 'http://a', path: '/', addHeader: true };
      module.exports = { main: () => { channel('undici:request:create').publish({ request }); return 'hello'; } };`;
    await traced(handler, async (started) => {
      expect((await started.call({})).status).toBe(200);
      expect((await started.call({})).status).toBe(200);
    });
  });

  it('an outgoing request that fails still fails as it did', async () => {
    const handler = `module.exports = { main: () => new Promise((resolve) =>
      require('node:http').get('http://127.0.0.1:1/').on('error', (error) => resolve(error.code))) };`;
    await traced(handler, async (started) => {
      expect((await started.call({})).text).toBe('ECONNREFUSED');
      const outgoing = (await collector.received(2)).find(({ kind }) => kind === CLIENT);
      expect(outgoing).toMatchObject({ status: { code: ERROR }, events: ['exception'] });
    });
  });

  it('a collector that is down is in nobody’s way, and is worth one line in the log', async () => {
    await traced(
      HELLO,
      async (started) => {
        for (let call = 0; call < 3; call += 1) expect((await started.call({})).text).toBe('hello');
        await started.logged('spans could not be sent');
        started.process.kill('SIGTERM');
        expect(await started.exited).toBe(0);
        expect(started.log.match(/spans could not be sent to http:\/\/127\.0\.0\.1:1\/v1\/traces/g)).toHaveLength(1);
      },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_EXPORTER_OTLP_TIMEOUT: '500' },
    );
  });

  it('the spans of the last calls are sent before the process ends', async () => {
    await traced(
      HELLO,
      async (started) => {
        await started.call({ path: '/last' });
        started.process.kill('SIGTERM');
        expect(await started.exited).toBe(0);
        expect(collector.spans.map(({ attributes }) => attributes['url.path'])).toEqual(['/last']);
      },
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '60000' },
    );
  });
});

describe('where no endpoint is set', () => {
  it('event.tracer is there and does nothing', async () => {
    const handler = `module.exports = { main: (event) => event.tracer.startActiveSpan('x', (span) => { span.end(); return span.isRecording(); }) };`;
    await traced(
      handler,
      async (started) => {
        expect((await started.call({})).text).toBe('false');
      },
      {},
    );
  });
});

describe('the endpoint', () => {
  it.each([
    [{}, { to: 'nowhere' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' }, { to: 'collector', url: 'http://c:4318/v1/traces' }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t' }, { to: 'collector', url: 'http://c/t' }],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', TRACE_COLLECTOR_ENDPOINT: 'http://k/t' },
      { to: 'collector', url: 'http://c/v1/traces' },
    ],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_SDK_DISABLED: 'true' }, { to: 'nowhere' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_TRACES_EXPORTER: 'none' }, { to: 'nowhere' }],
  ])('of %j is %j', (env, expected) => {
    expect(readTraceExport(env)).toEqual(expected);
  });

  it('that cannot be used is said, and stops nothing', () => {
    expect(readTraceExport({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4317' }).warning).toContain(
      'not an http or https URL',
    );
    expect(
      readTraceExport({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).warning,
    ).toContain('gRPC is not supported');
  });
});
