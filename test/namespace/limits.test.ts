import { describe, expect, it } from 'vitest';
import { mergeLimits, NO_LIMITS, parseLimits } from '../../src/namespace/limits.ts';

const range = (...limits: readonly object[]): object => ({ spec: { limits } });
const quota = (hard: object): object => ({ spec: { hard } });

describe('a LimitRange', () => {
  it('bounds each container and each Pod', () => {
    const { container, pod } = parseLimits(
      'LimitRange',
      'small',
      range(
        { type: 'Container', min: { cpu: '10m' }, max: { memory: '1Gi' }, maxLimitRequestRatio: { cpu: '4' } },
        { type: 'Pod', max: { memory: '2Gi' } },
        { type: 'PersistentVolumeClaim', max: { storage: '1Gi' } },
      ),
    );
    expect(container).toEqual({ cpu: { min: '10m', maxRatio: '4' }, memory: { max: '1Gi', defaultLimit: '1Gi' } });
    expect(pod).toEqual({ memory: { max: '2Gi', defaultLimit: '2Gi' } });
  });

  it('gives its default, or its maximum, to a container without a limit', () => {
    const limits = { type: 'Container', max: { cpu: 2, memory: '1Gi' }, default: { cpu: '500m' } };
    expect(parseLimits('LimitRange', 'small', range(limits)).container).toEqual({
      cpu: { max: '2', defaultLimit: '500m' },
      memory: { max: '1Gi', defaultLimit: '1Gi' },
    });
  });

  it.each([
    {},
    { spec: null },
    range([]),
    { spec: { limits: 'all' } },
    range({ type: 'Container', max: { cpu: 'much' } }),
  ])('bounds nothing by what no API server sends: %j', (object) => {
    expect(parseLimits('LimitRange', 'odd', object).container).toEqual({});
  });
});

describe('a ResourceQuota', () => {
  it('has each container set what it counts; a plain resource is its request', () => {
    const { quotas } = parseLimits('ResourceQuota', 'team', quota({ cpu: '4', 'limits.memory': '8Gi', pods: '10' }));
    expect(quotas).toEqual({ 'requests.cpu': 'team', 'limits.memory': 'team' });
  });
});

describe('several objects of a namespace', () => {
  const wide = parseLimits('LimitRange', 'wide', range({ type: 'Container', min: { cpu: '10m' }, max: { cpu: '2' } }));
  const narrow = parseLimits(
    'LimitRange',
    'narrow',
    range({ type: 'Container', min: { cpu: '0.1' }, max: { cpu: '1500m' } }),
  );
  const team = parseLimits('ResourceQuota', 'team', quota({ 'limits.cpu': '4' }));

  it('hold together, the narrowest bounds first', () => {
    const { container, quotas } = mergeLimits([wide, narrow, team]);
    expect(container).toEqual({ cpu: { min: '0.1', max: '1500m', defaultLimit: '1500m' } });
    expect(quotas).toEqual({ 'limits.cpu': 'team' });
    expect(mergeLimits([])).toBe(NO_LIMITS);
  });

  it('are the same limits exactly if their identity is', () => {
    expect(mergeLimits([wide, narrow]).identity).toBe(mergeLimits([narrow, wide]).identity);
    expect(mergeLimits([wide]).identity).not.toBe(mergeLimits([wide, narrow]).identity);
    expect(mergeLimits([wide]).identity).not.toBe(mergeLimits([wide, team]).identity);
  });
});
