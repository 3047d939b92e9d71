import { Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { logExceptionsDaily } from '../../src/cli/actions/log-exceptions.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import type { Exception } from '../../src/exceptions/exception.ts';
import { ExceptionMetrics } from '../../src/server/exception-metrics.ts';

const exception = (until: string, more: Partial<Exception> = {}): Exception => ({
  namespace: 'shop',
  function: 'pay',
  package: 'left-pad',
  code: 'dependencies-float',
  reason: 'TICKET-12',
  until,
  ...more,
});

describe('the metric of exceptions', () => {
  it('has the end of each, the last one of several for the same, and none that was removed', async () => {
    const registry = new Registry();
    const metrics = new ExceptionMetrics(registry);
    let current = [exception('2027-01-31'), exception('2026-12-31'), exception('2026-12-31', { function: '*' })];
    metrics.follow(() => current);
    const values = async (): Promise<readonly string[]> =>
      (await registry.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const labels = (name: string): string =>
      `function_namespace="shop",function="${name}",package="left-pad",code="dependencies-float"`;
    const name = 'buildless_policy_exception_expires_timestamp_seconds';
    expect([...(await values())].sort()).toEqual([
      `${name}{${labels('*')}} ${Date.parse('2027-01-01T00:00:00Z') / 1000}`,
      `${name}{${labels('pay')}} ${Date.parse('2027-02-01T00:00:00Z') / 1000}`,
    ]);
    current = [];
    expect(await values()).toEqual([]);
  });
});

describe('the daily log of exceptions', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has those that end within a week or have ended, once a day', () => {
    vi.useFakeTimers();
    let now = Date.parse('2026-11-29T12:00:00Z');
    const dependencies = {
      ...DEFAULT_CONFIGURATION.dependencies,
      exceptions: [exception('2026-12-01'), exception('2027-01-31')],
    };
    const logged: unknown[] = [];
    const stop = logExceptionsDaily(
      () => ({ ...DEFAULT_CONFIGURATION, dependencies }),
      { warn: (fields: object) => void logged.push(fields) },
      () => now,
    );
    vi.advanceTimersByTime(3_600_000);
    expect(logged).toEqual([]);
    now += 86_400_000;
    vi.advanceTimersByTime(3_600_000);
    expect(logged).toMatchObject([{ field: ['dependencies', 'exceptions', 0, 'until'] }]);
    now += 3 * 86_400_000;
    vi.advanceTimersByTime(3_600_000);
    expect(logged).toHaveLength(2);
    stop();
    now += 86_400_000;
    vi.advanceTimersByTime(3_600_000);
    expect(logged).toHaveLength(2);
  });
});
