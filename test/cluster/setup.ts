import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { startControlPlane } from './kubernetes/control-plane.ts';
import { findPrograms } from './kubernetes/programs.ts';

/** The cluster that the tests run on. */
export interface TestCluster {
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** Whether Deployments make Pods here. */
  readonly controllers: boolean;
  /** Whether it is thrown away after the run, so that nobody need clean up. */
  readonly disposable: boolean;
  /** The API server's audit log, where it is ours. */
  readonly auditLog: string | undefined;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** A cluster, or why there is none. */
    cluster: TestCluster | { readonly reason: string };
  }
}

const say = (line: string): void => {
  console.log(`cluster: ${line}`);
};

/** vitest's global set-up of the cluster tests: one control plane for all of them. */
export default async function setUpCluster(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const kubeconfig = process.env.BUILDLESS_TEST_KUBECONFIG;
  if (kubeconfig !== undefined && kubeconfig !== '') {
    if (spawnSync('kubectl', ['version', '--client'], { stdio: 'ignore' }).status !== 0) {
      throw new Error('BUILDLESS_TEST_KUBECONFIG is set, and there is no kubectl on the PATH');
    }
    say(`BUILDLESS_TEST_KUBECONFIG=${kubeconfig}`);
    project.provide('cluster', {
      kubeconfig,
      kubectl: 'kubectl',
      controllers: true,
      disposable: false,
      auditLog: undefined,
    });
    return undefined;
  }
  const programs = await findPrograms(say);
  if ('reason' in programs) {
    project.provide('cluster', programs);
    return undefined;
  }
  const started = performance.now();
  const controlPlane = await startControlPlane(programs);
  say(`Kubernetes from ${programs.origin} ready after ${((performance.now() - started) / 1000).toFixed(1)} s`);
  project.provide('cluster', {
    kubeconfig: controlPlane.kubeconfig,
    kubectl: programs.kubectl,
    controllers: programs.controllerManager !== undefined,
    disposable: true,
    auditLog: controlPlane.auditLog,
  });
  return () => controlPlane.stop();
}
