/** Events of the test helpers beside those that a Function gets from its server for the same request. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Testing from '../../types/testing.d.ts';
import { ROOT } from '../cli/command.ts';
import { folderOf } from '../folders/folder.ts';
import { Runs } from '../run/running-command.ts';

interface Case {
  readonly data?: unknown;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cloudEvent?: Testing.CloudEventAttributes;
}

const FORM = 'application/x-www-form-urlencoded';
const TIME = '2026-01-02T03:04:05.000Z';

/** JSON alone, so that both languages have the same. */
const CASES: Readonly<Record<string, Case>> = {
  nothing: {},
  'a query': { path: '/a%20b?time=2d&x=1' },
  'an object': { data: { a: [1, null, 'ü'] } },
  'a number': { data: 7 },
  'a text': { data: 'grün' },
  'text of another type': { data: 'a,b', headers: { 'Content-Type': 'text/csv' } },
  'JSON as text': { data: '[1]', headers: { 'content-type': 'application/json' } },
  'a form': { data: { a: '1', b: 'x y' }, headers: { 'content-type': FORM } },
  headers: { data: {}, headers: { 'X-Request-Id': '42' } },
  'a CloudEvent': { data: { id: 1 }, cloudEvent: { type: 'a.b', source: 'shop', id: '1', time: TIME, subject: 's' } },
  'a CloudEvent with text': { data: 'x', cloudEvent: { type: 'a.b', source: 'shop', id: '1', time: TIME } },
};

const bodyOf = ({ data, headers, cloudEvent }: Case): { body?: string; type?: string } => {
  const given = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === 'content-type')?.[1];
  if (cloudEvent !== undefined) {
    const datacontenttype = typeof data === 'string' ? 'text/plain' : 'application/json';
    return {
      body: JSON.stringify({ specversion: '1.0', datacontenttype, ...cloudEvent, data }),
      type: 'application/cloudevents+json',
    };
  }
  if (data === undefined) return {};
  if (given === FORM) return { body: new URLSearchParams(data as Record<string, string>).toString(), type: given };
  if (typeof data === 'string') return { body: data, type: given ?? 'text/plain' };
  return { body: JSON.stringify(data), type: given ?? 'application/json' };
};

async function served(url: string, given: Case): Promise<unknown> {
  const { body, type } = bodyOf(given);
  const answer = await fetch(new URL(given.path ?? '/', url), {
    ...(body !== undefined && { method: 'POST', body: Buffer.from(body) }),
    headers: { ...given.headers, ...(type !== undefined && { 'content-type': type }) },
  });
  return await answer.json();
}

const NODE = `exports.main = (event) => {
  const { method, path, query, body } = event.extensions.request;
  const attributes = Object.fromEntries(Object.entries(event).filter(([name]) => name.startsWith('ce-')));
  const id = event.extensions.request.get('x-request-id');
  return JSON.stringify({ data: event.data, attributes, method, path, query, body, id, has: 'data' in event });
};`;

const PYTHON = `import json

def main(event, context):
    request = event['extensions']['request']
    seen = {key: value for key, value in event.items() if key.startswith('ce-')}
    return json.dumps({
        'data': event['data'], 'attributes': seen, 'method': request.method, 'path': request.path,
        'query': dict(request.query), 'id': request.get_header('x-request-id'), 'keys': sorted(event),
        'context': sorted(context),
    })
`;

describe('an event for tests is what the Function gets', () => {
  const runs = new Runs();
  let node = '';
  let python = '';
  let pythonFolder = '';

  beforeAll(async () => {
    await runs.open();
    const folder = await folderOf({ 'handler.cjs': NODE, '.nvmrc': '20' });
    pythonFolder = await folderOf({ 'handler.py': PYTHON, '.python-version': '3.11' });
    node = await (await runs.run(['-f', folder, '--port', '0'])).url();
    python = await (await runs.run(['-f', pythonFolder, '--port', '0'])).url();
  });
  afterAll(async () => {
    await runs.endAll();
    await runs.remove();
  });

  it.each(Object.entries(CASES))('in Node.js: %s', async (_, given) => {
    const { event, context } = (await import(
      pathToFileURL(path.join(ROOT, 'dist/init/nodejs/testing.mjs')).href
    )) as typeof Testing;
    const { main } = { main: evaluate(NODE) };
    expect(JSON.parse(main(event(given.data, given), context()))).toEqual(await served(node, given));
  });

  it('in Python: all of them', async () => {
    const program = `import json, sys
sys.path[:0] = [${JSON.stringify(path.join(ROOT, 'dist/init/python'))}, ${JSON.stringify(pythonFolder)}]
from buildless_testing import context, event
from handler import main
print(json.dumps([
    json.loads(main(event(case.get('data'), path=case.get('path', '/'), headers=case.get('headers'), cloud_event=case.get('cloudEvent')), context()))
    for case in json.loads(sys.argv[1])
]))
`;
    const cases = Object.values(CASES);
    const printed = execFileSync('python3', ['-B', '-c', program, JSON.stringify(cases)], { encoding: 'utf8' });
    const wanted: unknown[] = [];
    for (const given of cases) wanted.push(await served(python, given));
    expect(JSON.parse(printed)).toEqual(wanted);
  });
});

/** The handler's own text, as the server runs it. */
function evaluate(code: string): (...given: readonly unknown[]) => string {
  const context = createContext({ exports: {} as { main?: (...given: readonly unknown[]) => string } });
  runInContext(code, context);
  const { main } = (context as { exports: { main?: (...given: readonly unknown[]) => string } }).exports;
  if (main === undefined) throw new Error('no main');
  return main;
}

describe('the helpers of Node.js', () => {
  const load = async (): Promise<typeof Testing> =>
    (await import(pathToFileURL(path.join(ROOT, 'dist/init/nodejs/testing.mjs')).href)) as typeof Testing;

  it("give the response that the handler's own changes are on", async () => {
    const { event } = await load();
    const made = event();
    made.setResponseStatus(201);
    made.setResponseHeader('x-a', 'b');
    expect(made.extensions.response.statusCode).toBe(201);
    expect(made.extensions.response.getHeader('x-a')).toBe('b');
  });

  it('give bytes as bytes, and the raw body of a signature', async () => {
    const { event } = await load();
    const bytes = Uint8Array.of(0xff, 0);
    expect(event(bytes).data).toEqual(Buffer.from(bytes));
    expect(event({ a: 1 }).extensions.request.rawBody).toEqual(Buffer.from('{"a":1}'));
  });

  it('keep what is emitted, and reject what violates the specification', async () => {
    const { emitted, event } = await load();
    const made = event();
    expect(await made.emitCloudEvent('a.b', 'shop', { x: 1 }, { subject: 's' })).toMatchObject({ status: 204 });
    expect(emitted(made)).toMatchObject([
      { specversion: '1.0', type: 'a.b', source: 'shop', subject: 's', data: { x: 1 } },
    ]);
    await expect(made.emitCloudEvent('a.b', 'no uri', {})).rejects.toThrow(
      'CloudEvent: the attribute source must be a URI',
    );
    expect(() => event({}, { cloudEvent: { type: '', source: 's' } })).toThrow(
      'CloudEvent: the attribute type must be a string',
    );
    expect(() => event('{', { headers: { 'content-type': 'application/json' } })).toThrow(
      'Invalid JSON in the request body',
    );
  });

  it('give a context with a signal', async () => {
    const { context } = await load();
    const signal = AbortSignal.abort();
    expect(context({ name: 'a', timeout: 3 })).toMatchObject({
      'function-name': 'a',
      timeout: 3,
      'body-size-limit': 1,
    });
    expect(context().signal.aborted).toBe(false);
    expect(context({ signal }).signal).toBe(signal);
  });
});

describe('the helpers of Python', () => {
  it('keep what is emitted, trace nothing, and refuse unknown keys', () => {
    const program = `import sys
sys.path.insert(0, ${JSON.stringify(path.join(ROOT, 'dist/init/python'))})
from buildless_testing import context, event
made = event(b'\\xff')
assert made['data'] == b'\\xff'
made.emitCloudEvent('a.b', 'shop', {'x': 1}, {'subject': 's'})
assert made.emitted[0]['data'] == {'x': 1} and made.emitted[0]['subject'] == 's', made.emitted
with made.tracer.start_as_current_span('price') as span:
    span.set_attribute('a', 1)
for call, error in ((lambda: context(name='x'), TypeError), (lambda: event('{', headers={'content-type': 'application/json'}), ValueError)):
    try:
        call()
    except error as problem:
        print(problem)
`;
    expect(execFileSync('python3', ['-B', '-c', program], { encoding: 'utf8' })).toMatch(
      /^the context has no name: it has function-name, namespace, .*\nInvalid JSON in the request body: .*\n$/,
    );
  });
});
