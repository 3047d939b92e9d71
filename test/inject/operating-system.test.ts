import type { V1PodSpec } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { functionPod, injected } from './function-of.ts';

const required = (...expressions: readonly (readonly [string, string, string[]])[]): Partial<V1PodSpec> => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: expressions.map(([key, operator, values]) => ({
          matchExpressions: [{ key, operator, values }],
        })),
      },
    },
  },
});
const OS = 'kubernetes.io/os';

describe('a Function that is to run on nodes of another operating system', () => {
  it.each<[string, Partial<V1PodSpec>, string]>([
    ['by spec.os', { os: { name: 'windows' } }, 'spec.os.name'],
    ['by a node selector', { nodeSelector: { [OS]: 'windows' } }, `spec.nodeSelector[${OS}]`],
    [
      'by the older label',
      { nodeSelector: { 'beta.kubernetes.io/os': 'windows' } },
      'spec.nodeSelector[beta.kubernetes.io/os]',
    ],
    [
      'by an affinity',
      required([OS, 'In', ['windows']]),
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    ],
    [
      'by an affinity against linux',
      required([OS, 'NotIn', ['linux']]),
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution',
    ],
  ])('%s is refused', async (_, spec, field) => {
    const { said } = await injected(functionPod({ spec: { ...spec, containers: [] } }));
    expect(said).toEqual([`unsupported-os ${field}`]);
  });

  it.each<[string, Partial<V1PodSpec>]>([
    ['linux by a node selector', { nodeSelector: { [OS]: 'linux' } }],
    ['one of two terms that linux satisfies', required([OS, 'In', ['windows']], ['disk', 'In', ['ssd']])],
    ['several systems with linux among them', required([OS, 'In', ['windows', 'linux']])],
  ])('%s is admitted', async (_, spec) => {
    expect((await injected(functionPod({ spec: { ...spec, containers: [] } }))).said).toEqual([]);
  });
});
