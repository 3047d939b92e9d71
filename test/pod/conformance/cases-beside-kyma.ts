/**
 * Shapes of answers, each of which was given to Kyma's own server as well (kyma-project/serverless 779485d, runtime nodejs24,
 * on Node.js 24). `kyma` is what that answered: status, content type and body.
 *
 * A row without `because` gives the client what Kyma gives, but for the content type of text, which Kyma leaves out.
 */
import type { Case, Expected, Request } from './case.ts';

interface Shape {
  readonly name: string;
  /** Body of `main(event, context)`; `r` is the response. */
  readonly main?: string;
  /** The whole file instead. */
  readonly file?: string;
  readonly request?: Request;
  readonly env?: Readonly<Record<string, string>>;
  readonly kyma: string;
  readonly expect: Expected;
  /** Why it differs from Kyma. */
  readonly because?: string;
}

const HTML = '500 text/html, a page with the stack trace of the server';
const failed: Expected = { status: 500, body: 'Internal server error' };
const text = (status: number, body: string): Expected => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});
const plain = (status: number, body: string): Expected => ({ status, body });
const json = (status: number, body: string): Expected => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body,
});

const LATE = 'an answer may come later, also in pieces';
const LOST = 'a value is not lost';
const TRACE = 'the trace goes to the log only';

const withCallback = (body: string): string => `exports.main = function main(event, context, callback) { ${body} };`;
const asynchronous = (body: string): string =>
  `exports.main = async function main(event) { const r = event.extensions.response; ${body} };`;

const SHAPES: readonly Shape[] = [
  // The response, begun or changed, and what main returns.
  { name: 'writeHead and nothing returned', main: `r.writeHead(400);`, kyma: '400 - ""', expect: plain(400, '') },
  {
    name: 'a status, write and nothing returned',
    main: `r.statusCode = 201; r.write('body');`,
    kyma: '201 - "body"',
    expect: plain(201, 'body'),
  },
  {
    name: 'writeHead and a string returned',
    main: `r.writeHead(202); return 'body';`,
    kyma: '202 - "body"',
    expect: plain(202, 'body'),
  },
  {
    name: 'write and a string returned',
    main: `r.write('a'); return 'b';`,
    kyma: '200 - "ab"',
    expect: plain(200, 'ab'),
  },
  {
    name: 'write and a string returned by a promise',
    file: asynchronous(`r.write('a'); return 'b';`),
    kyma: '200 - "ab"',
    expect: plain(200, 'ab'),
  },
  {
    name: 'writeHead, write and a promise of nothing',
    file: asynchronous(`r.writeHead(202); r.write('x'); await null;`),
    kyma: '202 - "x"',
    expect: plain(202, 'x'),
  },
  {
    name: 'writeHead and an object returned',
    main: `r.writeHead(202); return { b: 1 };`,
    kyma: 'cut',
    expect: plain(202, '{"b":1}'),
    because: LOST,
  },
  { name: 'status and nothing returned', main: `r.status(400);`, kyma: '400 - ""', expect: plain(400, '') },
  {
    name: 'status and a promise of nothing',
    file: asynchronous(`r.status(400);`),
    kyma: '400 - ""',
    expect: plain(400, ''),
  },
  { name: 'the response asked for and left alone', main: ``, kyma: '200 - ""', expect: plain(200, '') },
  { name: 'end()', main: `r.end();`, kyma: '200 - ""', expect: plain(200, '') },
  { name: 'json()', main: `r.json({ a: 1 });`, kyma: '200 application/json {"a":1}', expect: json(200, '{"a":1}') },
  {
    name: 'send() and a string returned',
    main: `r.send('a'); return 'b';`,
    kyma: '200 text/html "a"',
    expect: { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: 'a' },
  },
  {
    name: 'redirect()',
    main: `r.redirect('/x');`,
    kyma: '302 text/plain "Found. Redirecting to /x"',
    expect: { status: 302, headers: { location: '/x' }, body: 'Found. Redirecting to /x' },
  },
  {
    name: 'sendStatus()',
    main: `r.sendStatus(404);`,
    kyma: '404 text/plain "Not Found"',
    expect: text(404, 'Not Found'),
  },
  {
    name: 'a cookie and a string returned',
    main: `r.cookie('a', 'b'); return 'x';`,
    kyma: '200 - "x"',
    expect: { status: 200, body: 'x' },
  },
  {
    name: 'the response returned, with a status',
    main: `return r.status(201);`,
    kyma: HTML,
    expect: plain(201, ''),
    because: 'it is what `return response.status(201)` means',
  },
  {
    name: 'a status, and send() in a timer',
    main: `r.status(202); setTimeout(() => r.send('late'), 30);`,
    kyma: '202 - ""',
    expect: plain(202, 'late'),
    because: LATE,
  },
  {
    name: 'a header, and send() after reading a file',
    main: `r.set('x-a', 'b'); require('node:fs').readFile(__filename, () => r.send('late'));`,
    kyma: '200 - ""',
    expect: { status: 200, headers: { 'x-a': 'b' }, body: 'late' },
    because: LATE,
  },
  {
    name: 'a status, and send() after gzip',
    main: `r.status(202); require('node:zlib').gzip('x', () => r.send('late'));`,
    kyma: '202 - ""',
    expect: plain(202, 'late'),
    because: LATE,
  },
  {
    name: 'a status, and send() after a child process',
    main: `r.status(202); require('node:child_process').execFile(process.execPath, ['-p', '1'], (e, out) => r.send('late ' + out.trim()));`,
    kyma: '202 - ""',
    expect: plain(202, 'late 1'),
    because: LATE,
  },
  {
    name: 'a status, and send() after fetch',
    main: `r.status(202); fetch('http://127.0.0.1:' + event.extensions.request.socket.localPort + '/healthz').then((a) => a.text()).then((t) => r.send('late ' + t));`,
    kyma: '202 - ""',
    expect: plain(202, 'late OK'),
    because: LATE,
  },
  {
    name: 'a status, and a timer that does nothing',
    main: `r.status(202); setTimeout(() => {}, 30); clearTimeout(setTimeout(() => {}, 60_000)); setInterval(() => {}, 60_000).unref();`,
    kyma: '202 - ""',
    expect: plain(202, ''),
  },
  {
    name: 'pieces that are written later',
    main: `r.write('a'); setTimeout(() => r.write('b'), 20); setTimeout(() => r.end('c'), 40);`,
    kyma: '200 - "a"',
    expect: plain(200, 'abc'),
    because: LATE,
  },
  {
    name: 'pieces at intervals, until it is enough',
    main: `let n = 0; r.write('0'); const t = setInterval(() => { n += 1; r.write(String(n)); if (n === 3) { clearInterval(t); r.end(); } }, 10);`,
    kyma: '200 - "0"',
    expect: plain(200, '0123'),
    because: LATE,
  },
  {
    name: 'sendFile()',
    main: `r.type('txt').sendFile(__filename);`,
    kyma: '200 text/plain ""',
    expect: { status: 200, headers: { 'content-type': /^text\/plain/ }, body: /sendFile/ },
    because: LATE,
  },
  {
    name: 'sendFile() and a promise of nothing',
    file: asynchronous(`r.sendFile(__filename);`),
    kyma: '200 - ""',
    expect: { status: 200, body: /sendFile/ },
    because: LATE,
  },
  {
    name: 'sendFile() of a file that is not there',
    main: `r.sendFile('/nonexistent');`,
    kyma: '200 - ""',
    expect: { status: 404, body: /Not Found/ },
    because: LATE,
  },
  {
    name: 'download()',
    main: `r.download(__filename, 'own.js');`,
    kyma: '200 - ""',
    expect: { status: 200, headers: { 'content-disposition': 'attachment; filename=own.js' }, body: /download/ },
    because: LATE,
  },
  {
    name: 'a request listener of Node that answers later',
    main: `const listener = (req, res) => { res.statusCode = 203; setTimeout(() => res.end(req.method), 20); }; listener(event.extensions.request, r);`,
    kyma: '203 - ""',
    expect: plain(203, 'GET'),
    because: LATE,
  },

  // The callback.
  { name: 'a callback that is never called', file: withCallback(``), kyma: '200 - ""', expect: plain(200, '') },
  {
    name: 'a status, and a callback that is never called',
    file: withCallback(`event.extensions.response.status(400);`),
    kyma: '400 - ""',
    expect: plain(400, ''),
  },
  {
    name: 'setResponseStatus(), and a callback that is never called',
    file: withCallback(`event.setResponseStatus(202);`),
    kyma: '202 - ""',
    expect: plain(202, ''),
  },
  {
    name: 'a timer, and a callback that is never called',
    file: withCallback(`setTimeout(() => {}, 30);`),
    kyma: '200 - ""',
    expect: plain(200, ''),
  },
  {
    name: 'a callback that is called after reading a file',
    file: withCallback(`require('node:fs').readFile(__filename, () => callback('later', 201));`),
    kyma: '200 - ""',
    expect: text(201, 'later'),
    because: LATE,
  },
  {
    name: 'a callback that another call’s timer calls, as the queue of a pool does',
    file: `const queue = []; setInterval(() => { while (queue.length > 0) queue.shift()('pooled'); }, 200);\n${withCallback(`queue.push(callback);`)}`,
    kyma: '200 - ""',
    expect: text(200, 'pooled'),
    because: LATE,
  },
  {
    name: 'write, and a callback',
    file: withCallback(`event.extensions.response.write('a'); callback('b', 201);`),
    kyma: '200 - "ab"',
    expect: plain(200, 'ab'),
  },
  {
    name: 'a callback with object, status and headers',
    file: withCallback(`callback({ a: 1 }, 201, { 'x-a': 'b' });`),
    kyma: '201 application/json {"a":1}',
    expect: { ...json(201, '{"a":1}'), headers: { 'x-a': 'b' } },
  },
  { name: 'a callback with nothing', file: withCallback(`callback();`), kyma: '200 - ""', expect: plain(200, '') },
  {
    name: 'a callback with 204 and a body',
    file: withCallback(`callback('x', 204);`),
    kyma: '204 - ""',
    expect: plain(204, ''),
  },
  {
    name: 'a callback with headers alone',
    file: withCallback(`callback(undefined, undefined, { 'x-a': 'b' });`),
    kyma: '200 - ""',
    expect: { status: 200, headers: { 'x-a': 'b' }, body: '' },
  },
  {
    name: 'a callback, and then a string returned',
    file: withCallback(`callback('a'); return 'b';`),
    kyma: '200 - "a"',
    expect: text(200, 'a'),
  },
  {
    name: 'a callback with false and a status',
    file: withCallback(`callback(false, 202);`),
    kyma: '202 text/plain "Accepted"',
    expect: json(202, 'false'),
    because: LOST,
  },
  {
    name: 'a callback with a status as a string',
    file: withCallback(`callback('x', '201');`),
    kyma: HTML,
    expect: text(201, 'x'),
    because: 'it can only mean 201',
  },
  {
    name: 'a callback with no body and a status as a string',
    file: withCallback(`callback(null, '404');`),
    kyma: HTML,
    expect: text(404, 'Not Found'),
    because: 'it can only mean 404',
  },
  {
    name: 'a callback with an error',
    file: withCallback(`callback(new Error('x'));`),
    kyma: '200 application/json {}',
    expect: failed,
    because: 'an Error is a failure',
  },
  {
    name: 'a callback with an error and a status',
    file: withCallback(`callback(new Error('x'), 404);`),
    kyma: '404 application/json {}',
    expect: text(404, 'Not Found'),
    because: 'an Error is a failure',
  },

  // Values.
  {
    name: 'a status as a string',
    main: `event.setResponseStatus('201'); return 'x';`,
    kyma: HTML,
    expect: text(201, 'x'),
    because: 'it can only mean 201',
  },
  {
    name: 'statusCode as a string',
    main: `r.statusCode = '201'; return 'x';`,
    kyma: '201 - "x"',
    expect: text(201, 'x'),
  },
  {
    name: 'a status that is none',
    main: `event.setResponseStatus(99); return 'x';`,
    kyma: HTML,
    expect: failed,
    because: TRACE,
  },
  {
    name: 'an error returned',
    main: `return new TypeError('x');`,
    kyma: '200 application/json {}',
    expect: failed,
    because: 'an Error is a failure',
  },
  {
    name: 'a promise of an error',
    file: asynchronous(`return new Error('x');`),
    kyma: '200 application/json {}',
    expect: failed,
    because: 'an Error is a failure',
  },
  {
    name: 'a Map',
    main: `return new Map([['a', 1]]);`,
    kyma: '200 application/json {}',
    expect: json(200, '{"a":1}'),
    because: LOST,
  },
  {
    name: 'a Map with keys that JSON cannot have',
    main: `return new Map([[{}, 1]]);`,
    kyma: '200 application/json {}',
    expect: failed,
    because: LOST,
  },
  {
    name: 'a Set',
    main: `return new Set([1, 'b']);`,
    kyma: '200 application/json {}',
    expect: json(200, '[1,"b"]'),
    because: LOST,
  },
  { name: 'a WeakMap', main: `return new WeakMap();`, kyma: '200 application/json {}', expect: failed, because: LOST },
  { name: 'a regular expression', main: `return /a/;`, kyma: '200 application/json {}', expect: failed, because: LOST },
  {
    name: 'URLSearchParams',
    main: `return new URLSearchParams({ a: 'b c' });`,
    kyma: '200 application/json {}',
    expect: { status: 200, headers: { 'content-type': /^application\/x-www-form-urlencoded/ }, body: 'a=b+c' },
    because: LOST,
  },
  {
    name: 'Headers',
    main: `return new Headers({ a: 'b' });`,
    kyma: '200 application/json {}',
    expect: json(200, '{"a":"b"}'),
    because: LOST,
  },
  {
    name: 'a Date',
    main: `return new Date(0);`,
    kyma: '200 application/json',
    expect: json(200, '"1970-01-01T00:00:00.000Z"'),
  },
  {
    name: 'a URL',
    main: `return new URL('http://a/');`,
    kyma: '200 application/json',
    expect: json(200, '"http://a/"'),
  },
  {
    name: 'an object of a class',
    main: `return new (class A { a = 1; })();`,
    kyma: '200 application/json',
    expect: json(200, '{"a":1}'),
  },
  {
    name: 'a String object',
    main: `return new String('x');`,
    kyma: '200 application/json "x"',
    expect: json(200, '"x"'),
  },
  {
    name: 'a Map inside an object',
    main: `return { a: new Map() };`,
    kyma: '200 application/json',
    expect: json(200, '{"a":{}}'),
  },
  {
    name: 'NaN inside an object',
    main: `return { a: NaN };`,
    kyma: '200 application/json',
    expect: json(200, '{"a":null}'),
  },
  { name: 'a bigint inside an object', main: `return { a: 1n };`, kyma: HTML, expect: failed, because: TRACE },
  { name: 'a symbol', main: `return Symbol('x');`, kyma: HTML, expect: failed, because: TRACE },
  {
    name: 'a thenable',
    main: `return { then(resolve) { resolve('ok'); } };`,
    kyma: '200 - "ok"',
    expect: text(200, 'ok'),
  },
  {
    name: 'an object whose then is a number',
    main: `return { then: 5 };`,
    kyma: '200 application/json',
    expect: json(200, '{"then":5}'),
  },

  // Errors.
  { name: 'an exception', main: `throw new Error('x');`, kyma: HTML, expect: failed, because: TRACE },
  { name: 'a thrown object', main: `throw { a: 1 };`, kyma: HTML, expect: failed, because: TRACE },
  { name: 'null that is thrown', main: `throw null;`, kyma: HTML, expect: failed, because: TRACE },
  {
    name: 'a rejection',
    file: asynchronous(`throw new Error('x');`),
    kyma: 'no answer',
    expect: failed,
    because: 'a rejection is a failure, at once',
  },
  {
    name: 'a rejection after a status',
    file: asynchronous(`r.status(404); throw new Error('x');`),
    kyma: 'no answer',
    expect: failed,
    because: 'a rejection is a failure, at once',
  },
  {
    name: 'a thenable that throws',
    main: `return { then() { throw new Error('x'); } };`,
    kyma: HTML,
    expect: failed,
    because: TRACE,
  },
  {
    name: 'a rejection that nobody handles, beside a result',
    main: `Promise.reject(new Error('x')); return 'ok';`,
    kyma: '200 - "ok"',
    expect: text(200, 'ok'),
  },
  {
    name: 'an exception in a timer, while the promise of main still resolves',
    main: `setTimeout(() => { throw new Error('t'); }, 5); return new Promise((resolve) => setTimeout(resolve, 100, 'ok'));`,
    kyma: '200 - "ok"',
    expect: text(200, 'ok'),
  },
  {
    name: 'an exception in a timer, while the callback still comes',
    file: withCallback(`setTimeout(() => { throw new Error('t'); }, 5); setTimeout(() => callback('ok'), 100);`),
    kyma: '200 - ""',
    expect: text(200, 'ok'),
    because: LATE,
  },
  {
    name: 'an exception in a timer, and nobody left to call the callback',
    file: withCallback(`setTimeout(() => { throw new Error('t'); }, 5);`),
    kyma: '200 - ""',
    expect: failed,
    because: 'the exception is why there is no answer',
  },
  {
    name: 'an exception in a timer, and nobody left to send the response',
    main: `r.status(202); setTimeout(() => { throw new Error('t'); }, 5);`,
    kyma: '202 - ""',
    expect: failed,
    because: 'the exception is why there is no answer',
  },

  // The event.
  {
    name: 'a request that the handler puts in place of its own',
    main: `event.extensions.request = { a: 1 }; return event.extensions.request;`,
    kyma: '200 application/json {"a":1}',
    expect: json(200, '{"a":1}'),
  },
  {
    name: 'properties that the handler replaces',
    file: `'use strict'; exports.main = (event) => { event.tracer = 1; event.data = 2; event.extensions.response = 3; event.extensions = 4; return [event.tracer, event.data, event.extensions]; };`,
    kyma: '200 application/json [1,2,4]',
    expect: json(200, '[1,2,4]'),
  },
  {
    name: 'an empty body of JSON',
    main: `return { data: event.data, body: event.extensions.request.body };`,
    request: { method: 'POST', headers: { 'content-type': 'application/json', 'content-length': '0' } },
    kyma: '200 {"data":{},"body":{}}',
    expect: json(200, '{"data":{},"body":{}}'),
  },
  {
    name: 'an empty body of JSON that comes in chunks',
    main: `return { data: event.data };`,
    request: { method: 'POST', headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } },
    kyma: '200 {"data":{}}',
    expect: json(200, '{"data":{}}'),
  },
  {
    name: 'an empty form',
    main: `return { data: event.data };`,
    request: {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' },
    },
    kyma: '200 {"data":{}}',
    expect: json(200, '{"data":{}}'),
  },
  {
    name: 'emitCloudEvent to a publisher that is not there',
    file: asynchronous(
      `return event.emitCloudEvent('t', 's', { a: 1 }).catch((e) => ({ code: e.code, message: e.message, asJson: JSON.parse(JSON.stringify(e)).code }));`,
    ),
    env: { PUBLISHER_PROXY_ADDRESS: 'http://127.0.0.1:1' },
    kyma: '200 {"code":"ECONNREFUSED","message":"connect ECONNREFUSED 127.0.0.1:1","asJson":"ECONNREFUSED"}',
    expect: json(200, '{"code":"ECONNREFUSED","message":"connect ECONNREFUSED 127.0.0.1:1","asJson":"ECONNREFUSED"}'),
  },
];

const handlerOf = ({ main, file }: Shape): string =>
  file ?? `module.exports = { main(event, context) { const r = event.extensions.response; ${main ?? ''} } };`;

/** FUNC_TIMEOUT is short: what hangs is not waited for. */
export const casesBesideKyma: readonly Case[] = SHAPES.map((shape) => ({
  name: `beside Kyma: ${shape.name}`,
  handler: { nodejs: handlerOf(shape) },
  env: { FUNC_TIMEOUT: '10', ...shape.env },
  request: shape.request ?? {},
  expect: shape.expect,
  only: { language: 'nodejs', reason: "these are Kyma's answers in Node.js" },
}));
