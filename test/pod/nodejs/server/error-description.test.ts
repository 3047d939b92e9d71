import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { describeError, textOf } from '../../../../src/pod/nodejs/server/error-description.ts';

const CIRCULAR: { self?: unknown } = {};
CIRCULAR.self = CIRCULAR;
const throwing = (): never => {
  throw new Error('asked');
};

describe('the log of an error', () => {
  it('has its code, its detail and what else it has', () => {
    const error = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: 'Key (id)=(1)',
      retry: 3n,
      at: { row: 1 },
    });
    expect(describeError(error)).toMatchObject({
      name: 'Error',
      message: 'duplicate key',
      code: '23505',
      detail: 'Key (id)=(1)',
      retry: '3n',
      at: '{ row: 1 }',
    });
  });

  it('has its causes, and not without end', () => {
    const cause: Error = new TypeError('inner');
    const error = new Error('outer', { cause });
    expect(describeError(error)).toMatchObject({ cause: { name: 'TypeError', message: 'inner' } });
    cause.cause = error;
    expect(JSON.stringify(describeError(error)).match(/"message":"inner"/g)).toHaveLength(2);
  });

  it('has the errors of an AggregateError', () => {
    const error = new AggregateError([new RangeError('first'), 'second'], 'all failed');
    expect(describeError(error)).toMatchObject({
      name: 'AggregateError',
      message: 'all failed',
      errors: [{ name: 'RangeError', message: 'first' }, 'second'],
    });
  });

  it('knows an error of another realm', () => {
    expect(describeError(runInNewContext('new TypeError("far")'))).toMatchObject({ name: 'TypeError', message: 'far' });
  });

  it('is bounded', () => {
    const error = Object.assign(new Error('x'.repeat(1_000_000)), { data: 'y'.repeat(1_000_000) });
    Object.assign(error, Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`p${index}`, index])));
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(100_000);
  });
});

describe('the log of a thrown value', () => {
  it.each([
    ['text', 'text'],
    [{ code: 7, at: { a: [1] } }, '{ code: 7, at: { a: [ 1 ] } }'],
    [CIRCULAR, '<ref *1> { self: [Circular *1] }'],
    [5n, '5n'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [new Map([['a', 1]]), "Map(1) { 'a' => 1 }"],
    [Object.create(null), '[Object: null prototype] {}'],
  ])('%o is %s', (value: unknown, text) => {
    expect(textOf(value)).toBe(text);
  });
});

describe('the log never throws', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = new Error('hostile');
  // V8 makes the stack from the name, so that is replaced first.
  for (const name of ['stack', 'name', 'message', 'cause', 'code', 'toJSON']) {
    Object.defineProperty(hostile, name, { get: throwing, enumerable: true });
  }
  const handler = Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [trap, throwing]),
  );
  // By name: the tests' own titles ask for properties of what they are given.
  const values = new Map<string, unknown>([
    ['an error whose getters throw', hostile],
    ['a proxy that was revoked', revoked.proxy],
    ['a proxy that throws', new Proxy({}, handler)],
    ['a proxy of an error that throws', new Proxy(new Error('x'), handler)],
    [
      'an object that inspects itself',
      { [Symbol.for('nodejs.util.inspect.custom')]: throwing, toString: throwing, toJSON: throwing },
    ],
    ['an error with a list of errors without end', Object.assign(new Error('x'), { errors: new Proxy([], handler) })],
    [
      'an error whose message is no text',
      Object.assign(new Error('x'), { message: CIRCULAR, name: 5n, stack: throwing }),
    ],
  ]);
  it.each([...values.keys()])('for %s', (name) => {
    expect(JSON.stringify(describeError(values.get(name))).length).toBeGreaterThan(1);
  });
});
