import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { gzipSync, deflateRawSync, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let started: PythonFunction;
let publisher: Server;
let posted: { headers: IncomingHttpHeaders; body: unknown }[] = [];
let publisherAnswers = 204;

beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  publisher = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      posted.push({ headers: request.headers, body: JSON.parse(text) });
      response.statusCode = publisherAnswers;
      response.end();
    });
  });
  await new Promise<void>((resolve) => publisher.listen(0, '127.0.0.1', resolve));
  const address = publisher.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  started = await runtime.start(
    {
      'handler.py': `
def main(event, context):
    request = event['extensions']['request']
    if request.path == '/echo':
        data = event['data']
        return [type(data).__name__, data.hex() if isinstance(data, bytes) else data]
    if request.path == '/keys':
        return {key: event[key] for key in event if key != 'extensions'}
    if request.path == '/context':
        return context
    if request.path == '/request':
        return {
            'method': request.method, 'path': request.path, 'query': [request.query.a, request.query.b], 'json': request.json,
            'header': request.get_header('X-Own'), 'cookie': request.get_cookie('c'), 'from': request.remote_addr,
            'body': [request.body.read().decode(), request.body.read().decode()], 'url': request.url,
        }
    if request.path == '/upload':
        upload = request.files.get('file')
        return [event['data'], request.forms.get('name'), upload.filename, upload.file.read().decode()]
    if request.path == '/emit':
        answer = event.emitCloudEvent('kind', 'test', event['data'], {'id': '7', 'eventtypeversion': 'v1'})
        return answer.status_code
    if request.path == '/publish':
        return event.publishCloudEvent(event['data']).ok
    if request.path == '/build':
        return event.buildResponseCloudEvent('2', 'answer', event['data'])
    if request.path.startswith('/über'):
        return request.path
    event['own'] = 1
    return [event['own'], 'own' in event, 'ce-type' in event, event.get('none', 'default'), event.req is request]
`,
    },
    {
      PUBLISHER_PROXY_ADDRESS: `http://127.0.0.1:${String(port)}/publish`,
      FUNC_NAME: 'echo',
      FUNC_RUNTIME: 'python312',
      SERVICE_NAMESPACE: 'demo',
      FUNC_TIMEOUT: '20',
      REQ_MB_LIMIT: '0.5',
    },
  );
});
afterAll(async () => {
  await runtime.close();
  await new Promise((resolve) => publisher.close(resolve));
});

/** Posts bytes with a content type. */
function post(path: string, type: string | undefined, body: string | Buffer, headers: Record<string, string> = {}) {
  const own = type === undefined ? headers : { 'content-type': type, ...headers };
  return started.call(undefined, { path, headers: own, body: typeof body === 'string' ? Buffer.from(body) : body });
}

describe(`event['data']`, () => {
  it.each<[string | undefined, string | Buffer, unknown]>([
    ['application/json', '{"a":1}', ['dict', { a: 1 }]],
    ['application/json; charset=utf-8', '{"a":"ü"}', ['dict', { a: 'ü' }]],
    ['application/json; charset=latin1', Buffer.from('"ü"', 'latin1'), ['str', 'ü']],
    ['application/json', Buffer.from('"ü"', 'utf16le'), ['str', 'ü']],
    ['APPLICATION/JSON', '1', ['int', 1]],
    ['application/merge-patch+json', 'null', ['NoneType', null]],
    ['text/plain', 'grüße', ['str', 'grüße']],
    ['text/plain; charset="iso-8859-1"', Buffer.from('ü', 'latin1'), ['str', 'ü']],
    ['text/csv', '\ufeffa,b', ['str', 'a,b']],
    ['application/x-www-form-urlencoded', 'a=1&b=%C3%BC+x&a=2&c=', ['dict', { a: ['1', '2'], b: 'ü x', c: '' }]],
    ['application/octet-stream', Buffer.from([0, 255]), ['bytes', '00ff']],
    ['image/png', Buffer.from([1]), ['bytes', '01']],
    [undefined, 'untyped', ['bytes', Buffer.from('untyped').toString('hex')]],
    ['application/json', '', ['NoneType', null]],
    ['text/plain', '', ['NoneType', null]],
  ])('of %s %j', async (type, body, expected) => {
    expect(await (await post('/echo', type, body)).json()).toEqual(expected);
  });

  it('is None for GET, DELETE and other requests without a body', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'PATCH', 'PROPFIND']) {
      const answer = await started.call(undefined, { method, path: '/echo', headers: {} });
      expect(await answer.json()).toEqual(['NoneType', null]);
    }
  });

  it('is None for multipart, whose parts the request has', async () => {
    const form = new FormData();
    form.set('name', 'value');
    form.set('file', new Blob(['content']), 'a.txt');
    const answer = await started.call(undefined, { path: '/upload', headers: {}, body: form });
    expect(await answer.json()).toEqual([null, 'value', 'a.txt', 'content']);
  });

  it.each([
    ['gzip', gzipSync('{"a":1}')],
    ['deflate', deflateSync('{"a":1}')],
    ['deflate', deflateRawSync('{"a":1}')],
  ])('is decompressed from %s', async (encoding, body) => {
    const answer = await post('/echo', 'application/json', body, { 'content-encoding': encoding });
    expect(await answer.json()).toEqual(['dict', { a: 1 }]);
  });
});

describe('a body that cannot be taken is refused, in short, with CORS headers, and does not reach the handler', () => {
  it.each<[string, string | Buffer, Record<string, string>, number, RegExp]>([
    ['application/json', '{bad', {}, 400, /^Invalid JSON in the request body: .*line 1 column 2/],
    ['application/json', Buffer.from([0x22, 0xff, 0x22]), {}, 400, /^Invalid JSON/],
    ['application/json', '['.repeat(100_000), {}, 400, /^Invalid JSON in the request body: /],
    ['text/plain; charset=klingon', 'x', {}, 415, /^Unsupported charset: klingon$/],
    ['text/plain; charset=zlib', 'x', {}, 415, /^Unsupported charset: zlib$/],
    [
      'text/plain',
      'x',
      { 'content-encoding': 'br' },
      415,
      /^Unsupported Content-Encoding: br \(add brotli to requirements.txt/,
    ],
    ['text/plain', 'x', { 'content-encoding': 'gzip' }, 400, /^The request body is not valid gzip$/],
    ['text/plain', gzipSync(Buffer.alloc(600_000)), { 'content-encoding': 'gzip' }, 413, /limit of 524288 bytes$/],
    ['text/plain', Buffer.alloc(524_289), {}, 413, /^Request body exceeds the limit of 524288 bytes$/],
  ])('%s %#', async (type, body, headers, status, reason) => {
    const answer = await post('/echo', type, body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(reason);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });
});

describe('the event', () => {
  it('has the Bottle request, whose body can be read again', async () => {
    const answer = await post('/request?a=1&b=%C3%BC', 'application/json', '{"a":1}', {
      'x-own': 'h',
      cookie: 'c=v',
      host: 'function.example',
    });
    expect(await answer.json()).toEqual({
      method: 'POST',
      path: '/request',
      query: ['1', 'ü'],
      json: { a: 1 },
      header: 'h',
      cookie: 'v',
      from: '127.0.0.1',
      body: ['{"a":1}', '{"a":1}'],
      url: `http://127.0.0.1:${String(started.port)}/request?a=1&b=%C3%BC`,
    });
    expect(await (await post('/%C3%BCber', undefined, '')).text()).toBe('/über');
  });

  it('takes keys of the handler’s own, like a dict', async () => {
    expect(await (await post('/dict', undefined, '')).json()).toEqual([1, true, false, 'default', true]);
  });

  it('comes with a context of Kyma’s keys and types', async () => {
    expect(await (await post('/context', undefined, '')).json()).toEqual({
      'function-name': 'echo',
      namespace: 'demo',
      timeout: 20,
      runtime: 'python312',
      'memory-limit': null,
      'body-size-limit': 524_288,
    });
  });
});

describe('a CloudEvent', () => {
  const attributes = { specversion: '1.0', id: '1', source: '/test', type: 'made' };
  const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));

  it('in binary mode has its attributes as ce-* keys, and data by its content type', async () => {
    const answer = await post('/keys', 'application/json', '{"a":1}', {
      ...headers,
      'ce-time': '2026-11-24T00:00:00Z',
      'ce-eventtypeversion': 'v1',
      'ce-subject': 'Gr%C3%BC%C3%9Fe%20%25',
    });
    expect(await answer.json()).toEqual({
      ...headers,
      'ce-time': '2026-11-24T00:00:00Z',
      'ce-eventtypeversion': 'v1',
      'ce-subject': 'Grüße %',
      'ce-datacontenttype': 'application/json',
      data: { a: 1 },
    });
  });

  it.each<[string | undefined, string, unknown]>([
    ['text/plain', '123', ['str', '123']],
    ['application/octet-stream', 'ab', ['bytes', '6162']],
    [undefined, '{"a":1}', ['dict', { a: 1 }]],
    [undefined, 'no JSON', ['str', 'no JSON']],
    ['application/json', '', ['NoneType', null]],
  ])('in binary mode with data of %s %j', async (type, body, expected) => {
    expect(await (await post('/echo', type, body, headers)).json()).toEqual(expected);
  });

  it('in structured mode', async () => {
    const event = {
      ...attributes,
      time: '2026-11-24T00:00:00Z',
      datacontenttype: 'application/json',
      data: { a: 'ü' },
    };
    const answer = await post('/keys', 'application/cloudevents+json; charset=utf-8', JSON.stringify(event));
    expect(await answer.json()).toEqual({
      ...headers,
      'ce-time': '2026-11-24T00:00:00Z',
      'ce-datacontenttype': 'application/json',
      data: { a: 'ü' },
    });
  });

  it.each([
    ['application/json', '{"a":1}', ['dict', { a: 1 }]],
    ['text/plain', 'text', ['str', 'text']],
    ['image/png', 'ab', ['bytes', '6162']],
  ])('in structured mode with data_base64 of %s', async (datacontenttype, data, expected) => {
    const event = { ...attributes, datacontenttype, data_base64: Buffer.from(data).toString('base64') };
    const answer = await post('/echo', 'application/cloudevents+json', JSON.stringify(event));
    expect(await answer.json()).toEqual(expected);
  });

  it('in a batch is one of a list', async () => {
    const timed = { ...attributes, time: '2026-11-24T00:00:00Z' };
    const events = [{ ...timed, data: 1 }, timed];
    const answer = await post('/echo', 'application/cloudevents-batch+json', JSON.stringify(events));
    expect(await answer.json()).toEqual([
      'list',
      [
        { ...timed, data: 1 },
        { ...timed, data: null },
      ],
    ]);
  });

  it.each<[string, string, string, Record<string, string>, string]>([
    ['without ce-id', 'application/json', '{}', { ...headers, 'ce-id': '' }, 'the header ce-id is missing'],
    [
      'with ce-type and ce-source alone',
      'application/json',
      '{}',
      { 'ce-type': 'a', 'ce-source': 'b' },
      'the header ce-specversion and the header ce-id is missing',
    ],
    ['of an unknown version', 'text/plain', '', { ...headers, 'ce-specversion': '9' }, 'invalid specversion 9'],
    ['whose data is not JSON', 'application/json', '{bad', headers, 'Invalid JSON'],
    ['structured without specversion', 'application/cloudevents+json', '{"id":"1"}', {}, 'specversion'],
    [
      'structured without id',
      'application/cloudevents+json',
      '{"specversion":"1.0","type":"a","source":"b"}',
      {},
      'id',
    ],
    ['structured that is not an object', 'application/cloudevents+json', '[1]', {}, 'Malformed CloudEvent'],
    ['structured that is not JSON', 'application/cloudevents+json', '{', {}, 'Malformed CloudEvent'],
    ['structured that is empty', 'application/cloudevents+json', '', {}, 'Malformed CloudEvent'],
    ['batch that is no array', 'application/cloudevents-batch+json', '{}', {}, 'not a JSON array'],
    ['batch with one that is malformed', 'application/cloudevents-batch+json', '[{"id":"1"}]', {}, 'specversion'],
  ])('%s is refused with 400 and the reason', async (_, type, body, own, reason) => {
    const answer = await post('/keys', type, body, own);
    expect(answer.status).toBe(400);
    const text = await answer.text();
    expect(text).toContain(reason);
    expect(text.length).toBeLessThan(200);
  });

  it('is emitted in structured mode to PUBLISHER_PROXY_ADDRESS', async () => {
    posted = [];
    publisherAnswers = 204;
    expect(await (await started.call({ a: 'ü' }, { path: '/emit' })).json()).toBe(204);
    expect(posted).toHaveLength(1);
    expect(posted[0]?.headers['content-type']).toBe('application/cloudevents+json');
    expect(posted[0]?.body).toMatchObject({
      specversion: '1.0',
      id: '7',
      type: 'kind',
      source: 'test',
      eventtypeversion: 'v1',
      data: { a: 'ü' },
    });
    expect(posted[0]?.body).toHaveProperty('time');
  });

  it('that the publisher refuses is logged, and the handler goes on, as in Kyma', async () => {
    publisherAnswers = 503;
    expect(await (await started.call({}, { path: '/emit' })).json()).toBe(503);
    await started.logged('the publisher answered a CloudEvent with 503 Service Unavailable');
  });

  it('is published as it is by the deprecated publishCloudEvent, and built by buildResponseCloudEvent', async () => {
    posted = [];
    publisherAnswers = 200;
    expect(await (await started.call({ ...attributes, data: 1 }, { path: '/publish' })).json()).toBe(true);
    expect(posted[0]?.body).toEqual({ ...attributes, data: 1 });
    const answer = await post('/build', 'application/json', '{"a":1}', { ...headers, 'ce-eventtypeversion': 'v1' });
    expect(await answer.json()).toEqual({
      type: 'answer',
      source: '/test',
      eventtypeversion: 'v1',
      specversion: '1.0',
      id: '2',
      data: { a: 1 },
      datacontenttype: 'application/json',
    });
  });

  it('cannot be emitted without PUBLISHER_PROXY_ADDRESS, which the log says', async () => {
    const silent = await runtime.start({
      'handler.py': 'def main(event, context): event.emitCloudEvent("t", "s", {})\n',
    });
    expect((await silent.call()).status).toBe(500);
    await silent.logged('PUBLISHER_PROXY_ADDRESS is not set');
  });
});

describe('requests from other origins', () => {
  it('get the answer to OPTIONS without the handler, with what they asked for', async () => {
    const answer = await started.call(undefined, {
      method: 'OPTIONS',
      path: '/echo',
      headers: { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-a, x-b' },
    });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toBe('PUT');
    expect(answer.headers.get('access-control-allow-headers')).toBe('x-a, x-b');
    const bare = await started.call(undefined, { method: 'OPTIONS', headers: {} });
    expect(bare.headers.has('access-control-allow-methods')).toBe(false);
    expect(bare.headers.has('access-control-allow-headers')).toBe(false);
  });

  it('get the configured origin, or the handler’s own', async () => {
    const handler = { 'handler.py': 'def main(event, context): return ("x", 200, event["data"])\n' };
    const configured = await runtime.start(handler, { BUILDLESS_CORS_ORIGIN: 'https://app.example' });
    expect((await configured.call({})).headers.get('access-control-allow-origin')).toBe('https://app.example');
    const own = await configured.call({ 'access-control-allow-origin': 'https://own.example' });
    expect(own.headers.get('access-control-allow-origin')).toBe('https://own.example');
    const none = await runtime.start(handler, { BUILDLESS_CORS_ORIGIN: '' });
    expect((await none.call({})).headers.has('access-control-allow-origin')).toBe(false);
    const options = await none.call(undefined, { method: 'OPTIONS' });
    expect(options.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('paths of the server', () => {
  it.each([
    ['GET', '/healthz', 200, 'OK'],
    ['HEAD', '/healthz', 200, ''],
    ['GET', '/favicon.ico', 204, ''],
  ])('%s %s', async (method, path, status, body) => {
    const answer = await started.call(undefined, { method, path, headers: {} });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe(body);
  });

  it('are the handler’s with another method', async () => {
    expect(await (await started.call(undefined, { path: '/healthz' })).json()).toHaveLength(5);
  });

  it('count calls by method in /metrics, and no requests for themselves', async () => {
    const counted = await runtime.start({ 'handler.py': 'def main(event, context): return 1 / event["data"]\n' });
    await counted.call(1);
    await counted.call(0);
    await counted.call(1, { method: 'PUT' });
    await counted.call(1, { method: 'MADEUP' });
    const answer = await counted.call(undefined, { method: 'GET', path: '/metrics' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
    const text = await answer.text();
    for (const line of [
      'function_calls_total{method="POST"} 2.0',
      'function_failures_total{method="POST"} 1.0',
      'function_calls_total{method="PUT"} 1.0',
      'function_failures_total{method="PUT"} 0.0',
      'function_calls_total{method="OTHER"} 1.0',
      'function_duration_seconds_count{method="POST"} 2.0',
      'function_duration_seconds_bucket{le="+Inf",method="POST"} 2.0',
    ]) {
      expect(text).toContain(`${line}\n`);
    }
    expect(text).not.toContain('method="GET"');
    expect(text).toContain('process_start_time_seconds');
  });
});
