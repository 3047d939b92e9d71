/** What a handler sees of a request's body, by content type. */
import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Case } from './case.ts';

/** Answers with the kind of `event.data` and its value, bytes as Latin-1. */
const SEEN = {
  nodejs: `const kind = (d) => d === undefined ? 'nothing' : d === null ? 'null' : Buffer.isBuffer(d) ? 'bytes' : Array.isArray(d) ? 'list' : typeof d;
module.exports = { main: ({ data }) => ({ kind: kind(data), value: Buffer.isBuffer(data) ? data.toString('latin1') : data }) };`,
  python: `KINDS = {str: 'string', dict: 'object', list: 'list', bool: 'boolean', int: 'number', float: 'number', bytes: 'bytes', type(None): 'nothing'}
def main(event, context):
    data = event['data']
    return {'kind': KINDS[type(data)], 'value': data.decode('latin-1') if isinstance(data, bytes) else data}`,
} as const;

const json = { 'content-type': 'application/json' };
const MEGABYTE = 1024 * 1024;
const NODE_STREAM = { language: 'nodejs', reason: 'the request of Bottle has its own way to the bytes' } as const;

export const bodyCases: readonly Case[] = [
  {
    name: 'application/json is parsed',
    handler: SEEN,
    request: { headers: json, body: '{"a":[1,"ä"]}' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: [1, 'ä'] } } } },
  },
  {
    name: 'application/json with a charset is parsed',
    handler: SEEN,
    request: { headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"a":"ä"}' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 'ä' } } } },
  },
  {
    name: 'a media type that ends in +json is parsed',
    handler: SEEN,
    request: { headers: { 'content-type': 'Application/Problem+JSON' }, body: '{"a":1}' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 1 } } } },
  },
  {
    name: 'JSON may be a string',
    handler: SEEN,
    request: { headers: json, body: '"str"' },
    expect: { status: 200, body: { json: { kind: 'string', value: 'str' } } },
  },
  {
    name: 'JSON may be a list',
    handler: SEEN,
    request: { headers: json, body: ' [1, 2] ' },
    expect: { status: 200, body: { json: { kind: 'list', value: [1, 2] } } },
  },
  {
    name: 'JSON may be zero',
    handler: SEEN,
    request: { headers: json, body: '0' },
    expect: { status: 200, body: { json: { kind: 'number', value: 0 } } },
  },
  {
    name: 'JSON may be false',
    handler: SEEN,
    request: { headers: json, body: 'false' },
    expect: { status: 200, body: { json: { kind: 'boolean', value: false } } },
  },
  {
    name: 'JSON may be null',
    handler: SEEN,
    request: { headers: json, body: 'null' },
    expect: {
      nodejs: { status: 200, body: { json: { kind: 'null', value: null } } },
      python: { status: 200, body: { json: { kind: 'nothing', value: null } } },
      why: 'Python has None alone',
    },
  },
  {
    name: 'a key named __proto__ is an own key like any other',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => ({ own: Object.keys(data), polluted: ({}).admin === true }) };`,
      python: `def main(event, context): return {'own': list(event['data']), 'polluted': False}`,
    },
    request: { headers: json, body: '{"__proto__":{"admin":true}}' },
    expect: { status: 200, body: { json: { own: ['__proto__'], polluted: false } } },
  },
  {
    name: 'invalid JSON is refused with a short text, and the handler is not called',
    handler: SEEN,
    request: { headers: json, body: '{"a":' },
    expect: {
      status: 400,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'access-control-allow-origin': '*' },
      body: /^Invalid JSON in the request body: [^\n<]+$/,
    },
    metrics: { 'function_calls_total{method="POST"}': 0, 'function_failures_total{method="POST"}': 0 },
  },
  {
    name: 'text/plain is a string',
    handler: SEEN,
    request: { headers: { 'content-type': 'text/plain' }, body: 'Grüße' },
    expect: { status: 200, body: { json: { kind: 'string', value: 'Grüße' } } },
  },
  {
    name: 'text in another charset is decoded',
    handler: SEEN,
    request: { headers: { 'content-type': 'text/csv; charset=ISO-8859-1' }, body: Buffer.from('Grüße', 'latin1') },
    expect: { status: 200, body: { json: { kind: 'string', value: 'Grüße' } } },
  },
  {
    name: 'a charset that nobody knows is refused',
    handler: SEEN,
    request: { headers: { 'content-type': 'text/plain; charset=klingon' }, body: 'x' },
    expect: { status: 415, body: 'Unsupported charset: klingon' },
  },
  {
    name: 'a form is an object',
    handler: SEEN,
    request: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=x+y&b=%C3%A4&c=' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: '1', b: ['x y', 'ä'], c: '' } } } },
  },
  {
    name: 'a form with brackets nests',
    handler: SEEN,
    request: { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a[b]=1&l[]=2' },
    expect: {
      nodejs: { status: 200, body: { json: { kind: 'object', value: { a: { b: '1' }, l: ['2'] } } } },
      python: { status: 200, body: { json: { kind: 'object', value: { 'a[b]': '1', 'l[]': '2' } } } },
      why: 'Kyma parses forms with qs in Node.js alone',
    },
  },
  {
    name: 'another type is bytes',
    handler: SEEN,
    request: { headers: { 'content-type': 'application/octet-stream' }, body: new Uint8Array([0, 128, 255]) },
    expect: { status: 200, body: { json: { kind: 'bytes', value: '\u0000\u0080\u00ff' } } },
  },
  {
    name: 'a body without a type is bytes',
    handler: SEEN,
    request: { body: 'plain' },
    expect: { status: 200, body: { json: { kind: 'bytes', value: 'plain' } } },
  },
  {
    name: 'multipart is left to the request',
    handler: {
      nodejs: `module.exports = { main: (event) => ({ data: event.data ?? null, raw: event.extensions.request.body.toString() }) };`,
      python: `def main(event, context): return {'data': event['data'], 'raw': event['extensions']['request'].body.read().decode()}`,
    },
    request: {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
    },
    expect: {
      status: 200,
      body: { json: { data: null, raw: '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n' } },
    },
  },
  {
    name: 'GET without a body has no data',
    handler: SEEN,
    request: {},
    expect: {
      nodejs: { status: 200, body: { json: { kind: 'nothing' } } },
      python: { status: 200, body: { json: { kind: 'nothing', value: null } } },
      why: 'JSON has no undefined',
    },
  },
  {
    name: 'an empty body of text or of bytes is no data',
    handler: SEEN,
    request: { method: 'POST', headers: { 'content-type': 'text/plain', 'content-length': '0' } },
    expect: { status: 200, body: { json: { kind: 'nothing' } } },
  },
  {
    name: 'an empty body of JSON',
    handler: SEEN,
    request: { method: 'POST', headers: { ...json, 'content-length': '0' } },
    expect: {
      nodejs: { status: 200, body: { json: { kind: 'object', value: {} } } },
      python: { status: 200, body: { json: { kind: 'nothing' } } },
      why: 'Kyma parses it to an empty object in Node.js alone',
    },
  },
  {
    name: 'rawBody has the bytes that a webhook has signed',
    handler: {
      nodejs: `const { createHmac } = require('node:crypto');
module.exports = { main: ({ data, extensions: { request } }) => ({ data, signature: createHmac('sha256', 'key').update(request.rawBody).digest('hex') }) };`,
    },
    request: { headers: json, body: '{ "a" : 1.0 }' },
    expect: {
      status: 200,
      body: { json: { data: { a: 1 }, signature: createHmac('sha256', 'key').update('{ "a" : 1.0 }').digest('hex') } },
    },
    only: NODE_STREAM,
  },
  {
    name: 'rawBody of a packed body is unpacked, and the stream is as it was sent',
    handler: {
      nodejs: `const { gunzipSync } = require('node:zlib'); const { buffer } = require('node:stream/consumers');
module.exports = { main: async ({ extensions: { request } }) => request.rawBody + ' ' + gunzipSync(await buffer(request)) };`,
    },
    request: { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{}') },
    expect: { status: 200, body: '{} {}' },
    only: NODE_STREAM,
  },
  {
    name: 'there is no rawBody without a body',
    handler: { nodejs: `module.exports = { main: ({ extensions: { request } }) => String(request.rawBody) };` },
    request: {},
    expect: { status: 200, body: 'undefined' },
    only: NODE_STREAM,
  },
  ...[
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=b',
    'image/png',
  ].map((type): Case => ({
    name: `a body of ${type.replace(/;.*/, '')} can be read again from the stream of the request`,
    handler: {
      nodejs: `module.exports = { main: ({ extensions: { request } }) => new Promise((resolve) => { let text = ''; request.on('data', (piece) => { text += piece; }); request.on('end', () => resolve(text)); }) };`,
    },
    request: [
      { headers: { 'content-type': type }, body: '{"a":1}' },
      { headers: { 'content-type': type }, body: '{"b":2}' },
    ],
    expect: { status: 200, body: '{"b":2}' },
    only: NODE_STREAM,
  })),
  {
    name: 'a body in chunks can be piped and iterated over',
    handler: {
      nodejs: `const { PassThrough } = require('node:stream'); const { text } = require('node:stream/consumers');
module.exports = { main: ({ extensions: { request } }) => text(request.pipe(new PassThrough())) };`,
    },
    request: {
      headers: { 'content-type': 'application/octet-stream', 'transfer-encoding': 'chunked' },
      body: 'x'.repeat(200_000),
    },
    expect: { status: 200, body: 'x'.repeat(200_000) },
    only: NODE_STREAM,
  },
  {
    name: 'a body that no handler reads again is in nobody’s way',
    handler: {
      nodejs: `module.exports = { main: ({ data, extensions: { request } }) => request.method + data.length };`,
    },
    request: [
      { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(300_000) },
      { headers: { 'content-type': 'text/plain' }, body: 'abc' },
    ],
    expect: { status: 200, body: 'POST3' },
    only: NODE_STREAM,
  },
  {
    name: 'a body that comes in chunks',
    handler: SEEN,
    request: { headers: { ...json, 'transfer-encoding': 'chunked' }, body: '{"a":1}' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 1 } } } },
  },
  {
    name: 'PUT and DELETE have bodies too',
    handler: SEEN,
    request: { method: 'DELETE', headers: { ...json, 'content-length': '7' }, body: '{"a":1}' },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 1 } } } },
    metrics: { 'function_calls_total{method="DELETE"}': 1 },
  },
  {
    name: 'a gzipped body is unpacked',
    handler: SEEN,
    request: { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}') },
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 1 } } } },
  },
  {
    name: 'an unknown encoding is refused',
    handler: SEEN,
    request: { headers: { ...json, 'content-encoding': 'rot13' }, body: '{}' },
    expect: { status: 415, body: 'Unsupported Content-Encoding: rot13' },
  },
  {
    name: 'a body that is no gzip is refused',
    handler: SEEN,
    request: { headers: { ...json, 'content-encoding': 'gzip' }, body: 'no gzip' },
    expect: { status: 400, body: /^The request body is not valid gzip/ },
  },
  {
    name: 'a body of exactly the limit is accepted',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => data.length };`,
      python: `def main(event, context): return len(event['data'])`,
    },
    request: { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(MEGABYTE) },
    expect: { status: 200, body: String(MEGABYTE) },
  },
  {
    name: 'a body above the limit is refused with a short text',
    handler: SEEN,
    request: { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(MEGABYTE + 1) },
    expect: {
      status: 413,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'access-control-allow-origin': '*' },
      body: 'Request body exceeds the limit of 1048576 bytes',
    },
    metrics: { 'function_calls_total{method="POST"}': 0 },
  },
  {
    name: 'a body above the limit is refused where it comes in chunks',
    handler: SEEN,
    request: {
      headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
      body: 'x'.repeat(MEGABYTE + 1),
    },
    expect: { status: 413, body: 'Request body exceeds the limit of 1048576 bytes' },
  },
  {
    name: 'the limit holds for what a packed body unpacks to',
    handler: SEEN,
    request: {
      headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
      body: gzipSync('x'.repeat(MEGABYTE + 1)),
    },
    expect: { status: 413, body: 'Request body exceeds the limit of 1048576 bytes' },
  },
  {
    name: 'REQ_MB_LIMIT sets the limit',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => data.length };`,
      python: `def main(event, context): return len(event['data'])`,
    },
    env: { REQ_MB_LIMIT: '3' },
    request: { headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(2 * MEGABYTE) },
    expect: { status: 200, body: String(2 * MEGABYTE) },
  },
  {
    name: 'a request after one that was refused is served',
    handler: SEEN,
    request: [
      { headers: json, body: 'x'.repeat(2 * MEGABYTE) },
      { headers: json, body: '{"a":1}' },
    ],
    expect: { status: 200, body: { json: { kind: 'object', value: { a: 1 } } } },
  },
];
