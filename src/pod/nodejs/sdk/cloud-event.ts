/**
 * A received CloudEvent, with the properties and the JSON of the class that Kyma's nodejs26 hands out (cloudevents 10).
 * Lenient as that one is: a Function that goes on with a sloppy event there must go on with it here.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '../../../json/object.ts';

const STRUCTURED = 'application/cloudevents+json';

/** In the order of the JSON form. */
const ATTRIBUTES = [
  'id',
  'time',
  'type',
  'source',
  'specversion',
  'datacontenttype',
  'subject',
  'datacontentencoding',
  'dataschema',
  'data_base64',
  'schemaurl',
  'data',
] as const;

type Attributes = Readonly<Record<string, unknown>>;

export class CloudEvent {
  declare readonly id: string;
  declare readonly time: string;
  declare readonly type: string;
  declare readonly source: string;
  declare readonly specversion: string;
  declare readonly datacontenttype?: string;
  declare readonly subject?: string;
  declare readonly datacontentencoding?: string;
  declare readonly dataschema?: string;
  declare readonly data_base64?: string;
  declare readonly schemaurl?: string;
  declare readonly data?: unknown;
  /** Extension attributes. */
  [name: string]: unknown;

  constructor(given: Attributes) {
    const { id = randomUUID(), time, specversion = '1.0', data, data_base64: encoded } = given;
    const known: Attributes = {
      ...given,
      id,
      time: timeOf(time),
      specversion,
      data_base64: Buffer.isBuffer(data) ? data.toString('base64') : encoded,
      data: data === undefined && typeof encoded === 'string' ? new Uint8Array(Buffer.from(encoded, 'base64')) : data,
    };
    for (const name of ATTRIBUTES) Object.assign(this, { [name]: known[name] });
    for (const name of Object.keys(given)) if (!isAttribute(name)) Object.assign(this, { [name]: given[name] });
    Object.freeze(this);
  }

  /** Bytes are in `data_base64` alone. */
  toJSON(): Attributes {
    const all: Attributes = { ...this };
    if (this.data_base64 === undefined || this.data_base64 === '') return all;
    return Object.fromEntries(Object.entries(all).filter(([name]) => name !== 'data'));
  }

  toString(): string {
    return JSON.stringify(this);
  }

  /** The same event with other attributes. */
  cloneWith(changed: Attributes): CloudEvent {
    return newEvent({ ...this, ...changed });
  }
}

/** Not in the class: one that names itself is renamed by the bundler. */
const newEvent = (given: Attributes): CloudEvent => new CloudEvent(given);

const isAttribute = (name: string): boolean => (ATTRIBUTES as readonly string[]).includes(name);

/** An absent or bad time is now, as there. */
function timeOf(given: unknown): string {
  const time = typeof given === 'string' && given.length < LONGEST_TIME ? new Date(given) : new Date();
  return (Number.isNaN(time.getTime()) ? new Date() : time).toISOString();
}
const LONGEST_TIME = 100;

/** @returns null for a request that is not a CloudEvent, and for one in binary mode without an id */
export function eventOf(req: IncomingMessage & { readonly body?: unknown }): CloudEvent | null {
  const { headers, body } = req;
  if (headers['content-type']?.includes(STRUCTURED) === true) {
    return isJsonObject(body) ? new CloudEvent(body) : null;
  }
  const { 'ce-type': type, 'ce-source': source, 'ce-id': id } = headers;
  if (!isText(type) || !isText(source) || !isText(id)) return null;
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes[name.slice('ce-'.length)] = value;
  }
  const { 'content-type': datacontenttype } = headers;
  return new CloudEvent({
    ...attributes,
    ...(datacontenttype !== undefined && { datacontenttype }),
    data: body === undefined ? Buffer.alloc(0) : body,
  });
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
