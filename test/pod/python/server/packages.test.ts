import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorPython } from '../../../../scripts/vendor-python.mjs';
import { PythonRuntime } from './python-function.ts';

let runtime: PythonRuntime;
let scratch: string;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  scratch = await mkdtemp(path.join(tmpdir(), 'buildless-requirements-'));
});
afterAll(async () => {
  await runtime.close();
  await rm(scratch, { recursive: true, force: true });
});

/** Other versions than the server's, as a Function may pin them. */
const OLDER = [
  'bottle==0.13.1 --hash=sha256:d5e068ad0b4ed3422231ad59bd9ea646a141f57a9c90587212d63477ec04fe96',
  'prometheus-client==0.21.1 --hash=sha256:594b45c410d6f4f8888940fe80b5cc2521b305a1fafe1c58609ef715a001f301',
  'cloudevents==1.11.0 --hash=sha256:77edb4f2b01f405c44ea77120c3213418dbc63d8859f98e9e85de875502b8a76',
  'deprecation==2.1.0 --hash=sha256:a10811591210e1fb0e768a8c25517cabeabcba6f0bf96564f8ff45189f90b14a',
  'packaging==24.0 --hash=sha256:2ddfb553fdf02fb784c234c7ba6ccc288296ceabec964ad2eae3777778130bc5',
].join('\n');

/** Installs them where a Function's packages are. */
async function installOlder(folder: string): Promise<void> {
  const requirements = path.join(scratch, 'requirements.txt');
  await writeFile(requirements, OLDER);
  await vendorPython(requirements, path.join(folder, '.python-packages'));
}

describe('packages that the Function brings', () => {
  it('win for the handler, while the server keeps its own', async () => {
    const started = await runtime.start(
      {
        'handler.py': `
import bottle, prometheus_client, cloudevents, packaging
from cloudevents.http import CloudEvent
from importlib.metadata import version
handled = prometheus_client.Counter('handled', 'Counted by the handler')
def main(event, context):
    handled.inc()
    request = event['extensions']['request']
    return bottle.HTTPResponse(
        {
            'bottle': bottle.__version__,
            'found': [version(name) for name in ('bottle', 'prometheus_client', 'cloudevents', 'packaging')],
            'files': [module.__file__.split('/')[-2] for module in (bottle,)],
            'server': [type(request).__mro__[1].__module__, isinstance(request, bottle.BaseRequest), request.path],
            'type': event['ce-type'],
        },
        status=201,
        headers={'X-From': 'theirs'},
    )
`,
      },
      {},
      installOlder,
    );
    const answer = await started.call(
      {},
      {
        path: '/there',
        headers: {
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': '1',
          'ce-source': 'test',
          'ce-type': 'kind',
        },
      },
    );
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-from')).toBe('theirs');
    expect(await answer.json()).toEqual({
      bottle: '0.13.1',
      found: ['0.13.1', '0.21.1', '1.11.0', '24.0'],
      files: ['.python-packages'],
      server: ['bottle', false, '/there'],
      type: 'kind',
    });
    const metrics = await (await started.call(undefined, { method: 'GET', path: '/metrics' })).text();
    expect(metrics).toContain('handled_total 1.0\n');
    expect(metrics).toContain('function_calls_total{method="POST"} 1.0\n');
    expect(metrics.match(/^# TYPE python_info /gm)).toHaveLength(1);
  });

  it('do not include a folder of data that is called as one of the server’s', async () => {
    const started = await runtime.start({
      'bottle/label.txt': 'wine',
      'handler.py': `
from bottle import HTTPResponse
def main(event, context): return HTTPResponse('ours', status=202)
`,
    });
    expect((await started.call()).status).toBe(202);
  });

  it('may be modules that are called as the server’s own or as ones it uses', async () => {
    const names = ['server', 'install', 'queue', 'selectors', 'settings', 'cheroot', 'jaraco'];
    const started = await runtime.start({
      ...Object.fromEntries(names.map((name) => [`${name}.py`, `origin = 'theirs'\n`])),
      'handler.py': `
import cheroot, install, jaraco, server, settings
def main(event, context): return [m.origin for m in (cheroot, install, jaraco, server, settings)]
`,
    });
    expect(await (await started.call()).json()).toEqual(Array(5).fill('theirs'));
  });
});

describe('modules of the Function that are called as ones of Python', () => {
  it('do not get in the way of what the server loads later', async () => {
    const names = ['platform', 'html', 'secrets', 'hmac', 'uuid', 'code'];
    const started = await runtime.start({
      ...Object.fromEntries(names.map((name) => [`${name}.py`, `raise RuntimeError('${name} of the Function')\n`])),
      'handler.py': `
async def main(event, context): return event['extensions']['request'].path
`,
    });
    expect(await (await started.call(undefined, { path: '/x' })).text()).toBe('/x');
    expect((await started.call(undefined, { method: 'GET', path: '/metrics' })).status).toBe(200);
  });
});

describe('packages that a handler written for Kyma finds undeclared', () => {
  it('are bottle, cloudevents 1.x and prometheus_client, whose metrics are served', async () => {
    const started = await runtime.start({
      'handler.py': `
import bottle, prometheus_client
from cloudevents.conversion import to_structured
from cloudevents.http import CloudEvent
handled = prometheus_client.Counter('handled', 'Counted by the handler', ['kind'])
def main(event, context):
    handled.labels('x').inc()
    same = isinstance(event['extensions']['request'], bottle.BaseRequest)
    headers, body = to_structured(CloudEvent({'type': 't', 'source': 's', 'id': '1', 'time': 'now'}, {'a': same}))
    return bottle.HTTPResponse(body, headers=headers)
`,
    });
    const answer = await started.call();
    expect(answer.headers.get('content-type')).toBe('application/cloudevents+json');
    expect(await answer.json()).toEqual({
      specversion: '1.0',
      id: '1',
      source: 's',
      type: 't',
      time: 'now',
      data: { a: true },
    });
    const metrics = await (await started.call(undefined, { method: 'GET', path: '/metrics' })).text();
    expect(metrics).toContain('handled_total{kind="x"} 1.0\n');
  });

  it('are not the server’s modules, and the server’s folder is not on sys.path', async () => {
    const started = await runtime.start({
      'handler.py': `
import importlib.util, sys
def main(event, context):
    names = ('requests', 'jaraco', 'more_itertools', 'server', 'install')
    return [[name for name in names if importlib.util.find_spec(name)], sys.path[:2], sys.path[-1]]
`,
    });
    const packages = path.join(started.folder, '.python-packages');
    const vendor = path.join(runtime.folder, 'vendor');
    expect(await (await started.call()).json()).toEqual([[], [started.folder, packages], vendor]);
  });
});
