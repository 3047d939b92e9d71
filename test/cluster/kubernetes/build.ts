import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { goBuild } from '../../programs/go-build.ts';

const PROGRAM = path.join(import.meta.dirname, '../control-plane');
const BINARY = 'control-plane';
const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kubectl'];

/** Whether there is a Go that could build the control plane. */
export const hasGo = (): boolean => spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0;

/** The version of Kubernetes that go.mod asks for, e.g. `v1.34.4`. */
function kubernetesVersion(): string {
  const version = /^\s*(?:require )?k8s\.io\/kubernetes (v\S+)$/m.exec(
    readFileSync(path.join(PROGRAM, 'go.mod'), 'utf8'),
  )?.[1];
  if (version === undefined) throw new Error(`${PROGRAM}/go.mod requires no k8s.io/kubernetes`);
  return version;
}

/** Where a build of exactly these sources is kept: outside of the checkout, so that it outlives `git clean`. */
export function cachedFolder(): string {
  const hash = createHash('sha256');
  for (const file of ['main.go', 'go.mod', 'go.sum']) hash.update(readFileSync(path.join(PROGRAM, file))).update('\0');
  const cache = process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache');
  const key = `${kubernetesVersion()}-${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 12)}`;
  return path.join(cache, 'buildless', 'control-plane', key);
}

export const isBuilt = (folder: string): boolean => existsSync(path.join(folder, BINARY));

/** Builds the control plane into the folder, with a link for each of its programs. */
export const build = (folder: string): Promise<void> =>
  goBuild({
    module: PROGRAM,
    package: '.',
    linkerFlags: linkerFlags(),
    folder,
    name: BINARY,
    finish: (unfinished) => {
      for (const name of NAMES) symlinkSync(BINARY, path.join(unfinished, name));
    },
  });

/** What Kubernetes' own build stamps in; without it the API server calls itself v0.0.0. */
function linkerFlags(): string {
  const version = kubernetesVersion();
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const stamps = { gitVersion: version, gitMajor: major, gitMinor: minor };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const flags = packages.flatMap((name) => Object.entries(stamps).map(([key, value]) => `-X ${name}.${key}=${value}`));
  return ['-s', '-w', ...flags].join(' ');
}
