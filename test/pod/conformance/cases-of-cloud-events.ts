/** CloudEvents 1.0 over HTTP: received in each mode, refused where malformed, and sent. */
import type { Case } from './case.ts';

const EVENT = {
  nodejs: `module.exports = { main: (event) => ({
  data: event.data, type: event['ce-type'], source: event['ce-source'], version: event['ce-eventtypeversion'],
  specversion: event['ce-specversion'], id: event['ce-id'], time: event['ce-time'], datacontenttype: event['ce-datacontenttype'],
}) };`,
  python: `def main(event, context):
    return {
        'data': event['data'], 'type': event['ce-type'], 'source': event['ce-source'], 'version': event.get('ce-eventtypeversion'),
        'specversion': event['ce-specversion'], 'id': event['ce-id'], 'time': event.get('ce-time'),
        'datacontenttype': event.get('ce-datacontenttype'),
    }`,
} as const;

const HELLO = {
  nodejs: `module.exports = { main: () => 'called' };`,
  python: `def main(event, context): return 'called'`,
} as const;

const binary = {
  'ce-specversion': '1.0',
  'ce-type': 'order.created.v1',
  'ce-source': 'shop',
  'ce-id': 'A-1',
  'content-type': 'application/json',
};
const without = (name: keyof typeof binary): Record<string, string> =>
  Object.fromEntries(Object.entries(binary).filter(([key]) => key !== name));

const attributes = { specversion: '1.0', type: 'order.created.v1', source: 'shop', id: 'A-1' };
const structured = { 'content-type': 'application/cloudevents+json' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const malformed = {
  status: 400,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: /^Malformed CloudEvent/,
};

export const cloudEventCases: readonly Case[] = [
  {
    name: 'a binary event is parsed',
    handler: EVENT,
    request: {
      headers: { ...binary, 'ce-eventtypeversion': 'v1', 'ce-time': '2026-01-02T03:04:05.000Z' },
      body: '{"order":7}',
    },
    expect: {
      status: 200,
      body: {
        json: {
          data: { order: 7 },
          type: 'order.created.v1',
          source: 'shop',
          version: 'v1',
          specversion: '1.0',
          id: 'A-1',
          datacontenttype: 'application/json',
        },
      },
    },
    metrics: { 'function_calls_total{method="POST"}': 1 },
  },
  {
    name: 'a binary event of text has text',
    handler: EVENT,
    request: { headers: { ...binary, 'content-type': 'text/plain' }, body: '{no json' },
    expect: { status: 200, body: { json: { data: '{no json', datacontenttype: 'text/plain' } } },
  },
  {
    name: 'a binary event whose data is a JSON string that looks like JSON',
    handler: EVENT,
    request: { headers: { ...binary, 'content-type': 'application/json; charset=utf-8' }, body: '"{\\"a\\":1}"' },
    expect: { status: 200, body: { json: { data: '{"a":1}' } } },
  },
  {
    name: 'extension attributes and the subject are there too',
    handler: {
      nodejs: `module.exports = { main: (event) => ({ subject: event['ce-subject'], own: event['ce-tenant'] }) };`,
      python: `def main(event, context): return {'subject': event['ce-subject'], 'own': event['ce-tenant']}`,
    },
    request: { headers: { ...binary, 'ce-subject': 'seven', 'ce-tenant': 'north' }, body: '{}' },
    expect: { status: 200, body: { json: { subject: 'seven', own: 'north' } } },
  },
  {
    name: 'a header of a binary event is percent-decoded',
    handler: {
      nodejs: `module.exports = { main: (event) => event['ce-subject'] };`,
      python: `def main(event, context): return event['ce-subject']`,
    },
    request: { headers: { ...binary, 'ce-subject': 'Euro%20%E2%82%AC' }, body: '{}' },
    expect: { status: 200, body: 'Euro €' },
  },
  {
    name: 'a structured event is parsed',
    handler: EVENT,
    request: {
      headers: structured,
      body: JSON.stringify({
        ...attributes,
        eventtypeversion: 'v1',
        datacontenttype: 'application/json',
        data: { order: 7 },
      }),
    },
    expect: {
      status: 200,
      body: {
        json: {
          data: { order: 7 },
          type: 'order.created.v1',
          source: 'shop',
          version: 'v1',
          specversion: '1.0',
          id: 'A-1',
        },
      },
    },
  },
  {
    name: 'a structured event with a charset is parsed',
    handler: EVENT,
    request: {
      headers: { 'content-type': 'application/cloudevents+json;charset=UTF-8' },
      body: JSON.stringify({ ...attributes, data: 'text' }),
    },
    expect: { status: 200, body: { json: { data: 'text', id: 'A-1' } } },
  },
  {
    name: 'data_base64 is bytes',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => ({ bytes: Buffer.isBuffer(data), text: String(data) }) };`,
      python: `def main(event, context): return {'bytes': isinstance(event['data'], bytes), 'text': event['data'].decode()}`,
    },
    request: {
      headers: structured,
      body: JSON.stringify({ ...attributes, datacontenttype: 'application/octet-stream', data_base64: 'aGVsbG8=' }),
    },
    expect: { status: 200, body: { json: { bytes: true, text: 'hello' } } },
  },
  {
    name: 'a batch is a list of events',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => data.map((e) => [e.id, e.type, e.data]) };`,
      python: `def main(event, context): return [[e['id'], e['type'], e['data']] for e in event['data']]`,
    },
    request: {
      headers: batch,
      body: JSON.stringify([
        { ...attributes, data: { n: 1 } },
        { ...attributes, id: 'A-2', data: { n: 2 } },
      ]),
    },
    expect: {
      status: 200,
      body: {
        json: [
          ['A-1', 'order.created.v1', { n: 1 }],
          ['A-2', 'order.created.v1', { n: 2 }],
        ],
      },
    },
  },
  {
    name: 'an empty batch is an empty list',
    handler: {
      nodejs: `module.exports = { main: ({ data }) => data };`,
      python: `def main(event, context): return event['data']`,
    },
    request: { headers: batch, body: '[]' },
    expect: { status: 200, body: '[]' },
  },
  ...(['ce-specversion', 'ce-id', 'ce-source', 'ce-type'] as const).map((name): Case => ({
    name: `a binary event without ${name} is malformed, and the reason names it`,
    handler: HELLO,
    request: { headers: without(name), body: '{}' },
    expect: { status: 400, body: new RegExp(`^Malformed CloudEvent: .*${name}`) },
    metrics: { 'function_calls_total{method="POST"}': 0 },
  })),
  {
    name: 'a binary event with a time that is no timestamp is malformed',
    handler: HELLO,
    request: { headers: { ...binary, 'ce-time': 'yesterday' }, body: '{}' },
    expect: malformed,
  },
  {
    name: 'a structured event with a time that is no timestamp is malformed',
    handler: HELLO,
    request: { headers: structured, body: JSON.stringify({ ...attributes, time: 'yesterday' }) },
    expect: malformed,
  },
  {
    name: 'a structured event with a number for its id is malformed',
    handler: HELLO,
    request: { headers: structured, body: JSON.stringify({ ...attributes, id: 5 }) },
    expect: malformed,
  },
  {
    name: 'a binary event of an unknown version is malformed',
    handler: HELLO,
    request: { headers: { ...binary, 'ce-specversion': '9.9' }, body: '{}' },
    expect: malformed,
  },
  {
    name: 'a structured event without an id is malformed',
    handler: HELLO,
    request: { headers: structured, body: JSON.stringify({ ...attributes, id: undefined }) },
    expect: { status: 400, body: /^Malformed CloudEvent: .*id/ },
  },
  {
    name: 'a structured event whose id is a number is malformed, and the reason says so',
    handler: { nodejs: HELLO.nodejs },
    request: { headers: structured, body: JSON.stringify({ ...attributes, id: 5 }) },
    expect: { status: 400, body: 'Malformed CloudEvent: the attribute id is a number, not a string' },
    only: { language: 'nodejs', reason: 'not decided for Python yet' },
  },
  ...[
    { headers: { ...binary, 'ce-time': 'yesterday' }, body: '{}' },
    { headers: structured, body: JSON.stringify({ ...attributes, time: 'yesterday' }) },
  ].map((request, index): Case => ({
    name: `a ${index === 0 ? 'binary' : 'structured'} event of a time that is none is malformed, not of now`,
    handler: { nodejs: HELLO.nodejs },
    request,
    expect: {
      status: 400,
      body: 'Malformed CloudEvent: the attribute time is "yesterday", not a timestamp (RFC 3339)',
    },
    only: { language: 'nodejs', reason: 'not decided for Python yet' },
  })),
  {
    name: 'a structured event that is not an object is malformed',
    handler: HELLO,
    request: { headers: structured, body: '"text"' },
    expect: { status: 400, body: /^Malformed CloudEvent/ },
  },
  {
    name: 'a structured event that is not JSON is refused',
    handler: HELLO,
    request: { headers: structured, body: '{"specversion":' },
    expect: { status: 400, body: /JSON|CloudEvent/ },
  },
  {
    name: 'a batch that is not a list is malformed',
    handler: HELLO,
    request: { headers: batch, body: '{}' },
    expect: malformed,
  },
  {
    name: 'a batch with a malformed event is refused as a whole',
    handler: HELLO,
    request: { headers: batch, body: JSON.stringify([attributes, { type: 'x' }]) },
    expect: malformed,
  },
  {
    name: 'emitCloudEvent posts a structured event',
    handler: {
      nodejs: `module.exports = { async main(event) { const r = await event.emitCloudEvent('order.paid.v1', 'shop', { order: 7 }, { eventtypeversion: 'v1' }); return String(r.status); } };`,
      python: `def main(event, context): return str(event.emitCloudEvent('order.paid.v1', 'shop', {'order': 7}, {'eventtypeversion': 'v1'}).status_code)`,
    },
    request: {},
    expect: { status: 200, body: '200' },
    published: [
      {
        contentType: /^application\/cloudevents\+json/,
        event: {
          specversion: '1.0',
          type: 'order.paid.v1',
          source: 'shop',
          eventtypeversion: 'v1',
          data: { order: 7 },
        },
      },
    ],
  },
  {
    name: 'publishCloudEvent posts what it is given',
    handler: {
      nodejs: `module.exports = { main: (event) => event.publishCloudEvent({ id: 'X', type: 't', data: 1 }).then((r) => String(r.status)) };`,
      python: `def main(event, context): return str(event.publishCloudEvent({'id': 'X', 'type': 't', 'data': 1}).status_code)`,
    },
    request: {},
    expect: { status: 200, body: '200' },
    published: [{ contentType: /^application\/cloudevents\+json/, event: { id: 'X', type: 't', data: 1 } }],
  },
  {
    name: 'emitCloudEvent rejects where the publisher refuses, as axios does in Kyma',
    handler: {
      nodejs: `module.exports = { main: (event) => event.emitCloudEvent('t', 's', 'text').then(() => 'sent', (e) => e.response.status + ' ' + e.response.data) };`,
    },
    request: {},
    expect: { status: 200, body: '503 noted' },
    published: [
      { contentType: /^application\/cloudevents\+json/, event: { data: 'text', datacontenttype: 'text/plain' } },
    ],
    publisherStatus: 503,
    only: { language: 'nodejs', reason: "Kyma's Python returns the answer, whatever its status" },
  },
  {
    name: 'emitCloudEvent says so where there is no publisher',
    handler: {
      nodejs: `module.exports = { main: (event) => event.emitCloudEvent('t', 's', {}).catch((e) => e.message) };`,
      python: `def main(event, context):\n    try:\n        event.emitCloudEvent('t', 's', {})\n    except RuntimeError as error:\n        return str(error)`,
    },
    request: {},
    expect: { status: 200, body: /^PUBLISHER_PROXY_ADDRESS is not set/ },
  },
  {
    name: 'buildResponseCloudEvent takes over from the received event',
    handler: {
      nodejs: `module.exports = { main: (event) => event.buildResponseCloudEvent('B-1', 'order.seen.v1', { ok: true }) };`,
      python: `def main(event, context): return event.buildResponseCloudEvent('B-1', 'order.seen.v1', {'ok': True})`,
    },
    request: { headers: { ...binary, 'ce-eventtypeversion': 'v1' }, body: '{}' },
    expect: {
      status: 200,
      body: {
        json: {
          type: 'order.seen.v1',
          source: 'shop',
          eventtypeversion: 'v1',
          specversion: '1.0',
          id: 'B-1',
          data: { ok: true },
          datacontenttype: 'application/json',
        },
      },
    },
  },
];
