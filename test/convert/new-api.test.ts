import { describe, expect, it } from 'vitest';
import { changesOfJavaScript } from '../../src/convert/new-api/nodejs.ts';
import { changesOfPython } from '../../src/convert/new-api/python.ts';

/** Changes as `LINE FROM -> TO`. */
const shown = (changes: ReturnType<typeof changesOfJavaScript>): readonly string[] | undefined =>
  changes?.map(({ line, from, to }) => `${line} ${from} -> ${to}`);

describe('what a JavaScript handler has to change for main(req, res)', () => {
  it('names each use of event and context with its line', () => {
    const code = `const sdk = 1;
module.exports = {
  main: async function (event, context) {
    const { request } = event.extensions;
    event.setResponseStatus(201);
    await event.emitCloudEvent('t', '/s', event.data);
    const id = event['ce-id'];
    if (request.query.x) return 'x';
    return [1].map((n) => { return n; });
  },
};`;
    expect(shown(changesOfJavaScript(code))).toEqual([
      '3 main(event, context) -> main(req, res)',
      '4 event.extensions -> req and res, the parameters of main',
      '5 event.setResponseStatus -> res.status(code)',
      '6 event.emitCloudEvent -> emitCloudEvent(type, source, data, attributes) of the module sdk',
      '6 event.data -> req.body',
      "7 event['ce-id'] -> getCloudEvent(req).id of the module sdk",
      '8 return of a value -> res.send(value): what main returns is ignored',
      '9 return of a value -> res.send(value): what main returns is ignored',
    ]);
  });

  it.each([
    [
      "exports.main = (e, c, cb) => { cb(null, c['function-name'], e.data); };",
      ['main(e, c, cb)', "context['function-name']", 'event.data', 'a call of the callback'],
    ],
    [
      'export const main = ({ data, tracer }) => data;',
      ['main({ data, tracer })', 'event.data', 'event.tracer', 'a value without return'],
    ],
    ['export async function main(event) { return event.data; }', ['main(event)', 'event.data', 'return of a value']],
  ])('%s', (code, from) => {
    expect([...(changesOfJavaScript(code) ?? [])].map((change) => change.from).sort()).toEqual([...from].sort());
  });

  it('follows event into variables, and names the functions that get it', () => {
    const code = `exports.main = async (event, context) => {
  const { data, extensions: { request } } = event;
  const e = event;
  const { namespace } = context;
  audit(e, 'read');
  throw new Error(e['ce-type'] + data);
};`;
    expect(shown(changesOfJavaScript(code))).toEqual([
      '1 main(event, context) -> main(req, res)',
      '2 event.data -> req.body',
      '2 event.extensions -> req and res, the parameters of main',
      '4 context.namespace -> getNamespace() of the module sdk',
      '5 event given to a function -> what that function needs of req',
      "6 event['ce-type'] -> getCloudEvent(req).type of the module sdk",
    ]);
  });

  it.each([
    ['module.exports = { main: (event, context) => { event.x; } };', true],
    ['module.exports = { async main(event, context) {} };', true],
    ['module.exports = { version: 1, main(event) {} };', true],
    ['function main(event) {}\nmodule.exports = main;', true],
    ['export default { main(event) {} };', true],
    ['module.exports = { main: async (event, context) => { event.x; } };', false],
    ['module.exports = { main: async function (event, context) {} };', false],
    ['module.exports = { main(event, context) {} };', false],
    ['function main(event) {}\nmodule.exports = { main };', false],
    ['exports.main = (event, context) => { event.x; };', false],
    ['export const main = (event, context) => { event.x; };', false],
  ])("names exports that Kyma's server does not find: %j", (code, hidden) => {
    const found = shown(changesOfJavaScript(code))?.filter((line) => line.includes('this export of main'));
    expect(found).toHaveLength(hidden ? 1 : 0);
  });

  it.each(['module.exports = {', 'exports.other = () => 1;'])('has nothing to say about %j', (code) => {
    expect(changesOfJavaScript(code)).toBeUndefined();
  });
});

describe("what a Python handler has to change for Flask's main()", () => {
  it('names each use of event and context with its line', () => {
    const code = `import os

def main(event, context):
    """event["data"] is not code here"""
    # event["data"] neither
    body = event["data"]
    event.emitCloudEvent("t", "/s", body)
    other_event = {"data": 1}["data"]
    return context.get("function-name"), event['ce-type'], event['extensions']['request']
`;
    expect(shown(changesOfPython(code))).toEqual([
      '3 main(event, context) -> main() without parameters',
      '6 event["data"] -> flask.request: get_json(), form, or get_data()',
      '7 event.emitCloudEvent -> emit_cloud_event(type, source, data, optional_attributes) of the module sdk',
      '9 event["ce-type"] -> get_cloud_event() of the module sdk',
      '9 event["extensions"] -> flask.request; a flask.Response that main returns',
      '9 context["function-name"] -> get_function_name() of the module sdk',
    ]);
  });

  it('follows event into a variable, and names bottle', () => {
    const code = `from bottle import HTTPResponse
def main(event, context):
    e = event
    return HTTPResponse(body=e['data'])
`;
    expect(shown(changesOfPython(code))).toEqual([
      '1 bottle -> flask: request, abort, redirect and Response',
      '2 main(event, context) -> main() without parameters',
      '4 event["data"] -> flask.request: get_json(), form, or get_data()',
    ]);
  });

  it('has nothing to say about code without main', () => {
    expect(changesOfPython('def other(event):\n    pass\n')).toBeUndefined();
  });
});
