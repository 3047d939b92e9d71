import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { FunctionRow } from '../../src/status/row.ts';
import { ageOf, tableOf } from '../../src/status/table.ts';

const row = (changes: Partial<FunctionRow> = {}): FunctionRow => ({
  namespace: 'shop',
  function: 'hello',
  workload: { kind: 'Deployment', name: 'hello' },
  runtime: 'nodejs22',
  source: 'configmap:hello',
  rollout: 'auto',
  state: 'current',
  revision: { stamp: 'files:hello-3fa9c1d204 lock:hello-9ad01c33f0', created: '2026-11-28T10:00:00Z' },
  replicas: { wanted: 2, ready: 2, otherRevision: 0 },
  lock: 'controller',
  level: 'locked',
  injectedBy: ['0.1.0'],
  notes: [],
  ...changes,
});

const options = {
  wide: false,
  allNamespaces: false,
  now: new Date('2026-11-28T10:03:00Z'),
  colours: createColors(false),
};

describe('the table of Functions', () => {
  it('reads like a table of kubectl, with what a person should know below it', () => {
    const job: Partial<FunctionRow> = {
      function: 'report',
      workload: { kind: 'CronJob', name: 'report' },
      replicas: { ready: 0, otherRevision: 1 },
      state: 'edited',
      notes: ['edited; rollout is manual: apply the workload to roll it out'],
    };
    expect(tableOf([row(), row(job)], options)).toBe(
      [
        'FUNCTION   WORKLOAD           RUNTIME    READY   OTHER   STATE     REVISION           AGE   LOCK         LEVEL',
        'hello      deployment/hello   nodejs22   2/2     0       current   hello-3fa9c1d204   3m    controller   locked',
        'report     cronjob/report     nodejs22   -       1       edited    hello-3fa9c1d204   3m    controller   locked',
        '',
        'report: edited; rollout is manual: apply the workload to roll it out',
        '',
      ].join('\n'),
    );
  });

  it('names namespaces where there are several, and more with -o wide', () => {
    const table = tableOf([row({ notes: ['look'] })], { ...options, wide: true, allNamespaces: true });
    const [head = '', first = ''] = table.split('\n');
    expect(head).toMatch(/^NAMESPACE .* ROLLOUT +SOURCE +INJECTED BY$/);
    expect(first).toMatch(/^shop .* auto +configmap:hello +0\.1\.0$/);
    expect(table).toContain('shop/hello: look');
  });

  it.each([
    ['2026-11-28T10:02:59Z', '1s'],
    ['2026-11-28T10:01:01Z', '119s'],
    ['2026-11-28T10:01:00Z', '2m'],
    ['2026-11-28T08:03:01Z', '119m'],
    ['2026-11-28T08:03:00Z', '2h'],
    ['2026-11-27T10:03:00Z', '24h'],
    ['2026-11-26T10:03:00Z', '2d'],
    ['2024-11-30T10:03:00Z', '728d'],
    ['2024-02-23T10:03:00Z', '2y279d'],
    ['2016-11-30T10:03:00Z', '10y'],
    ['2026-11-28T10:04:00Z', '0s'],
    [undefined, '-'],
    ['yesterday', '-'],
  ])('shows the age of %s as %s', (created, age) => {
    expect(ageOf(created, options.now)).toBe(age);
  });
});
