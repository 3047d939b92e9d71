/** Handlers that fail, take too long, or answer what cannot be answered. */
import type { Case } from './case.ts';

const failed = {
  status: 500,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'access-control-allow-origin': '*' },
  body: 'Internal server error',
};

export const failureCases: readonly Case[] = [
  {
    name: 'an exception is 500 without its trace',
    handler: {
      nodejs: `module.exports = { main() { throw new Error('the password is 1234'); } };`,
      python: `def main(event, context): raise ValueError('the password is 1234')`,
    },
    request: {},
    expect: failed,
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'a rejected promise, an exception of a coroutine, is 500 too',
    handler: {
      nodejs: `module.exports = { async main() { await null; throw new TypeError('secret'); } };`,
      python: `async def main(event, context): raise TypeError('secret')`,
    },
    request: {},
    expect: failed,
    metrics: { 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'headers that were set before an exception are not sent with its answer',
    handler: {
      nodejs: `module.exports = { main(event) { event.setResponseContentType('text/csv'); event.setResponseStatus(201); event.setResponseHeader('etag', '"1"'); throw new Error('x'); } };`,
    },
    request: {},
    expect: { ...failed, headers: { ...failed.headers, etag: null } },
    only: { language: 'nodejs', reason: 'Python handlers set headers with their result' },
  },
  {
    name: 'a thrown string is the body of the 500',
    handler: { nodejs: `module.exports = { main() { throw 'no such order'; } };` },
    request: {},
    expect: { status: 500, body: 'no such order' },
    metrics: { 'function_failures_total{method="GET"}': 1 },
    only: { language: 'nodejs', reason: 'Python raises exceptions only' },
  },
  {
    name: 'a promise rejected with a string is the body of the 500',
    handler: { nodejs: `module.exports = { main: () => Promise.reject('no such order') };` },
    request: {},
    expect: { status: 500, body: 'no such order' },
    only: { language: 'nodejs', reason: 'Python raises exceptions only' },
  },
  {
    name: 'undefined that is thrown is a failure as well',
    handler: { nodejs: `module.exports = { main: () => Promise.reject(undefined) };` },
    request: {},
    expect: failed,
    only: { language: 'nodejs', reason: 'Python raises exceptions only' },
  },
  {
    name: 'a throw in a timer is 500, at once',
    handler: {
      nodejs: `module.exports = { main: () => new Promise(() => setTimeout(() => { throw new Error('in a timer'); }, 10)) };`,
    },
    request: {},
    expect: failed,
    metrics: { 'function_failures_total{method="GET"}': 1 },
    only: { language: 'nodejs', reason: 'Python has no timers that belong to a call' },
  },
  {
    name: 'leaving the process from the handler is 500, and the process lives',
    handler: { python: `import sys\ndef main(event, context): sys.exit(3)` },
    request: [{}, {}],
    expect: failed,
    only: { language: 'python', reason: 'process.exit() of Node.js cannot be taken back' },
  },
  {
    name: 'what cannot be JSON is 500',
    handler: {
      nodejs: `module.exports = { main() { const a = {}; a.a = a; return a; } };`,
      python: `def main(event, context):\n    a = {}\n    a['a'] = a\n    return a`,
    },
    request: {},
    expect: failed,
    metrics: { 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'a result which cannot be sent is 500',
    handler: {
      nodejs: `module.exports = { main: () => () => 'a function' };`,
      python: `def main(event, context): return object()`,
    },
    request: {},
    expect: failed,
  },
  {
    name: 'a stream that fails before its first piece is 500',
    handler: {
      nodejs: `module.exports = { async *main() { throw new Error('x'); } };`,
      python: `def main(event, context):\n    raise ValueError('x')\n    yield ''`,
    },
    request: {},
    expect: failed,
    metrics: { 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'a piece that is neither text nor bytes is 500',
    handler: {
      nodejs: `module.exports = { *main() { yield { a: 1 }; } };`,
      python: `def main(event, context): yield {'a': 1}`,
    },
    request: {},
    expect: failed,
  },
  {
    name: 'a header that would end its line is 500',
    handler: {
      nodejs: `module.exports = { main: (event, context, callback) => callback('x', 200, { 'x-own': 'a\\r\\nset-cookie: b' }) };`,
      python: `def main(event, context): return 'x', 200, {'x-own': 'a\\r\\nset-cookie: b'}`,
    },
    request: {},
    expect: { ...failed, headers: { 'set-cookie': null } },
  },
  {
    name: 'a call that takes longer than FUNC_TIMEOUT is 408',
    handler: {
      nodejs: `module.exports = { main: () => new Promise(() => {}) };`,
      python: `import time\ndef main(event, context): time.sleep(30)`,
    },
    env: { FUNC_TIMEOUT: '1' },
    request: {},
    expect: {
      status: 408,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'access-control-allow-origin': '*' },
      body: 'Request Timeout',
    },
    metrics: { 'function_calls_total{method="GET"}': 1, 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'an async call that takes longer than FUNC_TIMEOUT is 408',
    handler: {
      nodejs: `module.exports = { async main() { await new Promise((r) => setTimeout(r, 30_000)); } };`,
      python: `import asyncio\nasync def main(event, context): await asyncio.sleep(30)`,
    },
    env: { FUNC_TIMEOUT: '1' },
    request: {},
    expect: { status: 408, body: 'Request Timeout' },
  },
  {
    name: 'after a failure the next call is served',
    handler: {
      nodejs: `let calls = 0;\nmodule.exports = { main() { calls += 1; if (calls === 1) throw new Error('x'); return 'call ' + calls; } };`,
      python: `calls = 0\ndef main(event, context):\n    global calls\n    calls += 1\n    if calls == 1: raise ValueError('x')\n    return f'call {calls}'`,
    },
    request: [{}, {}],
    expect: { status: 200, body: 'call 2' },
    metrics: { 'function_calls_total{method="GET"}': 2, 'function_failures_total{method="GET"}': 1 },
  },
  {
    name: 'BUILDLESS_EXPOSE_ERRORS=1 (a developer’s machine) shows the trace to the client',
    handler: {
      nodejs: `module.exports = { main() { throw new RangeError('too far'); } };`,
      python: `def main(event, context): raise IndexError('too far')`,
    },
    env: { BUILDLESS_EXPOSE_ERRORS: '1' },
    request: {},
    expect: {
      nodejs: { status: 500, body: /RangeError: too far\n\s+at .*handler\.js:1/ },
      python: { status: 500, body: /handler\.py", line 1[^]*IndexError: too far/ },
      why: 'each language has traces of its own',
    },
  },
];
