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

const KEEPER = { name: 'test-keeps-parameters' };
const keeper = (kind: string, spec: object): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: KEEPER,
  spec,
});

/**
 * Once the last policy that reads a ConfigMap is deleted, the API server never follows ConfigMaps for policies again
 * (k8s.io/apiserver v0.34, pkg/admission/plugin/policy/generic/policy_source.go: it ends an informer that a factory starts only
 * once). Test files install and remove ours, so this one, which matches nothing, stays.
 */
function keepParameters(kubectl: string, kubeconfig: string): void {
  const nothing = {
    apiGroups: ['buildless.test'],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['nothing'],
  };
  const policy = keeper('ValidatingAdmissionPolicy', {
    paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
    matchConstraints: { resourceRules: [nothing] },
    validations: [{ expression: 'true' }],
  });
  const binding = keeper('ValidatingAdmissionPolicyBinding', {
    policyName: KEEPER.name,
    paramRef: { name: KEEPER.name, namespace: 'default', parameterNotFoundAction: 'Allow' },
    validationActions: ['Deny'],
  });
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [policy, binding] });
  const { status, stderr } = spawnSync(kubectl, ['--kubeconfig', kubeconfig, 'create', '-f', '-'], {
    input,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

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
  keepParameters(programs.kubectl, controlPlane.kubeconfig);
  return () => controlPlane.stop();
}
