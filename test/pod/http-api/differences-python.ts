/** Where our answer differs on purpose from that of Kyma's python314, and why. */
import { findDifference, type Difference } from './difference.ts';
import type { OracleAnswer, OracleCase } from './oracle.ts';

const HTML = 'text/html; charset=utf-8';
const PLAIN = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

const answering = (body: string, type = HTML, status = 200): OracleAnswer => ({
  status,
  headers: { 'content-type': type },
  body,
});

const KINDER: Readonly<Record<string, OracleAnswer>> = {
  'main: none': answering(''),
  'main: int': answering('5\n', JSON_TYPE),
  'main: zero': answering('0\n', JSON_TYPE),
  'main: true': answering('true\n', JSON_TYPE),
  'main: false': answering('false\n', JSON_TYPE),
};

const replaced = ({ body = '', ...answer }: OracleAnswer, from: string | RegExp, to: string): OracleAnswer => ({
  ...answer,
  body: body.replace(from, to),
});

const DIFFERENCES: readonly Difference[] = [
  {
    cases: Object.keys(KINDER),
    why: 'a handler that returns nothing, a number or a boolean is a common slip: it is answered as in the API "event"',
    expect: (answer, id) => KINDER[id] ?? answer,
  },
  {
    cases: ['main: async', 'load: async def main: call'],
    why: 'async def works',
    expect: (_answer, id) => answering(id.startsWith('main') ? 'async' : 'a'),
  },
  {
    cases: ['main: sleep/time'],
    why: 'FUNC_TIMEOUT holds for every call, with the answer of the API "event"; in Kyma only for one that yields to gevent',
    expect: () => answering('Request Timeout', PLAIN, 408),
  },
  {
    cases: ['main: double slash', 'main: method PUT', 'main: method DELETE', 'main: method POST'],
    why: 'calls run in threads, and the server is another',
    expect: (answer) =>
      replaced(
        replaced(answer, '"multithread":false', '"multithread":true'),
        /"server":"[^"]*"/,
        '"server":"Cheroot/11.1.2 Server"',
      ),
  },
  {
    cases: /^main: healthz$|^main: HEAD healthz$|^load: .*: healthz$|^load: .*: afterwards$/,
    why: "the server's own answers are plain text, and it lives on after sys.exit() and KeyboardInterrupt in a handler",
    expect: (_answer, id) => answering(id.includes('HEAD') ? '' : 'OK', PLAIN),
  },
  {
    cases: ['load: KeyboardInterrupt in a call: interrupt'],
    why: 'it is an error as any other',
    expect: (answer) => ({ ...answer, headers: { 'content-type': HTML } }),
  },
  {
    cases: ['main: OPTIONS healthz', 'main: static'],
    why: "only GET and HEAD of /healthz, /metrics and /favicon.ico are the server's; all else is the handler's",
    expect: (_answer, id) =>
      answering(`no case ${id === 'main: static' ? 'GET /static/x.css' : 'OPTIONS /healthz'}`, HTML, 404),
  },
  {
    cases: ['main: favicon'],
    why: 'an answer without a body has no type',
    expect: (answer) => ({ ...answer, headers: {} }),
  },
  {
    cases: ['not traced: /tracer'],
    why: 'without TRACE_COLLECTOR_ENDPOINT nothing is recorded, so a span has no id',
    expect: () =>
      answering(
        '{"kind":"opentelemetry.trace.ProxyTracer","recording":false,"traceId":"00000000000000000000000000000000"}\n',
        JSON_TYPE,
      ),
  },
  {
    cases: ['load: OTEL_SERVICE_NAME: call'],
    why: 'without TRACE_COLLECTOR_ENDPOINT nothing is recorded: the span of the handler has no resource, which this one reads',
    expect: () => answering('Internal Server Error', HTML, 500),
  },
  {
    cases: ['traced: /tracer', 'collector down: own span'],
    why: "each call has a server span below the caller's, which is the parent of the handler's own",
    expect: (answer) => replaced(answer, /"traceId":"[0-9a-f]{32}"/, '"traceId":"0af7651916cd43dd8448eb211c80319c"'),
  },
  {
    cases: ['load: old names from env: call'],
    why: 'MOD_NAME and FUNC_HANDLER, which the annotation buildless.dev/handler sets, are read',
    expect: () => answering('run'),
  },
  {
    cases: ['load: own sdk.py is hidden: call'],
    why: "a module of the Function comes before the server's",
    expect: (answer) => replaced(answer, 'false', 'true'),
  },
  {
    cases: ['load: HANDLER_PATH unset: call'],
    why: 'FUNCTION_PATH, which Buildless sets as well, says where the Function is',
    expect: () => answering('x'),
  },
  {
    cases: ['load: body not read and too large: 1.5 MB'],
    why: 'the body is read before the handler is called, so that none is left on the connection for the next request',
    expect: () => answering('Request body exceeds the limit of 1048576 bytes', PLAIN, 413),
  },
  {
    cases: ['load: default limit: meta'],
    why: '1 MB, as Kyma\'s docs say and as the API "event" has',
    expect: (answer) => replaced(answer, '"l":100', '"l":1'),
  },
  {
    cases: ['load: publisher unset: emit'],
    why: 'the message says what is not set',
    expect: () =>
      answering('RuntimeError: PUBLISHER_PROXY_ADDRESS is not set: there is nowhere to post the CloudEvent to'),
  },
  {
    cases: [
      'load: cloud events: structured, capitals in the type',
      'load: cloud events: structured, charset before a blank',
    ],
    why: 'media types are compared without case and with blanks before a parameter (RFC 9110, 8.3.1 and 5.6.6)',
    expect: () => answering('{"data":"1","dct":null,"kind":"int","time":true}\n', JSON_TYPE),
  },
];

/** Cases whose handler cannot be loaded or called: the process ends, and says why. */
export const NOT_STARTED: Readonly<Record<string, string>> = {
  'load: main(event, context) of the old API': 'set the annotation buildless.dev/api: event',
  'load: no main': 'Did you mean mains?',
  'load: throws at import': 'ValueError: at import',
  'load: missing package': 'no_such_package',
  'load: no handler file': 'the handler is missing',
  'load: timeout counts no failure': 'add gevent with its version to requirements.txt',
};

/** Cases that say something about Kyma's image and not about a server. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  'main: have': "packages of Kyma's image are not there: buildless convert declares what the code imports",
  'main: env': 'it imports gevent, and says where the files of the image are',
  'main: sleep/gevent-caught': 'it imports gevent',
  'not traced: /call-out': 'it imports requests; the test on outgoing requests below has urllib',
};

export const differenceOf = (given: OracleCase): Difference | undefined => findDifference(DIFFERENCES, given);
