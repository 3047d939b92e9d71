import assert from 'node:assert/strict';
import { test } from 'node:test';
import { context, event } from '#buildless/testing';

// Node.js 22.18 and newer strip types; the server of the Function brings that along for Node.js 20.
const skip = process.features.typescript ? false : `Node.js ${process.versions.node} runs no TypeScript`;

test('greets whoever calls', { skip }, async () => {
  const { main } = await import('./handler.ts');
  const result = main(event({ name: 'Ada' }), context({ name: 'hello' }));
  assert.deepEqual(result, { hello: 'Ada', from: 'hello' });
});
