/**
 * A new CloudEvent in structured mode.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md and formats/json-format.md
 */
import { randomUUID } from 'node:crypto';
import { mediaTypeOf } from './content.ts';

const STRUCTURED = 'application/cloudevents+json';

/** Attributes of the specification, in the order in which they are written; all others are extensions. */
const KNOWN = ['id', 'time', 'type', 'source', 'specversion', 'datacontenttype', 'subject', 'dataschema'] as const;

/** RFC 3986: the characters of a URI reference. */
const URI_REFERENCE = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9a-f]{2})+$/i;
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;
/** RFC 3339. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const FORMS: Readonly<Record<(typeof KNOWN)[number], readonly [(value: unknown) => boolean, string]>> = {
  id: [isText, 'a string'],
  time: [
    (value) => isText(value) && value.length < 100 && TIME.test(value) && !Number.isNaN(Date.parse(value)),
    'a time such as 2026-01-02T03:04:05Z',
  ],
  type: [isText, 'a string'],
  source: [(value) => isText(value) && URI_REFERENCE.test(value), 'a URI or a relative one, percent-encoded'],
  specversion: [(value) => value === '1.0', '"1.0"'],
  datacontenttype: [isText, 'a media type'],
  subject: [isText, 'a string'],
  dataschema: [(value) => isText(value) && ABSOLUTE.test(value) && URI_REFERENCE.test(value), 'an absolute URI'],
};

/**
 * Message of a new event in structured mode.
 *
 * @param attributes of the caller; `id`, `time`, and the media type of the data are filled in
 * @throws TypeError if the event would violate the specification
 */
export function makeStructured(
  type: string,
  source: string,
  data: unknown,
  attributes: Readonly<Record<string, unknown>>,
): { readonly contentType: string; readonly body: string } {
  const given: Readonly<Record<string, unknown>> = { type, source, data, ...attributes };
  const { data: carried, data_base64: encoded, ...others } = given;
  const known: Record<string, unknown> = {
    ...others,
    id: unlessEmpty(others.id) ?? randomUUID(),
    time:
      others.time instanceof Date ? others.time.toISOString() : (unlessEmpty(others.time) ?? new Date().toISOString()),
    specversion: unlessEmpty(others.specversion) ?? '1.0',
    datacontenttype: 'datacontenttype' in others ? others.datacontenttype : mediaTypeOf(carried),
  };
  for (const name of KNOWN) {
    const [holds, form] = FORMS[name];
    const absent = (known[name] === undefined || known[name] === null) && name !== 'type' && name !== 'source';
    if (!absent && !holds(known[name])) throw new TypeError(`CloudEvent: the attribute ${name} must be ${form}`);
  }
  const event: Record<string, unknown> = Object.fromEntries(KNOWN.map((name) => [name, known[name]]));
  event.time = new Date(String(known.time)).toISOString();
  for (const [name, value] of Object.entries(others)) {
    if (name in FORMS || value === undefined) continue;
    if (!/^[a-z0-9]+$/.test(name)) {
      throw new TypeError(`CloudEvent: the name of the attribute "${name}" may have only the characters a-z and 0-9`);
    }
    if (!isExtension(value)) {
      throw new TypeError(`CloudEvent: the attribute ${name} must be a string, an integer or a boolean`);
    }
    event[name] = value;
  }
  return { contentType: STRUCTURED, body: JSON.stringify({ ...event, ...payloadOf(carried, encoded) }) };
}

const unlessEmpty = (value: unknown): unknown => (value === '' ? undefined : value);

/** The type system of the specification; maps and dates pass as JSON writes them, as Kyma's SDK lets them. */
const isExtension = (value: unknown): boolean =>
  typeof value === 'boolean' || typeof value === 'string' || typeof value === 'object' || Number.isInteger(value);

function payloadOf(data: unknown, encoded: unknown): Readonly<Record<string, unknown>> {
  if (ArrayBuffer.isView(data)) {
    return { data_base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') };
  }
  if (encoded !== undefined && encoded !== null) {
    if (typeof encoded !== 'string') throw new TypeError('CloudEvent: data_base64 must be a string');
    return { data_base64: encoded };
  }
  if (['function', 'symbol', 'bigint'].includes(typeof data)) {
    throw new TypeError(`CloudEvent: the data must be JSON or bytes, and it is a ${typeof data}`);
  }
  return { data };
}
