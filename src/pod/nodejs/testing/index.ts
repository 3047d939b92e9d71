/**
 * Events and contexts for unit tests of handlers, made by the server's own code. `buildless init` copies this with the types
 * into a new Function; `types/testing.d.ts` is what an author sees.
 */
import { Socket } from 'node:net';
import type { Context, Event, Published } from '../../../../types/index.d.ts';
import type { ContextOptions, EventOptions } from '../../../../types/testing.d.ts';
import { readStructured } from '../server/cloud-event.ts';
import { emptyContent, isForm, isMultipart, parseContent, readContentType } from '../server/content.ts';
import { CallContext, Cancellation } from '../server/context.ts';
import { buildEvent, type Input, type Watcher } from '../server/event.ts';
import { FunctionRequest, FunctionResponse } from '../server/messages.ts';
import { makeStructured } from '../server/new-cloud-event.ts';
import { Refusal } from '../server/refusal.ts';
import { readSettings, type Settings } from '../server/settings.ts';

const UNWATCHED: Watcher = { sawRequest: () => undefined, sawResponse: () => undefined };

const emittedBy = new WeakMap<Event, unknown[]>();

/** An event as the handler gets it for a request with this data. */
export function event(data?: unknown, options: EventOptions = {}): Event {
  const { bytes, contentType } = bodyOf(data, options);
  const req = requestOf(options, contentType, bytes);
  const input = options.cloudEvent === undefined ? inputOf(bytes, contentType, data) : cloudInput(data, options);
  const served = { settings: settings(), tracing: undefined };
  const made = buildEvent(req, new FunctionResponse(req), input, served, UNWATCHED);
  const emitted: unknown[] = [];
  emittedBy.set(made, emitted);
  const post = (type: string, source: string, payload: unknown, attributes = {}): Promise<Published> => {
    // What the specification refuses rejects, as it does in the Function.
    emitted.push(JSON.parse(makeStructured(type, source, payload, attributes).body));
    return Promise.resolve({ status: 204, statusText: 'No Content', headers: {}, data: '' });
  };
  return Object.assign(made, { emitCloudEvent: (...given: Parameters<typeof post>) => attempt(() => post(...given)) });
}

const attempt = async (work: () => Promise<Published>): Promise<Published> => await work();

/** The CloudEvents that a handler has emitted through an event, in structured form. */
export const emitted = (of: Event): readonly unknown[] => emittedBy.get(of) ?? [];

/** A context as the handler gets it. */
export function context(options: ContextOptions = {}): Context {
  const { timeout, name, namespace, runtime, signal } = options;
  const given = {
    ...settings(),
    ...(timeout !== undefined && { timeout }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(runtime !== undefined && { runtime }),
  };
  const made = new CallContext(given, new Cancellation());
  return signal === undefined ? made : Object.defineProperty(made, 'signal', { value: signal });
}

/** Those of a Function that sets nothing. */
function settings(): Settings {
  const read = readSettings({
    FUNC_NAME: 'test',
    SERVICE_NAMESPACE: 'default',
    MOD_NAME: 'handler',
    HANDLER_PATH: '.',
  });
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

function bodyOf(
  data: unknown,
  { headers = {}, cloudEvent }: EventOptions,
): { readonly bytes: Buffer; readonly contentType: string | undefined } {
  const [, given] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type') ?? [];
  if (cloudEvent !== undefined) {
    const { type, source, ...attributes } = cloudEvent;
    const { body, contentType } = makeStructured(type, source, data, attributes);
    return { bytes: Buffer.from(body), contentType };
  }
  if (data === undefined) return { bytes: Buffer.alloc(0), contentType: given };
  if (ArrayBuffer.isView(data)) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return { bytes, contentType: given ?? 'application/octet-stream' };
  }
  if (given !== undefined && isForm(readContentType(given).type)) {
    const fields: [string, string][] = Object.entries(data ?? {}).map(([name, value]) => [name, String(value)]);
    const text = new URLSearchParams(fields).toString();
    return { bytes: Buffer.from(text), contentType: given };
  }
  if (typeof data === 'string') return { bytes: Buffer.from(data), contentType: given ?? 'text/plain' };
  return { bytes: Buffer.from(JSON.stringify(data)), contentType: given ?? 'application/json' };
}

function requestOf(
  { method, path = '/', headers = {} }: EventOptions,
  contentType: string | undefined,
  bytes: Buffer,
): FunctionRequest {
  const req = new FunctionRequest(new Socket());
  req.method = method ?? (bytes.length === 0 ? 'GET' : 'POST');
  req.url = path;
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  req.headers = {
    host: 'localhost:8080',
    ...Object.fromEntries(lower),
    ...(contentType !== undefined && { 'content-type': contentType }),
    ...(bytes.length > 0 && { 'content-length': String(bytes.length) }),
  };
  req.complete = true;
  if (bytes.length > 0) {
    req.rawBody = bytes;
    req.push(bytes);
  }
  req.push(null);
  return req;
}

function inputOf(bytes: Buffer, header: string | undefined, given: unknown): Input {
  const content = readContentType(header);
  const data =
    bytes.length === 0 ? emptyContent(content) : isForm(content.type) ? given : orThrow(parseContent(bytes, content));
  return { data: isMultipart(content.type) ? undefined : data, body: data };
}

function cloudInput(data: unknown, options: EventOptions): Input {
  const { bytes } = bodyOf(data, options);
  const body: unknown = JSON.parse(bytes.toString('utf8'));
  const received = orThrow(readStructured(body));
  return { data: received.data, body, attributes: received.attributes };
}

/** What the server would answer with 400 is a mistake of the test. */
function orThrow<Value>(value: Value | Refusal): Value {
  if (value instanceof Refusal) throw new TypeError(value.reason);
  return value;
}
