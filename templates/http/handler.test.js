import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, event } from '#buildless/testing';
import { main } from './handler.js';

test('greets whoever calls', () => {
  const result = main(event({ name: 'Ada' }), context({ name: 'hello' }));
  assert.deepEqual(result, { hello: 'Ada', from: 'hello' });
});

test('greets the world if nobody has a name', () => {
  assert.deepEqual(main(event(), context()), { hello: 'world', from: 'test' });
});
