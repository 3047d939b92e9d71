/**
 * A CloudEvent as an HTTP request.
 * Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
 */
import type { Content, Message } from './content.ts';

export interface EventAttributes {
  readonly type: string;
  readonly source: string;
  readonly id: string;
  readonly time: string;
}

/** Attributes in headers, data in the body. */
export function binaryEvent(attributes: EventAttributes, content: Content | undefined): Omit<Message, 'method'> {
  const all = { specversion: '1.0', ...attributes };
  return {
    headers: [
      ...Object.entries(all).map(([name, value]) => [`ce-${name}`, inHeader(value)] as const),
      ...(content === undefined ? [] : [['content-type', content.type] as const]),
    ],
    ...(content !== undefined && { body: content.data }),
  };
}

/** All of it in the body, as JSON. */
export function structuredEvent(attributes: EventAttributes, content: Content | undefined): Omit<Message, 'method'> {
  const event = {
    specversion: '1.0',
    ...attributes,
    ...(content !== undefined && { datacontenttype: content.type, ...dataOf(content) }),
  };
  return {
    headers: [['content-type', 'application/cloudevents+json; charset=utf-8']],
    body: Buffer.from(JSON.stringify(event)),
  };
}

/** formats/json-format.md, 3.1: JSON as it is, text as a string, all else as base64. */
function dataOf({ type, data }: Content): { readonly data: unknown } | { readonly data_base64: string } {
  const text = data.toString('utf8');
  if (!Buffer.from(text).equals(data)) return { data_base64: data.toString('base64') };
  return { data: isJson(type) ? (JSON.parse(text) as unknown) : text };
}

export const isJson = (type: string): boolean => /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type);

/** Section 3.1.3.2: what is not printable ASCII, the space, `"` and `%` are percent-encoded as UTF-8. */
const inHeader = (value: string): string =>
  [...Buffer.from(value)]
    .map((byte) =>
      byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
