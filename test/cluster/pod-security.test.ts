import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ApiException, type CoreV1Api, type V1Pod } from '@kubernetes/client-node';
import { describe, expect } from 'vitest';
import { ANNOTATIONS, FUNCTION_LABEL } from '../../src/function/keys.ts';
import { given, it } from './given.ts';
import { installWebhook, RESTRICTED } from './installed.ts';
import { coreApi, createNamespace, kubectlOk } from './kubectl.ts';
import { source } from './functions.ts';
import { fixtures, testdata } from '../pod-security-fixtures.ts';

/** Of the Kubernetes that these tests run on. */
const MODULE = 'k8s.io/pod-security-admission@v0.34.4';
const NEWEST = 'v1.34';
const PINNED = 'registry.k8s.io/pause:3.10.1';

/** The same Pod as a Function. */
function asFunction({ metadata, spec, ...rest }: V1Pod): V1Pod {
  return {
    ...rest,
    metadata: {
      // Pod Security never gets to see that they are no names.
      name: (metadata?.name ?? '').replaceAll('_', '-'),
      labels: { ...metadata?.labels, [FUNCTION_LABEL]: 'hello' },
      annotations: { ...metadata?.annotations, [ANNOTATIONS.runtime]: 'nodejs22' },
    },
    ...(spec !== undefined && {
      // Their image has no tag, which the dependency policy refuses.
      spec: { ...spec, containers: spec.containers.map((container) => ({ ...container, image: PINNED })) },
    }),
  };
}

/** `admitted`, or what the API server answered. */
async function create(api: CoreV1Api, namespace: string, body: V1Pod): Promise<string> {
  try {
    await api.createNamespacedPod({ namespace, body, dryRun: 'All' });
    return 'admitted';
  } catch (error) {
    return error instanceof ApiException ? String(error.body) : String(error);
  }
}

describe("the Pods of Pod Security's own tests, as Functions where restricted is enforced", () => {
  given(() => installWebhook());
  const prepared = async (): Promise<string> => {
    const namespace = await createNamespace(RESTRICTED);
    await kubectlOk(['create', '-n', namespace, '-f', '-'], source('hello'));
    return namespace;
  };

  it('that fail are each repaired and admitted, or refused by us with a reason', async (context) => {
    const root = testdata(MODULE);
    if (root === undefined) return context.skip('the fixtures come from the Go module proxy, and there is no Go');
    const versions = readdirSync(path.join(root, 'restricted'));
    const failing = [
      ...fixtures(root, 'baseline', versions, 'fail'),
      ...fixtures(root, 'restricted', versions, 'fail'),
    ];
    const namespace = await prepared();
    const api = coreApi();
    const ends: Record<'repaired' | 'refused' | 'otherwise', string[]> = { repaired: [], refused: [], otherwise: [] };
    for (const { name, pod } of failing) {
      const answer = await create(api, namespace, asFunction(pod));
      if (answer === 'admitted') ends.repaired.push(name);
      else if (answer.includes('buildless.dev') && answer.includes('is refused')) ends.refused.push(name);
      else ends.otherwise.push(`${name}: ${answer}`);
    }
    console.log(`Pod Security's failing Pods: ${ends.repaired.length} repaired, ${ends.refused.length} refused`);
    expect(ends.otherwise).toEqual([]);
    expect(ends.repaired.length).toBeGreaterThan(0);
    expect(ends.refused.length).toBeGreaterThan(50);
  });

  it('that pass are admitted, but for those that ask for Windows nodes', async (context) => {
    const root = testdata(MODULE);
    if (root === undefined) return context.skip('the fixtures come from the Go module proxy, and there is no Go');
    const passing = fixtures(root, 'restricted', [NEWEST], 'pass');
    const namespace = await prepared();
    const api = coreApi();
    const refused: string[] = [];
    for (const { name, pod } of passing) {
      const answer = await create(api, namespace, asFunction(pod));
      if (pod.spec?.os?.name === 'windows') expect(answer).toContain('[unsupported-os]');
      else if (answer !== 'admitted') refused.push(`${name}: ${answer}`);
    }
    expect(refused).toEqual([]);
    expect(passing.length).toBeGreaterThan(5);
  });
});
