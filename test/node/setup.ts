import type { TestProject } from 'vitest/node';
import { findPrograms } from '../cluster/kubernetes/programs.ts';
import setUpCluster from '../cluster/setup.ts';
import { hostAddress, keptNode, startNode } from './machine/node.ts';
import { whyNoNode } from './machine/requirements.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `cluster` is one. */
    node: {
      /** Where Pods reach this machine. */
      readonly address: string;
      /** Whether its containerd is at hand, to be disturbed, and its files. */
      readonly ours: boolean;
    };
  }
}

const say = (line: string): void => {
  console.log(`node: ${line}`);
};

/** vitest's global set-up of the tests on running Pods: one Kubernetes with one node for all of them. */
export default async function setUpNode(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if ((process.env.BUILDLESS_TEST_KUBECONFIG ?? '') !== '') {
    project.provide('node', { address: process.env.BUILDLESS_TEST_ADDRESS ?? hostAddress(), ours: false });
    return setUpCluster(project);
  }
  const reason = whyNoNode();
  const programs = reason === undefined ? await findPrograms(say) : { reason };
  if ('reason' in programs || programs.controllerManager === undefined) {
    project.provide('cluster', 'reason' in programs ? programs : { reason: `${programs.origin} has no controllers` });
    say('reason' in programs ? programs.reason : 'no controllers');
    return undefined;
  }
  const kept = await keptNode(say);
  const started = performance.now();
  const node = kept === undefined ? await startNode(programs, say) : { record: kept, stop: () => Promise.resolve() };
  say(`node ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const { record } = node;
  project.provide('node', { address: record.address, ours: true });
  project.provide('cluster', {
    kubeconfig: record.kubeconfig,
    kubectl: programs.kubectl,
    controllers: true,
    disposable: true,
    auditLog: record.auditLog,
  });
  return () => node.stop();
}
