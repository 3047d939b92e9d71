import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let started: PythonFunction;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  // One thread, so that every call could see what the one before left there.
  started = await runtime.start(
    {
      'handler.py': `
import asyncio, contextvars, decimal
tenant = contextvars.ContextVar('tenant', default='nobody')

def seen(): return f'{tenant.get()} {decimal.getcontext().prec}'

def leave(name):
    before = seen()
    token = tenant.set(name)
    decimal.getcontext().prec = 3
    return before, token

def plain(name):
    return leave(name)[0]

def pieces(name):
    before, token = leave(name)
    yield before
    yield f', {seen()}'
    tenant.reset(token)
    yield f', {seen()}'

async def later(name):
    before, _ = leave(name)
    await asyncio.sleep(0)
    return f'{before}, {seen()}'

async def pieces_later(name):
    before, token = leave(name)
    yield before
    await asyncio.sleep(0)
    yield f', {seen()}'
    tenant.reset(token)
    yield f', {seen()}'

def main(event, context):
    kind, name = event['data']
    return globals()[kind](name)
`,
    },
    { CHERRYPY_NUMTHREADS: '1' },
  );
});
afterAll(() => runtime.close());

describe('a ContextVar or decimal.getcontext() that a call sets', () => {
  it.each([
    ['plain', 'nobody 28'],
    ['pieces', 'nobody 28, ann 3, nobody 3'],
    ['later', 'nobody 28, ann 3'],
    ['pieces_later', 'nobody 28, ann 3, nobody 3'],
  ])('holds for that call alone, to its end: %s', async (kind, expected) => {
    for (let call = 0; call < 3; call++) expect(await (await started.call([kind, 'ann'])).text()).toBe(expected);
    expect(await (await started.call(['plain', 'bob'])).text()).toBe('nobody 28');
  });

  it('is not seen by calls that run at the same time', async () => {
    const several = await runtime.start({
      'handler.py': `
import contextvars, time
tenant = contextvars.ContextVar('tenant', default=None)
def main(event, context):
    def pieces():
        before = tenant.get()
        tenant.set(event['data'])
        for _ in range(5):
            yield f'{before}{tenant.get()}'
            time.sleep(0.01)
    return pieces()
`,
    });
    const calls = Array.from({ length: 8 }, (_, index) => several.call(index));
    const texts = await Promise.all(calls.map(async (call) => (await call).text()));
    expect(texts).toEqual(Array.from({ length: 8 }, (_, index) => `None${index}`.repeat(5)));
  });
});
