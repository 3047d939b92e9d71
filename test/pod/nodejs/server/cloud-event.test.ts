import { describe, expect, it } from 'vitest';
import { readBinary, readStructured } from '../../../../src/pod/nodejs/server/cloud-event.ts';
import { makeStructured } from '../../../../src/pod/nodejs/server/new-cloud-event.ts';
import { Refusal } from '../../../../src/pod/nodejs/server/refusal.ts';

const attributes = { specversion: '1.0', id: '1', source: 'shop', type: 't' };

describe('a received CloudEvent', () => {
  it('has the time in UTC, whichever zone its sender wrote', () => {
    const event = readStructured({ ...attributes, time: '2026-01-02T03:04:05+01:00', data: 0 });
    expect(event).toEqual({ attributes: { ...attributes, time: '2026-01-02T02:04:05.000Z' }, data: 0 });
  });

  it('gets the time of its arrival if it has none', () => {
    const event = readStructured(attributes);
    expect(event).toHaveProperty('attributes.time', expect.stringMatching(/^\d{4}-.*Z$/));
  });

  it('keeps extensions as they are, and prototypes out', () => {
    const body: unknown = JSON.parse(
      `{"specversion":"1.0","id":"1","source":"s","type":"t","n":0,"__proto__":{"x":1}}`,
    );
    const event = readStructured(body);
    expect(event).toHaveProperty('attributes.n', 0);
    expect((event as { attributes: object }).attributes).not.toHaveProperty('x');
  });

  it('of version 0.3 has its base64 decoded', () => {
    const old = { ...attributes, specversion: '0.3', datacontentencoding: 'base64', data: 'aGVsbG8=' };
    const event = readStructured(old);
    expect(event).toMatchObject({ data: Buffer.from('hello') });
    expect(event).not.toHaveProperty('attributes.datacontentencoding');
  });

  it.each([
    ['1.0', { schemaurl: 'x' }],
    ['0.3', { dataschema: 'x' }],
    ['2.0', {}],
  ])('of version %s with %j is malformed', (specversion, others) => {
    expect(readStructured({ ...attributes, specversion, ...others })).toBeInstanceOf(Refusal);
  });

  it('in binary mode has the content type as datacontenttype', () => {
    const headers = Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value]));
    const event = readBinary({ ...headers, 'content-type': 'text/plain', 'ce-tenant': 'north' }, 'x');
    expect(event).toMatchObject({ attributes: { datacontenttype: 'text/plain', tenant: 'north' }, data: 'x' });
  });
});

describe('a new CloudEvent', () => {
  const bodyOf = (data: unknown, more = {}): unknown => JSON.parse(makeStructured('t', 's', data, more).body);

  it('has an id, a time, a version and the media type of its data', () => {
    expect(bodyOf({ a: 1 })).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      time: expect.stringMatching(/Z$/) as string,
      type: 't',
      source: 's',
      specversion: '1.0',
      datacontenttype: 'application/json',
      data: { a: 1 },
    });
  });

  it('carries bytes as base64', () => {
    expect(bodyOf(Buffer.from('hello'))).toMatchObject({ data_base64: 'aGVsbG8=' });
  });

  it('takes the attributes of the caller', () => {
    const own = { id: 'A', time: '2026-01-02T03:04:05+01:00', subject: 'x', tenant: 'north', count: 2 };
    expect(bodyOf('text', own)).toMatchObject({ ...own, time: '2026-01-02T02:04:05.000Z', data: 'text' });
  });

  it.each([
    ['t', 'a source', {}, 'source'],
    ['', 's', {}, 'type'],
    ['t', 's', { time: 'yesterday' }, 'time'],
    ['t', 's', { dataschema: 'relative' }, 'dataschema'],
    ['t', 's', { Tenant: 'x' }, 'Tenant'],
    ['t', 's', { ratio: 0.5 }, 'ratio'],
    ['t', 's', { specversion: '0.3' }, 'specversion'],
  ])('of type "%s", source "%s" and %j is refused, and the message names %s', (type, source, more, name) => {
    expect(() => makeStructured(type, source, {}, more)).toThrow(new RegExp(`CloudEvent.*${name}`));
  });
});
