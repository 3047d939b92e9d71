import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PACKAGES = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  'apt-get': 'a Debian',
  buildah: 'buildah',
  debootstrap: 'debootstrap',
  git: 'git',
  ssh: 'openssh-client',
  busybox: 'busybox-static',
  '/usr/bin/python3': 'python3',
} as const;

/** Why this machine cannot be a node; undefined where it can. */
export function whyNoNode(): string | undefined {
  if (process.platform !== 'linux') return `a node needs Linux, and this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'a node needs root';
  const missing: string[] = Object.entries(PACKAGES)
    .filter(([program]) => spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status !== 0)
    .map(([, name]) => name);
  if (!existsSync('/usr/lib/cni/bridge') && !existsSync('/opt/cni/bin/bridge'))
    missing.push('containernetworking-plugins');
  if (missing.length === 0) return undefined;
  return `a node needs ${[...new Set(missing)].join(', ')}; on Debian: sudo .ci/packages`;
}
