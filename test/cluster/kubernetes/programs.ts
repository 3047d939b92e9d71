import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, cachedFolder, hasGo, isBuilt } from './build.ts';

/** Kubernetes' programs on this machine. */
export interface Programs {
  readonly etcd: string;
  readonly apiServer: string;
  readonly kubectl: string;
  /** envtest's archives have none: then no controller makes Pods, and nobody makes ServiceAccounts. */
  readonly controllerManager: string | undefined;
  /** For the one line that a run begins with. */
  readonly origin: string;
}

/**
 * Finds Kubernetes' programs: in KUBEBUILDER_ASSETS, by the convention of controller-runtime's envtest, else a build of
 * test/cluster/control-plane, which is made where it is not there yet.
 *
 * @returns a reason where this machine has neither
 */
export async function findPrograms(say: (line: string) => void): Promise<Programs | { readonly reason: string }> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets !== undefined && assets !== '') return programsIn(assets, `KUBEBUILDER_ASSETS=${assets}`);
  const folder = cachedFolder();
  if (!isBuilt(folder)) {
    if (!hasGo()) {
      return {
        reason:
          'no Kubernetes to test on: install Go, or set KUBEBUILDER_ASSETS or BUILDLESS_TEST_KUBECONFIG (CONTRIBUTING.md)',
      };
    }
    say(`building Kubernetes once into ${folder}; with a cold cache of Go this takes about 10 minutes`);
    const started = performance.now();
    await build(folder);
    say(`built in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return programsIn(folder, folder);
}

function programsIn(folder: string, origin: string): Programs {
  const program = (name: string): string => path.join(folder, name);
  for (const name of ['etcd', 'kube-apiserver', 'kubectl']) {
    if (!existsSync(program(name))) throw new Error(`there is no ${name} in ${folder}`);
  }
  const controllerManager = program('kube-controller-manager');
  return {
    etcd: program('etcd'),
    apiServer: program('kube-apiserver'),
    kubectl: program('kubectl'),
    controllerManager: existsSync(controllerManager) ? controllerManager : undefined,
    origin,
  };
}
