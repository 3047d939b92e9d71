import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/invoke/content.ts';
import { messageOf, type Wanted } from '../../src/invoke/message.ts';
import { SAMPLES } from '../../src/invoke/samples.ts';

const EVENT = { type: 'shop.order.v1', source: 'shop/web', id: '1', time: '2026-01-02T03:04:05.000Z' };
const BINARY = [
  ['ce-specversion', '1.0'],
  ['ce-type', 'shop.order.v1'],
  ['ce-source', 'shop/web'],
  ['ce-id', '1'],
  ['ce-time', EVENT.time],
];

function made(wanted: Partial<Wanted>): Message {
  const message = messageOf({ headers: [], structured: false, ...wanted });
  if ('problem' in message) throw new Error(message.problem);
  return message;
}

describe('a request', () => {
  it.each([
    ['without data', {}, 'GET', [], undefined],
    ['with JSON', { data: '{"a":1}' }, 'POST', [['content-type', 'application/json']], '{"a":1}'],
    ['with text', { data: 'hello' }, 'POST', [['content-type', 'text/plain; charset=utf-8']], 'hello'],
    ['with empty data', { data: '' }, 'POST', [['content-type', 'text/plain; charset=utf-8']], ''],
    [
      'with a type of its own',
      { data: 'a=b', headers: [['Content-Type', 'application/x-www-form-urlencoded']] },
      'POST',
      [['Content-Type', 'application/x-www-form-urlencoded']],
      'a=b',
    ],
    ['with a method', { method: 'DELETE' }, 'DELETE', [], undefined],
  ] as const)(
    '%s',
    (_, { data, ...wanted }: Partial<Omit<Wanted, 'data'>> & { data?: string }, method, headers, body) => {
      const message = made({ ...wanted, ...(data !== undefined && { data: Buffer.from(data) }) });
      expect([message.method, message.headers, message.body?.toString()]).toEqual([method, headers, body]);
    },
  );

  it('says of bytes that they are bytes', () => {
    expect(made({ data: Buffer.from([0xff, 0]) }).headers).toEqual([['content-type', 'application/octet-stream']]);
  });

  it.each([
    ['a name with a space', ['a b', 'c']],
    ['a value with a line end', ['a', 'b\nc']],
    ['a value beyond Latin-1', ['a', '☃']],
  ] as const)('refuses %s', (_, header) => {
    expect(messageOf({ headers: [header], structured: false })).toMatchObject({
      problem: `the header "${header[0]}" cannot be sent`,
    });
  });
});

describe('a CloudEvent', () => {
  it('is in headers, with its data as the body', () => {
    const message = made({ event: EVENT, data: Buffer.from('{"a":1}') });
    expect(message.headers).toEqual([...BINARY, ['content-type', 'application/json']]);
    expect([message.method, String(message.body)]).toEqual(['POST', '{"a":1}']);
  });

  it('without data has no content type', () => {
    expect(made({ event: EVENT })).toEqual({ method: 'POST', headers: BINARY });
  });

  it('percent-encodes in headers what the specification says', () => {
    const { headers } = made({ event: { ...EVENT, type: 'shop/übung "1" 5%' } });
    expect(headers).toContainEqual(['ce-type', 'shop/%C3%BCbung%20%221%22%205%25']);
  });

  it.each([
    ['JSON', '{"a":1}', { datacontenttype: 'application/json', data: { a: 1 } }],
    ['text', 'hi', { datacontenttype: 'text/plain; charset=utf-8', data: 'hi' }],
    ['bytes', Buffer.from([0xff]), { datacontenttype: 'application/octet-stream', data_base64: '/w==' }],
  ])('is JSON as a whole if it is structured, with %s', (_, data, expected) => {
    const message = made({ event: EVENT, data: Buffer.from(data), structured: true });
    expect(message.headers).toEqual([['content-type', 'application/cloudevents+json; charset=utf-8']]);
    expect(JSON.parse(String(message.body))).toEqual({ specversion: '1.0', ...EVENT, ...expected });
  });

  it('takes the content type of a header for its data, and other headers over its own', () => {
    const headers = [
      ['Content-Type', 'application/xml'],
      ['CE-Id', '7'],
    ] as const;
    const message = made({ event: EVENT, data: Buffer.from('<a/>'), headers });
    expect(message.headers).toContainEqual(['content-type', 'application/xml']);
    expect(message.headers.filter(([name]) => name.toLowerCase() === 'ce-id')).toEqual([['CE-Id', '7']]);
  });

  it('refuses data that is not the JSON that it is called', () => {
    const headers = [['content-type', 'application/json']] as const;
    expect(messageOf({ headers, event: EVENT, data: Buffer.from('{'), structured: true })).toMatchObject({
      problem: 'the data is not JSON, as its content type says',
    });
  });
});

it.each(Object.entries(SAMPLES))('the sample %s can be sent, and is what its content type says', (_, sample) => {
  const message = made({
    headers: sample.headers ?? [],
    data: Buffer.from(sample.data),
    contentType: sample.contentType,
  });
  expect(message.headers).toContainEqual(['content-type', sample.contentType]);
  if (sample.contentType === 'application/json') expect(JSON.parse(sample.data)).toBeTypeOf('object');
});
