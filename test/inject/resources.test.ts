import type { V1Container, V1ResourceRequirements } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { mergeLimits, parseLimits, type NamespaceLimits } from '../../src/namespace/limits.ts';
import { functionPod, injected, type FunctionPod, type Injected } from './function-of.ts';

const quota = (...names: readonly string[]): NamespaceLimits =>
  parseLimits('ResourceQuota', 'team', {
    spec: { hard: Object.fromEntries(names.map((name) => [name, '10'])) },
    status: { used: { 'limits.cpu': '3' } },
  });
const range = (item: object, type = 'Container'): NamespaceLimits =>
  parseLimits('LimitRange', 'team', { spec: { limits: [{ type, ...item }] } });

/** `cpu 400m..800m memory 512Mi..1Gi`: request and limit of each. */
function shown(resources: V1ResourceRequirements | undefined): string {
  const names = ['cpu', 'memory', 'ephemeral-storage', 'nvidia.com/gpu'];
  return names
    .flatMap((name) => {
      const [request, limit] = [resources?.requests?.[name], resources?.limits?.[name]];
      return request === undefined && limit === undefined ? [] : `${name} ${request ?? ''}..${limit ?? ''}`;
    })
    .join(' ');
}

async function inject(given: FunctionPod, limits?: NamespaceLimits): Promise<Injected> {
  return await injected(functionPod(given), { installs: true, ...(limits && { limits }) });
}

const install = ({ inits }: Injected): string =>
  shown(inits.find(({ name }) => name === 'buildless-install')?.resources);

const PROFILE_L = 'cpu 400m..800m memory 512Mi..1024Mi';
const INSTALL = 'cpu 100m.. memory 128Mi..1Gi';

describe("the Function's resources", () => {
  it.each<[string, FunctionPod, NamespaceLimits | undefined, string, readonly string[]]>([
    ['come from the default profile', {}, undefined, PROFILE_L, []],
    [
      'come from the profile for each resource that the author leaves open',
      { container: { resources: { limits: { memory: '100Mi' } } } },
      undefined,
      'cpu 400m..800m memory ..100Mi',
      [],
    ],
    [
      'keep what a profile does not know',
      { container: { resources: { limits: { 'nvidia.com/gpu': '1' } } } },
      undefined,
      `${PROFILE_L} nvidia.com/gpu ..1`,
      [],
    ],
    [
      "are the author's if they set the Pod's resources as a whole",
      { spec: { resources: { limits: { cpu: '1', memory: '256Mi' } }, containers: [] } },
      undefined,
      '',
      [],
    ],
    [
      "are the profile's, not those that LimitRanger filled in",
      {
        annotations: {
          'buildless.dev/profile': 'XL',
          'kubernetes.io/limit-ranger':
            'LimitRanger plugin set: cpu, memory request for container function; cpu, memory limit for container function',
        },
        container: {
          resources: { requests: { cpu: '200m', memory: '128Mi' }, limits: { cpu: '200m', memory: '128Mi' } },
        },
      },
      range({ default: { cpu: '200m', memory: '128Mi' } }),
      'cpu 800m..1600m memory 1024Mi..2048Mi',
      [],
    ],
    [
      "are the author's where LimitRanger filled in another container only",
      {
        annotations: { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory limit for container proxy' },
        container: { resources: { limits: { memory: '100Mi' } } },
      },
      undefined,
      'cpu 400m..800m memory ..100Mi',
      [],
    ],
    [
      'are narrowed to what a LimitRange admits, with a warning for each',
      {},
      range({ max: { memory: '512Mi', cpu: '600m' } }),
      'cpu 400m..600m memory 512Mi..512Mi',
      [
        'profile-narrowed metadata.annotations[buildless.dev/profile]',
        'profile-narrowed metadata.annotations[buildless.dev/profile]',
      ],
    ],
    [
      'are raised to the least that a LimitRange demands',
      { annotations: { 'buildless.dev/profile': 'XS' } },
      range({ min: { cpu: '100m' } }),
      'cpu 100m..150m memory 64Mi..256Mi',
      ['profile-narrowed metadata.annotations[buildless.dev/profile]'],
    ],
    [
      'keep the ratio that a LimitRange demands',
      { annotations: { 'buildless.dev/profile': 'XS' } },
      range({ maxLimitRequestRatio: { memory: '2' } }),
      'cpu 50m..150m memory 134217728..256Mi',
      ['profile-narrowed metadata.annotations[buildless.dev/profile]'],
    ],
  ])('%s', async (_, given, limits, expected, said) => {
    const result = await inject(given, limits);
    expect(shown(result.container.resources)).toBe(expected);
    expect(result.said).toEqual(said);
  });
});

const guaranteed: V1ResourceRequirements = {
  requests: { cpu: '500m', memory: '256Mi' },
  limits: { cpu: '500m', memory: '256Mi' },
};
const sidecar = (resources: V1ResourceRequirements): V1Container => ({
  name: 'proxy',
  image: 'registry.example/proxy:1.0.0',
  resources,
});

describe('the init containers', () => {
  it.each<[string, FunctionPod, NamespaceLimits | undefined, string]>([
    ['ask for what the configuration says', {}, undefined, INSTALL],
    [
      "request no more than the Pod's own containers",
      { annotations: { 'buildless.dev/profile': 'XS' } },
      undefined,
      'cpu 50m.. memory 64Mi..1Gi',
    ],
    [
      'request what all containers request together at most',
      {
        annotations: { 'buildless.dev/profile': 'XS' },
        spec: { containers: [sidecar({ requests: { cpu: '30m', memory: '32Mi' } })] },
      },
      undefined,
      'cpu 80m.. memory 100663296..1Gi',
    ],
    [
      "keep a Pod's QoS class Guaranteed",
      { container: { resources: guaranteed } },
      undefined,
      'cpu 500m..500m memory 256Mi..256Mi',
    ],
    [
      'do not pretend Guaranteed where a sidecar is not',
      { container: { resources: guaranteed }, spec: { containers: [sidecar({})] } },
      undefined,
      INSTALL,
    ],
    [
      'fit into the resources of the Pod as a whole',
      {
        spec: { resources: { requests: { cpu: '50m', memory: '100Mi' }, limits: { memory: '512Mi' } }, containers: [] },
      },
      undefined,
      'cpu 50m.. memory 100Mi..512Mi',
    ],
    [
      'leave room for a native sidecar in the resources of the Pod as a whole',
      {
        spec: {
          resources: { requests: { cpu: '80m', memory: '100Mi' } },
          initContainers: [{ ...sidecar({ requests: { cpu: '50m', memory: '50Mi' } }), restartPolicy: 'Always' }],
          containers: [],
        },
      },
      undefined,
      'cpu 30m.. memory 52428800..1Gi',
    ],
    [
      "have the Function's own limits if a quota counts limits",
      {},
      quota('limits.cpu', 'limits.memory'),
      'cpu 100m..800m memory 128Mi..1Gi',
    ],
    [
      "never more than the Function's own limit if a quota counts limits",
      { annotations: { 'buildless.dev/profile': 'XS' } },
      quota('limits.cpu', 'limits.memory', 'requests.cpu'),
      'cpu 50m..150m memory 64Mi..256Mi',
    ],
    ['have no CPU limit if a quota counts requests only', {}, quota('cpu', 'requests.memory'), INSTALL],
    [
      'stay below the most that a LimitRange admits',
      {},
      range({ max: { cpu: '2', memory: '512Mi' } }),
      'cpu 100m..2 memory 128Mi..512Mi',
    ],
    [
      "are not throttled to a LimitRange's default",
      {},
      range({ default: { cpu: '50m' } }),
      'cpu 100m..800m memory 128Mi..1Gi',
    ],
    [
      'keep the ratio that a LimitRange demands',
      {},
      range({ maxLimitRequestRatio: { memory: '4' } }),
      'cpu 100m.. memory 128Mi..536870912',
    ],
    [
      'stay below what a LimitRange admits for a Pod',
      {},
      range({ max: { memory: '700Mi' } }, 'Pod'),
      'cpu 100m.. memory 128Mi..700Mi',
    ],
  ])('%s', async (_, given, limits, expected) => {
    expect(install(await inject(given, limits))).toBe(expected);
  });
});

describe('a quota that a container does not meet', () => {
  it('is told of when the template is applied', async () => {
    const { said } = await inject(
      { spec: { containers: [sidecar({ requests: { cpu: '10m' } })] } },
      quota('limits.cpu', 'requests.cpu', 'pods'),
    );
    expect(said).toEqual(['quota-unmet spec.containers[1].resources.limits.cpu']);
  });

  it('is met by what LimitRanger gives', async () => {
    const limits = mergeLimits([quota('limits.cpu'), range({ default: { cpu: '50m' } })]);
    expect((await inject({ spec: { containers: [sidecar({})] } }, limits)).said).toEqual([]);
  });
});

describe('the limits of a namespace', () => {
  it('are the narrowest of all its LimitRanges', () => {
    const limits = mergeLimits([range({ max: { cpu: '2' } }), range({ max: { cpu: '1500m' }, min: { cpu: '10m' } })]);
    expect(limits.container.cpu).toEqual({ max: '1500m', defaultLimit: '1500m', min: '10m' });
  });

  it('are the same while only the status of a quota changes', () => {
    const used = (cpu: string) =>
      parseLimits('ResourceQuota', 'team', { spec: { hard: { 'limits.cpu': '10' } }, status: { used: { cpu } } });
    expect(used('1').identity).toBe(used('2').identity);
    expect(used('1').identity).not.toBe(quota('limits.memory').identity);
  });

  it('ignore what is not a quantity', () => {
    expect(range({ max: { cpu: 'many', memory: null, 'ephemeral-storage': 3 } }).container).toEqual({
      'ephemeral-storage': { max: '3', defaultLimit: '3' },
    });
    expect(parseLimits('LimitRange', 'odd', { spec: { limits: 'none' } }).container).toEqual({});
    expect(parseLimits('ResourceQuota', 'odd', {}).quotas).toEqual({});
  });
});
