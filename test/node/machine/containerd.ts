import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { startComponent, type Component } from '../../cluster/kubernetes/component.ts';
import { IMAGES } from './images.ts';
import { PLACE } from './place.ts';

const file = (name: string): string => path.join(PLACE.folder, name);

/** Where distributions put CNI's plugins. */
const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin'];

const configuration = (): string => `
version = 2
root = "${file('containerd/root')}"
state = "${file('containerd/state')}"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "${PLACE.containerdSocket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${IMAGES.pause}"
  # A root without CAP_SYS_RESOURCE may not lower the score; without this no sandbox starts there.
  restrict_oom_score_adj = true
  disable_apparmor = true
  # Below our folder, where they are found and removed.
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNI_FOLDERS.find((folder) => existsSync(folder)) ?? ''}"
    conf_dir = "${file('cni')}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`;

const NETWORK = {
  cniVersion: '1.0.0',
  name: PLACE.network,
  plugins: [
    {
      type: 'bridge',
      bridge: PLACE.bridge,
      isGateway: true,
      ipMasq: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: file('cni-addresses'),
        ranges: [[{ subnet: PLACE.subnet }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** Starts containerd with a configuration, a socket and folders of its own, and waits until it answers. */
export async function startContainerd(): Promise<Component> {
  mkdirSync(file('cni'), { recursive: true });
  writeFileSync(file('containerd.toml'), configuration());
  writeFileSync(file('cni/10-bridge.conflist'), JSON.stringify(NETWORK));
  // Started again where it ends, as an init system would.
  const forever = `while true; do containerd --config ${file('containerd.toml')}; sleep 0.2; done`;
  const component = startComponent('containerd', 'sh', ['-c', forever], file('containerd.log'));
  await component.until(answers);
  return component;
}

/** Whether somebody listens on its socket. */
export const answers = (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(PLACE.containerdSocket);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });

/** `ctr` in the namespace of Kubernetes. @returns what it printed */
export const ctr = (...args: readonly string[]): string =>
  execFileSync('ctr', ['--address', PLACE.containerdSocket, '--namespace', 'k8s.io', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
