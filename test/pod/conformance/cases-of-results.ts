/** What a handler gives back, and what the client gets of it. */
import type { Case } from './case.ts';

const TEXT_TYPES = {
  why: 'Kyma answers a str of Python as HTML (Bottle), and a string of Node.js without a type: here text/plain',
} as const;

export const resultCases: readonly Case[] = [
  {
    name: 'a string is the body',
    handler: {
      nodejs: `module.exports = { main: () => 'hello' };`,
      python: `def main(event, context): return 'hello'`,
    },
    request: {},
    expect: {
      nodejs: {
        status: 200,
        headers: { 'content-type': 'text/plain; charset=utf-8', 'content-length': '5' },
        body: 'hello',
      },
      python: {
        status: 200,
        headers: { 'content-type': /^text\/html; charset=utf-8$/i, 'content-length': '5' },
        body: 'hello',
      },
      ...TEXT_TYPES,
    },
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_failures_total{method="GET"}': 0 },
  },
  {
    name: 'a string beyond ASCII is UTF-8',
    handler: {
      nodejs: `module.exports = { main: () => 'Grüße 🎉' };`,
      python: `def main(event, context): return 'Grüße 🎉'`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-type': /charset=utf-8$/i, 'content-length': '12' }, body: 'Grüße 🎉' },
  },
  {
    name: 'an object is JSON',
    handler: {
      nodejs: `module.exports = { main: () => ({ total: 3, items: ['ä', null, true] }) };`,
      python: `def main(event, context): return {'total': 3, 'items': ['ä', None, True]}`,
    },
    request: {},
    expect: {
      status: 200,
      headers: { 'content-type': /^application\/json/ },
      body: { json: { total: 3, items: ['ä', null, true] } },
    },
  },
  {
    name: 'an array is JSON',
    handler: {
      nodejs: `module.exports = { main: () => [1, 'two', { three: 3 }] };`,
      python: `def main(event, context): return [1, 'two', {'three': 3}]`,
    },
    request: {},
    expect: {
      status: 200,
      headers: { 'content-type': /^application\/json/ },
      body: { json: [1, 'two', { three: 3 }] },
    },
  },
  {
    name: 'an empty array is JSON',
    handler: { nodejs: `module.exports = { main: () => [] };`, python: `def main(event, context): return []` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: '[]' },
  },
  {
    name: 'an empty object is JSON',
    handler: { nodejs: `module.exports = { main: () => ({}) };`, python: `def main(event, context): return {}` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: '{}' },
  },
  {
    name: 'nothing (undefined, None) is an empty answer',
    handler: { nodejs: `module.exports = { main: () => undefined };`, python: `def main(event, context): return None` },
    request: {},
    expect: { status: 200, headers: { 'content-type': null, 'content-length': '0' }, body: '' },
  },
  {
    name: 'null is an empty answer',
    handler: { nodejs: `module.exports = { main: () => null };` },
    request: {},
    expect: { status: 200, headers: { 'content-type': null }, body: '' },
    only: { language: 'nodejs', reason: 'Python has None alone' },
  },
  {
    name: 'an empty string is an empty answer',
    handler: { nodejs: `module.exports = { main: () => '' };`, python: `def main(event, context): return ''` },
    request: {},
    expect: { status: 200, headers: { 'content-length': '0' }, body: '' },
  },
  {
    name: 'zero is JSON',
    handler: { nodejs: `module.exports = { main: () => 0 };`, python: `def main(event, context): return 0` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: '0' },
  },
  {
    name: 'a number that looks like a status is JSON all the same',
    handler: { nodejs: `module.exports = { main: () => 404 };`, python: `def main(event, context): return 404` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: '404' },
  },
  {
    name: 'a fraction is JSON',
    handler: { nodejs: `module.exports = { main: () => 2.5 };`, python: `def main(event, context): return 2.5` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: '2.5' },
  },
  {
    name: 'false is JSON',
    handler: { nodejs: `module.exports = { main: () => false };`, python: `def main(event, context): return False` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: 'false' },
  },
  {
    name: 'true is JSON',
    handler: { nodejs: `module.exports = { main: () => true };`, python: `def main(event, context): return True` },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: 'true' },
  },
  {
    name: 'bytes (a Buffer, bytes) are the body',
    handler: {
      nodejs: `module.exports = { main: () => Buffer.from([0, 255, 16]) };`,
      python: `def main(event, context): return b'\\x00\\xff\\x10'`,
    },
    request: {},
    expect: {
      status: 200,
      headers: { 'content-type': 'application/octet-stream', 'content-length': '3' },
      body: new Uint8Array([0, 255, 16]),
    },
  },
  {
    name: 'a typed array (a bytearray) is its bytes',
    handler: {
      nodejs: `module.exports = { main: () => new Uint16Array([0x0201, 0x0403]) };`,
      python: `def main(event, context): return bytearray([1, 2, 3, 4])`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-length': '4' }, body: new Uint8Array([1, 2, 3, 4]) },
  },
  {
    name: 'an async handler is awaited',
    handler: {
      nodejs: `module.exports = { async main() { await new Promise((r) => setTimeout(r, 20)); return { done: true }; } };`,
      python: `import asyncio\nasync def main(event, context):\n    await asyncio.sleep(0.02)\n    return {'done': True}`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: { json: { done: true } } },
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_duration_seconds_count{method="GET"}': 1 },
  },
  {
    name: 'an async handler that gives nothing is an empty answer',
    handler: { nodejs: `module.exports = { async main() {} };`, python: `async def main(event, context): pass` },
    request: {},
    expect: { status: 200, headers: { 'content-length': '0' }, body: '' },
  },
  {
    name: 'a thenable is awaited as a promise is',
    handler: { nodejs: `module.exports = { main: () => ({ then: (resolve) => resolve('later') }) };` },
    request: {},
    expect: { status: 200, body: 'later' },
    only: { language: 'nodejs', reason: 'a thing of JavaScript' },
  },
  {
    name: 'a generator is streamed',
    handler: {
      nodejs: `module.exports = { *main() { yield 'one '; yield 'two '; yield Buffer.from('three'); } };`,
      python: `def main(event, context):\n    yield 'one '\n    yield 'two '\n    yield b'three'`,
    },
    request: {},
    expect: { status: 200, headers: { 'transfer-encoding': 'chunked', 'content-length': null }, body: 'one two three' },
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_failures_total{method="GET"}': 0 },
  },
  {
    name: 'an async generator is streamed',
    handler: {
      nodejs: `module.exports = { async *main() { for (const n of [1, 2, 3]) { await null; yield n + ';'; } } };`,
      python: `import asyncio\nasync def main(event, context):\n    for n in (1, 2, 3):\n        await asyncio.sleep(0)\n        yield f'{n};'`,
    },
    request: {},
    expect: { status: 200, headers: { 'transfer-encoding': 'chunked' }, body: '1;2;3;' },
  },
  {
    name: 'a file is streamed',
    handler: {
      nodejs: `const fs = require('node:fs');\nmodule.exports = { main: () => fs.createReadStream(__filename) }; // itself`,
      python: `def main(event, context): return open(__file__, 'rb') # itself`,
    },
    request: {},
    expect: { status: 200, body: /main.* itself$/ },
  },
  {
    name: 'a web stream is streamed',
    handler: { nodejs: `module.exports = { main: () => new Blob(['a', 'b', 'c']).stream() };` },
    request: {},
    expect: { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: 'abc' },
    only: { language: 'nodejs', reason: 'Python has no such class' },
  },
  {
    name: 'a response object is honoured: status, headers and body',
    handler: {
      nodejs: `module.exports = { main: () => new Response('made', { status: 201, headers: { 'x-own': 'yes', 'content-type': 'text/css' } }) };`,
      python: `from bottle import HTTPResponse\ndef main(event, context): return HTTPResponse('made', 201, {'x-own': 'yes', 'content-type': 'text/css'})`,
    },
    request: {},
    expect: { status: 201, headers: { 'x-own': 'yes', 'content-type': 'text/css' }, body: 'made' },
  },
  {
    name: 'a Response keeps each of its cookies',
    handler: {
      nodejs: `module.exports = { main() { const r = Response.json({ ok: 1 }); r.headers.append('set-cookie', 'a=1'); r.headers.append('set-cookie', 'b=2'); return r; } };`,
      python: `from bottle import HTTPResponse\ndef main(event, context):\n    r = HTTPResponse({'ok': 1})\n    r.set_cookie('a', '1')\n    r.set_cookie('b', '2')\n    return r`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^application\/json/ }, body: { json: { ok: 1 } } },
  },
  {
    name: 'a body with its status',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { callback('no such order', 404); } };`,
      python: `def main(event, context): return 'no such order', 404`,
    },
    request: {},
    expect: { status: 404, body: 'no such order' },
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_failures_total{method="GET"}': 0 },
  },
  {
    name: 'a body with its status and headers',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { callback({ id: 7 }, 201, { Location: '/orders/7', 'X-Own': 'yes' }); } };`,
      python: `def main(event, context): return {'id': 7}, 201, {'Location': '/orders/7', 'X-Own': 'yes'}`,
    },
    request: { body: '{}', headers: { 'content-type': 'application/json' } },
    expect: {
      status: 201,
      headers: { location: '/orders/7', 'x-own': 'yes', 'content-type': /^application\/json/ },
      body: { json: { id: 7 } },
    },
  },
  {
    name: 'a content type of the handler replaces the default one',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { callback('a,b', 200, { 'Content-Type': 'text/csv' }); } };`,
      python: `def main(event, context): return 'a,b', 200, {'Content-Type': 'text/csv'}`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-type': /^text\/csv/ }, body: 'a,b' },
  },
  {
    name: 'status 204 has no body and no type',
    handler: {
      nodejs: `module.exports = { main(event) { event.setResponseStatus(204); return { lost: true }; } };`,
      python: `def main(event, context): return {'lost': True}, 204`,
    },
    request: {},
    expect: {
      status: 204,
      headers: { 'content-type': null, 'content-length': null, 'transfer-encoding': null },
      body: '',
    },
  },
  {
    name: 'HEAD has the length of the body and not the body',
    handler: {
      nodejs: `module.exports = { main: () => 'hello' };`,
      python: `def main(event, context): return 'hello'`,
    },
    request: { method: 'HEAD' },
    expect: { status: 200, headers: { 'content-length': '5' }, body: '' },
    metrics: { 'function_calls_total{method="HEAD"}': 1 },
  },
  {
    name: 'a callback is waited for where main has three parameters and gives nothing',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { setTimeout(() => callback('later', 202), 30); } };`,
    },
    request: {},
    expect: { status: 202, body: 'later' },
    only: { language: 'nodejs', reason: 'Python handlers have no callback' },
  },
  {
    name: 'a callback comes before a promise that is pending',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { setTimeout(() => callback('first'), 10); return new Promise((r) => setTimeout(r, 300, 'second')); } };`,
    },
    request: {},
    expect: { status: 200, body: 'first' },
    only: { language: 'nodejs', reason: 'Python handlers have no callback' },
  },
  {
    name: 'of several callbacks the first counts',
    handler: {
      nodejs: `module.exports = { main(event, context, callback) { callback('first', 201); callback('second', 500); } };`,
    },
    request: {},
    expect: { status: 201, body: 'first' },
    only: { language: 'nodejs', reason: 'Python handlers have no callback' },
  },
  {
    name: 'a callback with a status and no body answers with the name of the status',
    handler: { nodejs: `module.exports = { main(event, context, callback) { callback(null, 404); } };` },
    request: {},
    expect: { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Found' },
    only: { language: 'nodejs', reason: 'Python handlers have no callback' },
  },
  {
    name: 'three parameters and a result: the result counts',
    handler: { nodejs: `module.exports = { main(event, context, callback) { return 'result'; } };` },
    request: {},
    expect: { status: 200, body: 'result' },
    only: { language: 'nodejs', reason: 'Python handlers have no callback' },
  },
  {
    name: 'setResponseStatus, setResponseHeader and setResponseContentType',
    handler: {
      nodejs: `module.exports = { main({ setResponseStatus, setResponseHeader, setResponseContentType }) {
  setResponseStatus(201); setResponseHeader('X-Own', 'yes'); setResponseContentType('xml'); return '<a/>';
} };`,
    },
    request: {},
    expect: { status: 201, headers: { 'x-own': 'yes', 'content-type': /^application\/xml/ }, body: '<a/>' },
    only: { language: 'nodejs', reason: 'the event of Python has no such methods' },
  },
  {
    name: 'Express: response.status() and nothing returned',
    handler: { nodejs: `module.exports = { main(event) { event.extensions.response.status(400); } };` },
    request: {},
    expect: { status: 400, body: '' },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: response.status().json()',
    handler: {
      nodejs: `module.exports = { main(event) { event.extensions.response.status(418).set('x-own', 'yes').json({ tea: true }); } };`,
    },
    request: {},
    expect: {
      status: 418,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-own': 'yes' },
      body: { json: { tea: true } },
    },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: response.send() from an arrow function that returns what it returns',
    handler: {
      nodejs: `module.exports = { main: (event) => event.extensions.response.type('html').send('<p>hi</p>') };`,
    },
    request: {},
    expect: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<p>hi</p>' },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: an answer after an await',
    handler: {
      nodejs: `module.exports = { async main({ extensions: { response } }) { await new Promise((r) => setTimeout(r, 20)); response.status(202).send('late'); } };`,
    },
    request: {},
    expect: { status: 202, body: 'late' },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: an answer after main has returned',
    handler: {
      nodejs: `module.exports = { main(event) { const { response } = event.extensions; setTimeout(() => response.json({ late: true }), 30); } };`,
    },
    request: {},
    expect: { status: 200, body: { json: { late: true } } },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: an answer that is written in pieces after main has returned',
    handler: {
      nodejs: `module.exports = { main(event) { const { request, response } = event.extensions; response.write(request.method + ' '); setTimeout(() => response.end('end'), 30); } };`,
    },
    request: {},
    expect: { status: 200, body: 'GET end' },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: a stream that is piped into the response',
    handler: {
      nodejs: `const { Readable } = require('node:stream');\nmodule.exports = { main(event) { const { request, response } = event.extensions; Readable.from([request.path, ' piped']).pipe(response); } };`,
    },
    request: { path: '/a' },
    expect: { status: 200, body: '/a piped' },
    only: { language: 'nodejs', reason: 'Express' },
  },
  {
    name: 'Express: the request, with query, params, path, headers and body',
    handler: {
      nodejs: `module.exports = { main({ extensions: { request } }) {
  const { method, path, query, body, originalUrl, baseUrl, params, hostname } = request;
  return { method, path, query, body, originalUrl, baseUrl, params, hostname, own: request.get('X-Own'), is: request.is('json') };
} };`,
    },
    request: {
      path: '/orders/7?full=1',
      headers: { 'x-own': 'yes', 'content-type': 'application/json', host: 'shop.example' },
      body: '{"a":1}',
    },
    expect: {
      status: 200,
      body: {
        json: {
          method: 'POST',
          path: '/orders/7',
          query: { full: '1' },
          body: { a: 1 },
          originalUrl: '/orders/7?full=1',
          baseUrl: '',
          params: { path: ['', 'orders', '7'] },
          hostname: 'shop.example',
          own: 'yes',
          is: 'json',
        },
      },
    },
    only: { language: 'nodejs', reason: 'Express' },
  },
];
