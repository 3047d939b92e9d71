import { describe, expect, it } from 'vitest';
import { exceptions } from '../../src/doctor/checks/exceptions.ts';
import { clusterAsInstalled, forbidden, found } from './cluster-as-installed.ts';

const NOW = Date.parse('2026-11-29T12:00:00Z');

const look = (...days: readonly string[]) => {
  const rows = days.map(
    (until, index) =>
      `    - { namespace: shop, function: pay, package: p${index}, code: dependencies-float, reason: TICKET, until: ${until} }\n`,
  );
  const text = `dependencies:\n  exceptions:${rows.length === 0 ? ' []' : ''}\n${rows.join('')}`;
  const configMap = found({ data: { 'config.yaml': text } });
  return exceptions(() => NOW)(clusterAsInstalled({ get: { 'configmaps/buildless-config': configMap } }));
};

describe('the check of exceptions', () => {
  it('has no line if there are none, or the configuration cannot be read', async () => {
    expect(await look()).toEqual([]);
    const patient = clusterAsInstalled({ get: { 'configmaps/buildless-config': forbidden } });
    expect(await exceptions(() => NOW)(patient)).toEqual([]);
  });

  it('is content with those that end later than in a week', async () => {
    expect(await look('2026-12-07', '2027-01-31')).toEqual([
      { check: 'Exceptions', status: 'ok', detail: '2 exceptions in force, none ends within a week' },
    ]);
  });

  it('warns of those that have ended and of those that end within a week, with the reason', async () => {
    const [ended, ending, ...others] = await look('2026-11-28', '2026-12-06', '2026-11-29', '2027-01-31');
    expect(others).toEqual([]);
    expect(ended).toMatchObject({
      status: 'warning',
      detail:
        '1 exception ended, so new Pods are refused again: "p0" (dependencies-float) of shop/pay ended on 2026-11-28',
    });
    expect(ending).toMatchObject({
      status: 'warning',
      detail:
        '2 exceptions within a week of the end: "p2" (dependencies-float) of shop/pay ends today (TICKET); "p1" (dependencies-float) of shop/pay ends in 7 days (TICKET)',
    });
  });

  it('names the first five', async () => {
    const [ended] = await look(...Array.from({ length: 9 }, () => '2026-01-01'));
    expect(ended?.detail).toMatch(/^9 exceptions ended.*; and 4 more$/);
  });
});
