/** Turns what a handler gave back into an answer. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import { types } from 'node:util';
import { ALLOW_ORIGIN, allowOrigin } from './cors.ts';
import { outsideCalls } from './current-call.ts';
import { isError, textOf } from './error-description.ts';
import { apply, stringify } from './originals.ts';
import { endPieces, piecesOf, sendPieces, type Pieces } from './stream.ts';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const BYTES = 'application/octet-stream';

/** Headers that are about one connection, which a handler copies from the answer of another server (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Statuses whose answers have no content (RFC 9110, 15.3.5, 15.3.6, 15.4.5). */
const WITHOUT_CONTENT = new Set([204, 205, 304]);

/**
 * Answers with a result of any type: text, bytes, JSON, a Response, or pieces as they come.
 *
 * @param origin goes with it, unless the handler has set its own; empty for none
 * @returns a promise where the answer takes time, which rejects as the source of the pieces fails
 * @throws if no answer can be made of the result
 */
export function sendResult(res: ServerResponse, result: unknown, origin: string): Promise<void> | undefined {
  switch (typeof result) {
    case 'undefined':
      sendWhole(res, '', undefined, origin);
      return;
    case 'string':
      sendWhole(res, result, result === '' ? undefined : TEXT, origin);
      return;
    case 'number':
    case 'boolean':
      sendWhole(res, stringify(result), JSON_TYPE, origin);
      return;
    case 'bigint':
      sendWhole(res, result.toString(), JSON_TYPE, origin);
      return;
    case 'object':
      return result === null ? sendResult(res, undefined, origin) : sendObject(res, result, origin);
    default:
      throw new TypeError(`main returned a ${typeof result}, which cannot be sent`);
  }
}

/** As Kyma's third argument of main does: a status without a body answers with the name of the status. */
export function sendCallback(
  res: ServerResponse,
  body: unknown,
  status: unknown,
  headers: unknown,
  origin: string,
): Promise<void> | undefined {
  // An answer that has begun has its status and headers.
  if (res.headersSent) return sendResult(res, body, origin);
  if (typeof headers === 'object' && headers !== null) {
    for (const [name, value] of Object.entries(headers)) setHeader(res, name, value);
  }
  if (status === undefined || status === null) return sendResult(res, body, origin);
  setStatus(res, status);
  const named = res.statusCode !== 200 && (body === undefined || body === null || body === '');
  return sendResult(res, named ? (STATUS_CODES[res.statusCode] ?? String(res.statusCode)) : body, origin);
}

/** A header as Express takes it: numbers and the like become text, a list is a header for each. */
export function setHeader(res: ServerResponse, name: string, value: unknown): void {
  res.setHeader(name, Array.isArray(value) ? value.map(String) : String(value));
}

/**
 * The status of the answer; `'201'` is one as well.
 *
 * @throws as Express does, if it is not a status
 */
export function setStatus(res: ServerResponse, status: unknown): void {
  const code = typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : status;
  if (typeof code !== 'number' || !Number.isInteger(code) || code < 100 || code > 999) {
    throw new RangeError(`${textOf(status)} is not an HTTP status: give an integer from 100 to 999`);
  }
  res.statusCode = code;
}

/** What `fetch` knows a content type for. */
const WITH_CONTENT_TYPE = new Set(['Blob', 'File', 'FormData', 'URLSearchParams']);

// Called with its object by `apply`.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { toString: describe } = Object.prototype;

/** The class of a value that is Node's. Their names alone, as globals, would load all that `fetch` needs: 10 MB. */
const tagOf = (value: object): string => apply(describe, value, []).slice('[object '.length, -1);

function responseOf(body: object): Response {
  if (body instanceof Blob || body instanceof FormData || body instanceof URLSearchParams) return new Response(body);
  throw new TypeError(`main returned a ${tagOf(body)} that is not Node's own`);
}

function sendObject(res: ServerResponse, result: object, origin: string): Promise<void> | undefined {
  if (ArrayBuffer.isView(result)) {
    sendWhole(res, Buffer.from(result.buffer, result.byteOffset, result.byteLength), BYTES, origin);
    return;
  }
  if (result instanceof ArrayBuffer) {
    sendWhole(res, Buffer.from(result), BYTES, origin);
    return;
  }
  // An error that is given back is a failure as one that is thrown.
  if (isError(result)) throw result;
  const tag = tagOf(result);
  if (WITH_CONTENT_TYPE.has(tag)) return sendResponse(res, responseOf(result), origin);
  if (isResponse(result)) return sendResponse(res, result, origin);
  const pieces = Array.isArray(result) ? undefined : piecesOf(result);
  if (pieces !== undefined) return sendInPieces(res, pieces, origin);
  const text: unknown = stringify(asJson(result, tag));
  if (typeof text !== 'string') throw new TypeError('main returned an object that JSON has no text for');
  sendWhole(res, text, JSON_TYPE, origin);
  return undefined;
}

/**
 * What JSON has a form for, of collections of which it would make `{}`.
 *
 * @throws for those that it can have none for
 */
function asJson(result: object, tag: string): unknown {
  if (types.isSet(result)) return [...result];
  if (types.isMap(result)) return fromEntries(result);
  if (tag === 'Headers' && isIterable(result)) return fromEntries(result);
  if (types.isWeakMap(result) || types.isWeakSet(result) || types.isRegExp(result)) {
    throw new TypeError(`main returned a ${result.constructor.name}, which JSON has no form for`);
  }
  return result;
}

const isIterable = (value: object): value is Iterable<unknown> =>
  Symbol.iterator in value && typeof value[Symbol.iterator] === 'function';

function fromEntries(entries: Iterable<unknown>): Record<string, unknown> {
  const pairs: [string, unknown][] = [];
  for (const entry of entries) {
    const pair: readonly unknown[] = Array.isArray(entry) ? entry : [];
    const [key, value] = pair;
    if (typeof key !== 'string' && typeof key !== 'number') {
      throw new TypeError(`main returned a Map with a key of type ${typeof key}: JSON has strings as keys`);
    }
    pairs.push([String(key), value]);
  }
  return Object.fromEntries(pairs);
}

function sendWhole(res: ServerResponse, body: string | Buffer, type: string | undefined, origin: string): void {
  if (res.headersSent) {
    res.end(body);
    return;
  }
  if (res.statusCode >= 200 && res.req.method !== 'HEAD' && res.getHeaderNames().length === 0) {
    outsideCalls(() => {
      sendPlain(res, body, type, origin);
    });
    return;
  }
  allowOrigin(res, origin);
  if (WITHOUT_CONTENT.has(res.statusCode)) {
    sendWithoutContent(res);
    return;
  }
  if (type !== undefined && !res.hasHeader('content-type')) res.setHeader('Content-Type', type);
  // Node counts it, but not for HEAD, and a handler's own count would be believed. That of an answer to HEAD that has no
  // body stands for the body of GET.
  const counted = res.hasHeader('content-length');
  if (res.req.method === 'HEAD' ? !counted || body.length > 0 : counted) {
    res.setHeader('Content-Length', Buffer.byteLength(body));
  }
  res.end(body);
}

/** An answer for which nobody has set a header, as most are: its headers need not be kept by name, which costs Node more. */
function sendPlain(res: ServerResponse, body: string | Buffer, type: string | undefined, origin: string): void {
  const headers: (string | number)[] = [];
  if (origin !== '') headers.push(ALLOW_ORIGIN, origin);
  if (WITHOUT_CONTENT.has(res.statusCode)) {
    res.writeHead(res.statusCode, headers);
    res.end();
    return;
  }
  if (type !== undefined) headers.push('Content-Type', type);
  headers.push('Content-Length', Buffer.byteLength(body));
  res.writeHead(res.statusCode, headers);
  res.end(body);
}

function sendWithoutContent(res: ServerResponse): void {
  if (!res.headersSent) {
    if (res.statusCode !== 304) res.removeHeader('content-type');
    res.removeHeader('content-length');
    res.removeHeader('transfer-encoding');
  }
  res.end();
}

async function sendInPieces(res: ServerResponse, pieces: Pieces, origin: string): Promise<void> {
  if (!res.headersSent) allowOrigin(res, origin);
  if (!WITHOUT_CONTENT.has(res.statusCode)) {
    await sendPieces(res, pieces);
    return;
  }
  endPieces(pieces);
  sendWithoutContent(res);
}

/** A Response of `fetch`, of the handler's making, or of a package that brings its own class. */
interface ResponseLike {
  readonly status: number;
  readonly headers: Iterable<readonly [string, string]> & { getSetCookie?(): string[] };
  readonly body: object | null;
  readonly url?: string;
}

const isResponse = (value: object): value is ResponseLike =>
  'arrayBuffer' in value &&
  'status' in value &&
  typeof value.status === 'number' &&
  'headers' in value &&
  typeof value.headers === 'object' &&
  value.headers !== null &&
  Symbol.iterator in value.headers &&
  (!('getSetCookie' in value.headers) || typeof value.headers.getSetCookie === 'function') &&
  'body' in value &&
  typeof value.body === 'object' &&
  (!('url' in value) || value.url === undefined || typeof value.url === 'string');

function sendResponse(res: ServerResponse, response: ResponseLike, origin: string): Promise<void> | undefined {
  if (!res.headersSent) takeHead(res, response);
  const pieces = response.body === null ? undefined : piecesOf(response.body);
  if (pieces !== undefined) return sendInPieces(res, pieces, origin);
  sendWhole(res, '', undefined, origin);
  return undefined;
}

/** Status and headers of a Response. */
function takeHead(res: ServerResponse, response: ResponseLike): void {
  const cookies = response.headers.getSetCookie?.() ?? [];
  // `fetch` has unpacked what another server had packed; the headers still tell of the packed one.
  const fetched = response.url !== undefined && response.url !== '';
  const unpacked = fetched && [...response.headers].some(([name]) => name.toLowerCase() === 'content-encoding');
  for (const [name, value] of response.headers) {
    const key = name.toLowerCase();
    if (HOP_BY_HOP.has(key) || (key === 'set-cookie' && cookies.length > 0)) continue;
    if (unpacked && (key === 'content-encoding' || key === 'content-length')) continue;
    res.setHeader(name, value);
  }
  if (cookies.length > 0) res.setHeader('Set-Cookie', cookies);
  setStatus(res, response.status);
}
