import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let started: PythonFunction;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  // The handler returns the value of the Python expression that it is sent.
  started = await runtime.start({
    'handler.py': `
import asyncio, io, sys, types
from bottle import HTTPError, HTTPResponse, abort

def raises(error): raise error
async def later(value):
    await asyncio.sleep(0)
    return value
async def pieces(*values):
    for value in values:
        await asyncio.sleep(0)
        yield value
def failing(*values):
    yield from values
    raise ValueError('late')
async def exits(): sys.exit(7)
def cookie():
    response = HTTPResponse('set')
    response.set_cookie('a', '1', httponly=True)
    return response
def proxied():
    result = types.SimpleNamespace(headers={'content-type': 'image/png'}, read=io.BytesIO(b'png').read)
    return result

def main(event, context):
    return eval(event['data'])
`,
  });
});
afterAll(() => runtime.close());

const HTML = 'text/html; charset=UTF-8';
const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';
const BYTES = 'application/octet-stream';

interface Expected {
  status?: number;
  type: string | null;
  body: string;
  headers?: Record<string, string>;
}

const cases: [expression: string, expected: Expected][] = [
  [`'grüße'`, { type: HTML, body: 'grüße' }],
  [`''`, { type: HTML, body: '' }],
  [`None`, { type: null, body: '' }],
  [`{'a': [1, None, 'ü']}`, { type: JSON_TYPE, body: '{"a":[1,null,"ü"]}' }],
  [`{}`, { type: JSON_TYPE, body: '{}' }],
  [`[1, 'a']`, { type: JSON_TYPE, body: '[1,"a"]' }],
  [`[]`, { type: JSON_TYPE, body: '[]' }],
  [`('a', 'b')`, { type: JSON_TYPE, body: '["a","b"]' }],
  [`0`, { type: JSON_TYPE, body: '0' }],
  [`1.5`, { type: JSON_TYPE, body: '1.5' }],
  [`False`, { type: JSON_TYPE, body: 'false' }],
  [`b'\\x00\\xff'`, { type: BYTES, body: '\u0000\u00ff' }],
  [`bytearray(b'ab')`, { type: BYTES, body: 'ab' }],
  [`('text', 400)`, { status: 400, type: HTML, body: 'text' }],
  [`({'a': 1}, 201)`, { status: 201, type: JSON_TYPE, body: '{"a":1}' }],
  [`(None, 202)`, { status: 202, type: null, body: '' }],
  [`('x', 299)`, { status: 299, type: HTML, body: 'x' }],
  [
    `('<a/>', 200, {'content-type': 'application/xml', 'X-Many': ['1', '2']})`,
    { type: 'application/xml', body: '<a/>', headers: { 'x-many': '1, 2' } },
  ],
  [`('x', 200, [('X-A', 'ü')])`, { type: HTML, body: 'x', headers: { 'x-a': 'ü' } }],
  [
    `('x', 200, {'date': 'Thu, 01 Jan 2026 00:00:00 GMT'})`,
    { type: HTML, body: 'x', headers: { date: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
  ],
  [`('gone', 204)`, { status: 204, type: null, body: '' }],
  [`(x for x in ('a', '', b'b', 'ü'))`, { type: HTML, body: 'abü' }],
  [`iter([])`, { type: HTML, body: '' }],
  [`io.BytesIO(b'file')`, { type: HTML, body: 'file' }],
  [`proxied()`, { type: 'image/png', body: 'png' }],
  [`later('awaited')`, { type: HTML, body: 'awaited' }],
  [`later(('awaited', 418))`, { status: 418, type: HTML, body: 'awaited' }],
  [`pieces('a', b'b')`, { type: HTML, body: 'ab' }],
  [
    `HTTPResponse('made', status=201, headers={'X-A': 'b'})`,
    { status: 201, type: HTML, body: 'made', headers: { 'x-a': 'b' } },
  ],
  [`HTTPResponse({'a': 1})`, { type: JSON_TYPE, body: '{"a":1}' }],
  [`HTTPResponse(['a', 'b'])`, { type: HTML, body: 'ab' }],
  [`HTTPResponse(io.BytesIO(b'file'), content_type='text/csv')`, { type: 'text/csv', body: 'file' }],
  [
    `HTTPResponse('\\xfc', content_type='text/plain; charset=latin-1')`,
    { type: 'text/plain; charset=latin-1', body: '\u00fc' },
  ],
  [`HTTPResponse(status='404 Brain not found')`, { status: 404, type: HTML, body: '' }],
  [`cookie()`, { type: HTML, body: 'set', headers: { 'set-cookie': 'a=1; HttpOnly' } }],
  [`raises(HTTPResponse('raised', 409))`, { status: 409, type: HTML, body: 'raised' }],
  [`abort(403, '<b>no</b>')`, { status: 403, type: TEXT, body: '<b>no</b>' }],
  [`HTTPError(502)`, { status: 502, type: TEXT, body: '502 Bad Gateway' }],
  [
    `('x', 200, {'Connection': 'close', 'Transfer-Encoding': 'gzip', 'Content-Length': '99'})`,
    { type: HTML, body: 'x' },
  ],
];

const failures = [
  `raises(ValueError('secret'))`,
  `ValueError('returned')`,
  `sys.exit(3)`,
  `raises(KeyboardInterrupt())`,
  `raises(GeneratorExit())`,
  `later(object())`,
  `later(lambda: 1)`,
  `exits()`,
  `{'a': object()}`,
  `object()`,
  `(x for x in [object()])`,
  `failing()`,
  `('x', 200, {'X-A': 'line\\r\\nbreak'})`,
  `HTTPResponse({'a': object()})`,
];

/** As Latin-1 where the answer says so or is bytes, so that the expected body can be written down. */
async function bodyOf(answer: Response): Promise<string> {
  const type = answer.headers.get('content-type') ?? '';
  const bytes = Buffer.from(await answer.arrayBuffer());
  return bytes.toString(type === BYTES || type.includes('latin-1') ? 'latin1' : 'utf8');
}

describe('a handler that returns', () => {
  it.each(cases)('%s', async (expression, expected) => {
    const answer = await started.call(expression);
    expect(await bodyOf(answer)).toBe(expected.body);
    expect(answer.status).toBe(expected.status ?? 200);
    expect(answer.headers.get('content-type')).toBe(expected.type);
    for (const [name, value] of Object.entries(expected.headers ?? {})) {
      expect(Buffer.from(answer.headers.get(name) ?? '', 'latin1').toString()).toBe(value);
    }
  });
});

describe('a handler that fails, or whose result is nothing to answer with,', () => {
  it.each(failures)('%s is answered 500 with nothing of the error, and the process lives', async (expression) => {
    const answer = await started.call(expression);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe('Internal server error');
    expect(answer.headers.get('content-type')).toBe(TEXT);
    expect(await (await started.call(`'next'`)).text()).toBe('next');
  });

  it('has its trace in the log, from the handler on', async () => {
    await started.call(`raises(ValueError('for the log'))`);
    await started.logged('ValueError: for the log');
    expect(started.log()).toContain('/handler.py\\", line ');
    expect(started.log()).not.toContain('buildless_server');
  });

  it('shows its trace to the client in `buildless run` only', async () => {
    const exposed = await runtime.start(
      { 'handler.py': 'def main(event, context): raise ValueError("shown")\n' },
      { BUILDLESS_EXPOSE_ERRORS: '1' },
    );
    const answer = await exposed.call();
    expect(answer.status).toBe(500);
    expect(await answer.text()).toMatch(/^Traceback [^]*handler\.py", line 1, in main\n[^]*ValueError: shown$/);
  });
});

describe('an async handler', () => {
  it('shares one loop with the others, and what the module made', async () => {
    const shared = await runtime.start({
      'handler.py': `
import asyncio
queue = asyncio.Queue()
async def main(event, context):
    if event['data'] == 'take':
        print('waiting', flush=True)
        return await queue.get()
    await queue.put(event['data'])
    return 'put'
`,
    });
    const taken = shared.call('take');
    await shared.logged('waiting');
    expect(await (await shared.call('value')).text()).toBe('put');
    expect(await (await taken).text()).toBe('value');
  });

  it('goes on to be served after a task of its own has called sys.exit()', async () => {
    const leaving = await runtime.start({
      'handler.py': `
import asyncio, sys
async def leave(): sys.exit(3)
async def main(event, context):
    asyncio.create_task(leave())
    await asyncio.sleep(0.05)
    return 'stayed'
`,
    });
    expect(await (await leaving.call()).text()).toBe('stayed');
    expect(await (await leaving.call()).text()).toBe('stayed');
  });
});

describe('a HEAD request', () => {
  it('has the headers of the answer and no body', async () => {
    const any = await runtime.start({
      'handler.py': `
def main(event, context):
    return iter(['streamed']) if event['extensions']['request'].path == '/stream' else 'text'
`,
    });
    for (const [path, length] of [
      ['/', '4'],
      ['/stream', null],
    ] as const) {
      const answer = await any.call(undefined, { method: 'HEAD', path });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-length')).toBe(length);
      expect(await answer.text()).toBe('');
    }
  });
});
