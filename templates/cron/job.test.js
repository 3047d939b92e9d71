import assert from 'node:assert/strict';
import { test } from 'node:test';
import { report } from './job.js';

test('reports on the day', () => {
  assert.equal(report(new Date('2026-01-02T03:04:05Z')), 'Report of 2026-01-02');
});
