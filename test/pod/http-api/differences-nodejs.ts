/** Where our answer differs on purpose from that of Kyma's nodejs26, and why. */
import { findDifference, without, type Difference } from './difference.ts';
import type { OracleAnswer, OracleCase } from './oracle.ts';

const HTML_HEADERS = ['content-security-policy', 'x-content-type-options', 'x-powered-by'];

/** One of the server's own answers: plain text, and no header of Express. */
const plain = (answer: OracleAnswer, status: number, body: string, cors = true): OracleAnswer => ({
  status,
  headers: {
    ...without(answer.headers, HTML_HEADERS),
    'content-type': 'text/plain; charset=utf-8',
    ...(cors && { 'access-control-allow-origin': '*' }),
  },
  body,
});

const handlerAnswers = (body: string): OracleAnswer => ({
  status: 200,
  headers: {
    'access-control-allow-origin': '*',
    'content-type': 'text/html; charset=utf-8',
    'x-powered-by': 'Express',
  },
  body,
});

const FOUND: Readonly<Record<string, string>> = {
  'load: main after another function: call': 'second',
  'load: computed exports: call': 'computed',
  'load: class instance: call': 'c',
  'load: exports is a function: call': 'f',
  'load: ESM export default object: call': 'd',
  'load: top-level await: call': 'late',
  'load: top-level await: call later': 'late',
  'load: HANDLER_PATH a folder: call': 'handler',
  'load: main: two-parameter arrow: call': 'ok',
};

const REFUSED: Readonly<Record<string, string | RegExp>> = {
  'main: body gzip not gzip': 'The request body is not valid gzip',
  'main: body too large json': 'Request body exceeds the limit of 1048576 bytes',
  'main: body too large octets': 'Request body exceeds the limit of 1048576 bytes',
  'main: body just above': 'Request body exceeds the limit of 1048576 bytes',
  'load: limits from env: 3 MB': 'Request body exceeds the limit of 2097152 bytes',
};

const EMITTED: Readonly<Record<string, string>> = {
  'main: emit': '{"status":204,"data":"","keys":["data","headers","status","statusText"]}',
  'main: emit/bad-ext':
    '{"name":"TypeError","message":"CloudEvent: the name of the attribute \\"Bad-Name\\" may have only the characters a-z and 0-9"}',
  'main: emit/no-type': '{"name":"TypeError","message":"CloudEvent: the attribute type must be a string"}',
  'main: emit/400': '{"name":"PublisherError","message":"The publisher answered 400 Bad Request","status":400}',
  'main: emit/sync-throw': '{"thrown":"CloudEvent: the attribute type must be a string"}',
  'load: publisher unset: emit':
    '{"m":"PUBLISHER_PROXY_ADDRESS is not set: there is nowhere to post the CloudEvent to"}',
};

const DIFFERENCES: readonly Difference[] = [
  {
    cases: Object.keys(FOUND),
    why: 'exports are found as a program finds them, not by the text of the module; the handler is loaded before the server listens',
    expect: (_answer, id) => handlerAnswers(FOUND[id] ?? ''),
  },
  {
    cases: ['load: HANDLER_FUNC_NAME is not read: call'],
    why: 'FUNC_HANDLER, which the annotation buildless.dev/handler sets, is read',
    expect: () => handlerAnswers('other'),
  },
  {
    cases: ['load: HANDLER_MOD_NAME is not read: call'],
    why: 'MOD_NAME, which the annotation buildless.dev/handler sets, is read',
    expect: () => handlerAnswers('mod'),
  },
  {
    cases: /: healthz$|^main: HEALTHZ$|^load: late send after 408: lives$/,
    why: "the server's own answers are plain text, and do not pass through Express",
    expect: (answer) => plain(answer, 200, 'OK', false),
  },
  {
    cases: ['main: return/thenable-no-catch'],
    why: 'a promise of any kind is waited for by the rules of the language',
    expect: () => handlerAnswers('t'),
  },
  {
    cases:
      /^main: throw\/(object|status-error|null)$|^load: NODE_ENV production: throws$|^load: sync throw with http loaded: (error|null)$/,
    why: 'an error is 500 with a short text, without a trace of the server and without HTML',
    expect: (answer) => plain(answer, 500, 'Internal server error'),
  },
  {
    cases: ['main: reject/error', 'load: metrics: fails', 'load: publisher down: emit'],
    why: 'a rejection is 500 at once; Kyma lets the client wait for the timeout',
    expect: (answer) => plain(answer, 500, 'Internal server error'),
  },
  {
    cases: ['main: reject/string'],
    why: 'a rejection is 500 at once; Kyma lets the client wait for the timeout',
    expect: (answer) => plain(answer, 500, 'visible async'),
  },
  {
    cases: /rejects with a string$/,
    why: 'a thrown string is plain text, as it may hold what a client sent',
    expect: (answer) => plain(answer, 500, 'visible'),
  },
  {
    cases: ['main: status-only', 'main: slow'],
    why: "the server's own answers do not pass through Express",
    expect: (answer) => plain(answer, 408, 'Request Timeout'),
  },
  {
    cases: ['main: OPTIONS preflight'],
    why: "the server's own answers do not pass through Express",
    expect: (answer) => ({ ...answer, headers: without(answer.headers, HTML_HEADERS) }),
  },
  {
    cases: Object.keys(REFUSED),
    why: 'a request that cannot be read is refused in one line, which a browser of another origin may read',
    expect: (answer, id) => plain(answer, answer.status ?? 0, String(REFUSED[id])),
  },
  {
    cases: ['main: body json invalid', 'main: ce structured invalid json', 'main: ce invalid json'],
    why: 'a request that cannot be read is refused in one line, which a browser of another origin may read',
    expect: (answer) => plain(answer, 400, 'Invalid JSON in the request body: '),
  },
  {
    cases: /^main: body /,
    why: 'the stream of the request can be read again, and rawBody has its bytes: parsers of multipart and signatures of webhooks need them',
    expect: (answer) => ({ ...answer, body: asReadable(answer.body ?? '') }),
  },
  {
    cases: ['main: request encoded', 'main: request forwarded'],
    why: 'the server listens on IPv6 as well, where an IPv4 address has this form',
    expect: (answer) => ({
      ...answer,
      body: answer.body?.replace('"ip":"127.0.0.1"', '"ip":"::ffff:127.0.0.1"') ?? '',
    }),
  },
  {
    cases: Object.keys(EMITTED),
    why: "errors and answers of the publisher are those of the event API: without axios' own properties, and with a message that says what is wrong",
    expect: (answer, id) => ({ ...answer, body: EMITTED[id] ?? '' }),
  },
  {
    cases: /^(main|not traced): (span-traceid|own span|b3 in)$/,
    why: 'without TRACE_COLLECTOR_ENDPOINT nothing is recorded, so a span has no id',
    expect: (answer) => ({ ...answer, body: '{"traceId":"00000000000000000000000000000000"}' }),
  },
  {
    cases: ['traced: call with traceparent', 'load: handler is ESM and imports http: active span'],
    why: "each call has a server span below the caller's, whatever the handler loads",
    expect: (answer, id) => ({
      ...answer,
      body: id.startsWith('traced') ? '{"active":"0af7651916cd43dd8448eb211c80319c"}' : '{"active":null}',
    }),
  },
  {
    cases:
      /^load: handler requires http(?:, OTEL_SERVICE_NAME)?: active span$|^load: handler requires http, traced: (active span|b3 in)$/,
    why: 'a server span is named after its method, and exists only if spans are exported',
    expect: (answer, id) => ({
      ...answer,
      body: id.includes('http: active') ? '{"active":null}' : (answer.body ?? ''),
    }),
  },
  {
    cases: ['load: handler requires http: http out'],
    why: 'without TRACE_COLLECTOR_ENDPOINT no trace is passed on',
    expect: (answer) => ({ ...answer, body: '{}' }),
  },
];

const asReadable = (body: string): string =>
  body
    .replace('"readable":false', '"readable":true')
    .replace(
      '"rawBody":"undefined"',
      body.includes('"kind":"undefined"') || body.includes('"value":"{}"')
        ? '"rawBody":"undefined"'
        : '"rawBody":"object"',
    );

/** Cases whose handler cannot be loaded: the process ends, and says why. Kyma's answers 500 to each call and is healthy. */
export const NOT_STARTED: Readonly<Record<string, string>> = {
  'load: throws at load': 'at load',
  'load: syntax error': 'SyntaxError',
  'load: missing package': 'no-such-package',
  'load: no handler file': 'the handler is missing',
};

/** Cases that say something about Kyma's image and not about a server. */
export const NOT_COMPARED: Readonly<Record<string, string>> = {
  'main: have': "packages of Kyma's image are not there: buildless convert declares what the code imports",
  'traced: axios out': "axios is in Kyma's image; other requests that a handler makes have rows of their own",
  'traced: fetch out': 'the ids of spans differ; test/pod/nodejs/server/tracing.test.ts checks that fetch is traced',
  'main: env': "the working directory is the Function's own folder",
  'main: metrics': 'the metrics are those of the event API; the next test compares the names',
};

export const differenceOf = (given: OracleCase): Difference | undefined => findDifference(DIFFERENCES, given);
