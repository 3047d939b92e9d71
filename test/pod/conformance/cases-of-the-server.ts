/** What the server does beside the handler: context, CORS, health, metrics. */
import type { Case } from './case.ts';

const HELLO = {
  nodejs: `module.exports = { main: (event) => 'called' };`,
  python: `def main(event, context): return 'called'`,
} as const;

const OWN_ORIGIN = {
  nodejs: `module.exports = { main(event) { event.setResponseHeader('access-control-allow-origin', 'https://own.example'); return 'x'; } };`,
  python: `def main(event, context): return 'x', 200, {'access-control-allow-origin': 'https://own.example'}`,
} as const;

export const serverCases: readonly Case[] = [
  {
    name: 'the context',
    handler: {
      nodejs: `module.exports = { main: (event, context) => context };`,
      python: `def main(event, context): return context`,
    },
    env: { FUNC_TIMEOUT: '20', REQ_MB_LIMIT: '2' },
    request: {},
    expect: {
      nodejs: {
        status: 200,
        body: {
          json: {
            'function-name': 'orders',
            runtime: 'nodejs-test',
            namespace: 'shop',
            timeout: 20,
            'body-size-limit': 2,
          },
        },
      },
      python: {
        status: 200,
        body: {
          json: {
            'function-name': 'orders',
            runtime: 'python-test',
            namespace: 'shop',
            timeout: 20,
            'body-size-limit': 2097152,
          },
        },
      },
      why: 'Kyma counts the body size limit in MB for Node.js and in bytes for Python',
    },
  },
  {
    name: 'the signal of the context aborts at the timeout',
    handler: {
      nodejs: `let reason = 'none';
module.exports = { main: (event, context) => event.extensions.request.path === '/reason' ? reason
  : new Promise((r) => context.signal.addEventListener('abort', () => { reason = context.signal.reason.name; r('too late'); })) };`,
    },
    env: { FUNC_TIMEOUT: '1' },
    request: [{}, { path: '/reason' }],
    expect: { status: 200, body: 'TimeoutError' },
    metrics: { 'function_calls_total{method="GET"}': 2, 'function_failures_total{method="GET"}': 1 },
    only: { language: 'nodejs', reason: 'Python has no such thing' },
  },
  {
    name: 'every method and every path reaches the handler',
    handler: {
      nodejs: `module.exports = { main: ({ extensions: { request } }) => request.method + ' ' + request.path };`,
      python: `def main(event, context): return event['extensions']['request'].method + ' ' + event['extensions']['request'].path`,
    },
    request: { method: 'PATCH', path: '/a/b?c=d' },
    expect: { status: 200, body: 'PATCH /a/b' },
    metrics: { 'function_calls_total{method="PATCH"}': 1 },
  },
  {
    name: 'any origin may read the answer',
    handler: HELLO,
    request: { headers: { origin: 'https://a.example' } },
    expect: { status: 200, headers: { 'access-control-allow-origin': '*' }, body: 'called' },
  },
  {
    name: "the handler's own origin wins",
    handler: OWN_ORIGIN,
    request: {},
    expect: { status: 200, headers: { 'access-control-allow-origin': 'https://own.example' } },
  },
  {
    name: 'BUILDLESS_CORS_ORIGIN sets the origin',
    handler: HELLO,
    env: { BUILDLESS_CORS_ORIGIN: 'https://shop.example' },
    request: {},
    expect: { status: 200, headers: { 'access-control-allow-origin': 'https://shop.example' } },
  },
  {
    name: 'an empty BUILDLESS_CORS_ORIGIN switches CORS off',
    handler: HELLO,
    env: { BUILDLESS_CORS_ORIGIN: '' },
    request: {},
    expect: { status: 200, headers: { 'access-control-allow-origin': null }, body: 'called' },
  },
  {
    name: 'OPTIONS is answered without the handler: what is asked for is allowed',
    handler: HELLO,
    request: {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'x-own, content-type' },
    },
    expect: {
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'PUT',
        'access-control-allow-headers': 'x-own, content-type',
      },
      body: '',
    },
    metrics: { 'function_calls_total{method="OPTIONS"}': 0 },
  },
  {
    name: 'OPTIONS allows nothing that was not asked for',
    handler: HELLO,
    request: { method: 'OPTIONS' },
    expect: {
      status: 200,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': null,
        'access-control-allow-headers': null,
      },
      body: '',
    },
  },
  {
    name: 'OPTIONS reaches the handler where CORS is off',
    handler: HELLO,
    env: { BUILDLESS_CORS_ORIGIN: '' },
    request: { method: 'OPTIONS' },
    expect: { status: 200, body: 'called' },
    metrics: { 'function_calls_total{method="OPTIONS"}': 1 },
  },
  {
    name: 'GET /healthz is the server’s',
    handler: HELLO,
    request: { path: '/healthz' },
    expect: { status: 200, body: 'OK' },
    metrics: { 'function_calls_total{method="GET"}': 0 },
  },
  {
    name: 'POST /healthz is the handler’s',
    handler: HELLO,
    request: { method: 'POST', path: '/healthz' },
    expect: { status: 200, body: 'called' },
  },
  {
    name: 'GET /healthz/more is the handler’s',
    handler: HELLO,
    request: { path: '/healthz/more' },
    expect: { status: 200, body: 'called' },
  },
  {
    name: 'GET /favicon.ico is 204',
    handler: HELLO,
    request: { path: '/favicon.ico' },
    expect: { status: 204, body: '' },
    metrics: { 'function_calls_total{method="GET"}': 0 },
  },
  {
    name: 'GET /metrics is Prometheus’ text with the names that dashboards know',
    handler: HELLO,
    request: [{}, { body: 'x' }, { path: '/metrics' }],
    expect: {
      status: 200,
      headers: { 'content-type': /^text\/plain/ },
      body: /^# HELP function_calls_total[^]*^# TYPE function_calls_total counter$[^]*^function_calls_total\{method="POST"\} 1(\.0)?$/m,
    },
    metrics: {
      'function_calls_total{method="GET"}': 1,
      'function_calls_total{method="POST"}': 1,
      'function_duration_seconds_count{method="GET"}': 1,
      'function_duration_seconds_bucket{le="+Inf",method="POST"}': 1,
    },
  },
  {
    name: 'metrics have the milliseconds of Kyma’s Node.js too',
    handler: HELLO,
    request: {},
    expect: { status: 200 },
    metrics: { 'function_duration_miliseconds_count{method="GET"}': 1 },
    only: { language: 'nodejs', reason: "Kyma's Python has seconds alone" },
  },
  {
    name: 'calls follow each other on one connection',
    handler: HELLO,
    request: [{}, {}, {}],
    expect: { status: 200, body: 'called' },
  },
  {
    name: 'an ES module’s export',
    handler: { nodejs: `export const main = async () => 'from ' + import.meta.url.split('/').pop();` },
    file: { nodejs: 'handler.mjs' },
    request: {},
    expect: { status: 200, body: 'from handler.mjs' },
    only: { language: 'nodejs', reason: 'modules of JavaScript' },
  },
  {
    name: 'an ES module’s default export that holds the function',
    handler: { nodejs: `export default { main: () => 'default' };` },
    file: { nodejs: 'handler.mjs' },
    request: {},
    expect: { status: 200, body: 'default' },
    only: { language: 'nodejs', reason: 'modules of JavaScript' },
  },
  {
    name: 'the default export of a compiled ES module that holds the function',
    handler: {
      nodejs: `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = { main: () => 'compiled' };`,
    },
    request: {},
    expect: { status: 200, body: 'compiled' },
    only: { language: 'nodejs', reason: 'modules of JavaScript' },
  },
  {
    name: 'a handler in a folder, with another name',
    handler: { nodejs: `exports.create = () => 'created';`, python: `def create(event, context): return 'created'` },
    file: { nodejs: 'lib/orders.v1/handler.cjs', python: 'lib/orders/handler.py' },
    env: { FUNC_HANDLER: 'create' },
    request: {},
    expect: { status: 200, body: 'created' },
  },
];
