import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, emitted, event } from '#buildless/testing';
import { main } from './handler.js';

const order = { id: 'a-17', lines: [{ price: 3, pieces: 2 }] };

test('prices an order, and says so with a CloudEvent', async () => {
  const received = event(order, { cloudEvent: { type: 'shop.order.received.v1', source: 'shop' } });
  assert.deepEqual(await main(received, context()), { id: 'a-17', total: 6 });
  const [priced] = emitted(received);
  assert.equal(priced?.type, 'shop.order.priced.v1');
  assert.deepEqual(priced?.data, { id: 'a-17', total: 6 });
});

test('leaves other events alone', async () => {
  const received = event(order, { cloudEvent: { type: 'shop.order.sent.v1', source: 'shop' } });
  assert.equal(await main(received, context()), undefined);
  assert.deepEqual(emitted(received), []);
});
