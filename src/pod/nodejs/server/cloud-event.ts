/**
 * CloudEvents 1.0 and 0.3 as they come over HTTP. Loaded with the first CloudEvent.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
import type { IncomingHttpHeaders } from 'node:http';
import { stringify } from './originals.ts';
import { Refusal } from './refusal.ts';
import { isJsonObject } from '../../../json/object.ts';

/** The attributes of an event, and what it carries. */
export interface ReceivedEvent {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: unknown;
}

/** The attributes that every event has (CloudEvents 1.0.2, Required Attributes). */
const REQUIRED = ['specversion', 'id', 'source', 'type'] as const;
/** Those that are strings in JSON (CloudEvents 1.0.2 JSON format, 2.2); extensions may be numbers and booleans. */
const STRINGS = [...REQUIRED, 'time', 'subject', 'datacontenttype', 'dataschema'] as const;
const VERSIONS: readonly unknown[] = ['1.0', '0.3'];

const LONGEST_TIME = 100;
/** Characters of a wrong value that its sender is shown. */
const SHOWN = 64;

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
  const { 'content-type': datacontenttype } = headers;
  const attributes: Record<string, string> = datacontenttype === undefined ? {} : { datacontenttype };
  for (const [name, value] of Object.entries(given)) attributes[name.slice('ce-'.length)] = value;
  return read(attributes, data);
}

/** An event in structured mode: all of it is the body. */
export function readStructured(body: unknown): ReceivedEvent | Refusal {
  if (!isJsonObject(body)) return malformed('it is not a JSON object');
  const missing = REQUIRED.filter((name) => body[name] === undefined || body[name] === null || body[name] === '');
  if (missing.length > 0) return malformed(`the attribute ${missing.join(' and the attribute ')} is missing`);
  const wrong = STRINGS.find(
    (name) => body[name] !== undefined && body[name] !== null && typeof body[name] !== 'string',
  );
  if (wrong !== undefined) return malformed(`the attribute ${wrong} is a ${kindOf(body[wrong])}, not a string`);
  const { data, data_base64: encoded, ...attributes } = body;
  if (encoded !== undefined && typeof encoded !== 'string') return malformed('data_base64 is not a string');
  const carried = encoded === undefined ? data : Buffer.from(encoded, 'base64');
  return read(attributes, carried);
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

/** In the order in which handlers see them; what is empty is absent, extensions follow. */
const KNOWN = ['id', 'time', 'type', 'source', 'specversion', 'datacontenttype', 'subject', 'dataschema', 'schemaurl'];

/** Gives the attributes their order and a time, as Kyma's SDK does. */
function read(attributes: Readonly<Record<string, unknown>>, data: unknown): ReceivedEvent | Refusal {
  const { specversion, schemaurl, dataschema, datacontentencoding } = attributes;
  if (!VERSIONS.includes(specversion))
    return malformed(`its version is ${JSON.stringify(specversion)}, known is "1.0"`);
  if (specversion === '1.0' && schemaurl) return malformed('schemaurl is an attribute of version 0.3');
  if (specversion === '0.3' && dataschema) return malformed('dataschema is an attribute of version 1.0');
  const { time } = attributes;
  // The present would be a wrong answer.
  if (typeof time === 'string' && time !== '' && Number.isNaN(Date.parse(time.slice(0, LONGEST_TIME)))) {
    return malformed(`the attribute time is ${stringify(time.slice(0, SHOWN))}, not a timestamp (RFC 3339)`);
  }
  const known = KNOWN.map((name): [string, unknown] => [name, attributes[name] === '' ? undefined : attributes[name]]);
  const extensions = Object.entries(attributes).filter(([name]) => !KNOWN.includes(name));
  const all = new Map([...known, ...extensions].filter(([, value]) => value !== undefined));
  all.set('time', timeOf(time));
  // Before 1.0 the encoding was an attribute: https://github.com/cloudevents/spec/blob/v0.3/spec.md#datacontentencoding
  const encoded = specversion === '0.3' && datacontentencoding === 'base64' && typeof data === 'string';
  if (encoded) all.delete('datacontentencoding');
  return { attributes: Object.fromEntries(all), data: encoded ? Buffer.from(data, 'base64') : data };
}

/** In UTC with milliseconds; now if the event has none. */
function timeOf(time: unknown): string {
  const date = typeof time === 'string' && time.length < 100 ? new Date(time) : new Date();
  return (Number.isNaN(date.getTime()) ? new Date() : date).toISOString();
}

/** Header values are percent-encoded UTF-8 (HTTP binding 1.0.2, 3.1.3.2). */
function decodeHeader(value: string): string {
  try {
    return decodeURIComponent(Buffer.from(value, 'latin1').toString('utf8'));
  } catch {
    return value;
  }
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value);
