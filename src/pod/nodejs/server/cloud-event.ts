/** CloudEvents 1.0 over HTTP, read and made with the official SDK. Loaded with the first CloudEvent. */
import { CloudEvent, HTTP } from 'cloudevents';
import type { IncomingHttpHeaders } from 'node:http';
import { mediaTypeOf } from './content.ts';
import { Refusal } from './refusal.ts';

/** The attributes of an event, and what it carries. */
export interface ReceivedEvent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** The attributes that every event has (CloudEvents 1.0.2, Required Attributes). */
const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
const VERSIONS: readonly unknown[] = ['1.0', '0.3'];
const STRUCTURED = 'application/cloudevents+json';

const malformed = (reason: string): Refusal => new Refusal(400, `Malformed CloudEvent: ${reason}`);

/**
 * An event in binary mode: attributes in headers, the body is its data.
 *
 * @param data the body, parsed by its content type as that of any request
 */
export function readBinary(headers: IncomingHttpHeaders, data: unknown): ReceivedEvent | Refusal {
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') given[name] = decodeHeader(value);
  }
  const missing = REQUIRED.map((name) => `ce-${name}`).filter((name) => !given[name]);
  if (missing.length > 0) return malformed(`the header ${missing.join(' and the header ')} is missing`);
  const type = headers['content-type'];
  return read(
    { ...given, ...(type !== undefined && { 'content-type': type }) },
    undefined,
    given['ce-specversion'],
    data,
  );
}

/** An event in structured mode: all of it is the body. */
export function readStructured(body: unknown): ReceivedEvent | Refusal {
  if (!isObject(body)) return malformed('it is not a JSON object');
  const missing = REQUIRED.filter((name) => typeof body[name] !== 'string' || body[name] === '');
  if (missing.length > 0) return malformed(`the attribute ${missing.join(' and the attribute ')} is missing`);
  const { data, data_base64: encoded, ...attributes } = body;
  if (encoded !== undefined && typeof encoded !== 'string') return malformed('data_base64 is not a string');
  const carried = encoded === undefined ? data : Buffer.from(encoded, 'base64');
  return read({ 'content-type': STRUCTURED }, attributes, attributes.specversion, carried);
}

/** Events in batched mode, each as one object with its attributes and `data`. */
export function readBatch(body: unknown): readonly unknown[] | Refusal {
  if (!Array.isArray(body)) return malformed('a batch is a JSON array');
  const events: unknown[] = [];
  for (const [index, item] of body.entries()) {
    const event = readStructured(item);
    if (event instanceof Refusal) return new Refusal(event.status, `${event.reason} (event ${index + 1} of the batch)`);
    events.push({ ...event.attributes, data: event.data });
  }
  return events;
}

/**
 * Message of a new event in structured mode.
 *
 * @throws what the SDK throws for an event against the specification
 */
export function makeStructured(
  type: string,
  source: string,
  data: unknown,
  attributes: Readonly<Record<string, unknown>>,
): { readonly contentType: string; readonly body: string } {
  const mediaType = mediaTypeOf(data);
  const datacontenttype = mediaType === undefined ? {} : { datacontenttype: mediaType };
  const event = new CloudEvent({ type, source, data, ...datacontenttype, ...attributes });
  return { contentType: STRUCTURED, body: String(HTTP.structured(event).body) };
}

/**
 * Lets the SDK read the attributes. What the event carries is kept from it: it drops `0` and `false`, parses text that
 * looks like JSON, and makes numbers of 32 bits of data_base64.
 */
function read(
  headers: Record<string, string>,
  body: unknown,
  version: unknown,
  data: unknown,
): ReceivedEvent | Refusal {
  if (!VERSIONS.includes(version)) return malformed(`its version is ${JSON.stringify(version)}, known is "1.0"`);
  try {
    const event = HTTP.toEvent({ headers, body });
    if (Array.isArray(event)) return malformed('it is a batch');
    const attributes = Object.entries(event).filter(([name, value]) => name !== 'data' && value !== undefined);
    return { attributes: Object.fromEntries(attributes), data };
  } catch (error) {
    return malformed(error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : 'it cannot be read');
  }
}

/** Header values are percent-encoded UTF-8 (HTTP binding 1.0.2, 3.1.3.2), which the SDK leaves to its caller. */
function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(Buffer.from(value, 'latin1').toString('utf8'));
  } catch {
    return value;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
