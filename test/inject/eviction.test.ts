import { describe, expect, it } from 'vitest';
import { functionPod, injected } from './function-of.ts';

const ANNOTATION = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

const valueFor = async (given?: string): Promise<string | undefined> => {
  const { pod } = await injected(functionPod(given === undefined ? {} : { annotations: { [ANNOTATION]: given } }));
  return pod.metadata?.annotations?.[ANNOTATION];
};

describe('a node with Functions can be drained by the cluster autoscaler', () => {
  it('as our emptyDirs hold nothing that is lost', async () => {
    const { pod } = await injected(functionPod());
    const emptyDirs = (pod.spec?.volumes ?? []).filter(({ emptyDir }) => emptyDir !== undefined);
    expect(pod.metadata?.annotations?.[ANNOTATION]).toBe(emptyDirs.map(({ name }) => name).join(','));
  });

  it("and the author's own list goes on", async () => {
    expect(await valueFor('scratch,logs')).toMatch(/^scratch,logs,buildless-app,buildless-tmp/);
    expect(await valueFor('buildless-tmp, scratch')).toMatch(/^buildless-tmp, scratch,buildless-app/);
    expect(await valueFor('')).toMatch(/^buildless-app,buildless-tmp/);
  });
});
