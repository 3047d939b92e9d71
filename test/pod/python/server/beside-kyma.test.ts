import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRELUDE, pythonShapes } from '../../conformance/shapes-beside-kyma-python.ts';
import { PythonRuntime, type PythonFunction } from './python-function.ts';

let runtime: PythonRuntime;
let started: PythonFunction;
beforeAll(async () => {
  runtime = await PythonRuntime.assemble();
  started = await runtime.start({
    'handler.py': `${PRELUDE}
def main(event, context):
    return eval(event['data'])
`,
  });
});
afterAll(() => runtime.close());

describe('beside Kyma, in Python, a handler that gives back', () => {
  it.each(pythonShapes.map((shape) => [shape.name, shape] as const))('%s', async (_, shape) => {
    const answer = await started.call(shape.expression);
    expect({
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: await answer.text(),
    }).toEqual(shape.expect);
  });

  it('what JSON has nothing for, is told its type in the log', async () => {
    await started.call('Table()');
    await started.logged('it returned a value of type Table, which cannot be sent');
    await started.call(`{'a': [Row(1)]}`);
    await started.logged(
      'the dict that it returned cannot be sent as JSON: Object of type Row is not JSON serializable',
    );
    await started.call(`(c for c in [{'a': 1}])`);
    await started.logged('the pieces of the generator that it returned are of type dict');
    await started.call(`('x', 200, {'X A': 'b'})`);
    await started.logged("the name of the header 'X A' may have letters, digits and hyphens only");
    await started.call(`('x', 100)`);
    await started.logged("the status '100 Continue' cannot be sent");
  });
});

describe('the table', () => {
  it('has at least 40 shapes, and a reason wherever the status differs from Kyma’s', () => {
    expect(pythonShapes.length).toBeGreaterThanOrEqual(40);
    const others = pythonShapes.filter(
      ({ kyma, expect: { status }, because }) => because === undefined && !kyma.startsWith(String(status)),
    );
    expect(others.map(({ name }) => name)).toEqual([]);
  });
});
