import { tmpdir } from 'node:os';
import path from 'node:path';

/**
 * Where everything of the node is on this machine. The names are fixed, so that the next run finds and removes what a killed
 * one left; there is one node at a time.
 */
const folder = path.join(tmpdir(), 'buildless-node');

export const PLACE = {
  folder,
  /** The file behind the disk that is mounted at `folder`. */
  disk: `${folder}.ext4`,
  pidFile: path.join(folder, 'pid'),
  /** What `test/node/keep.ts` leaves for the tests: a NodeRecord. */
  recordFile: path.join(folder, 'node.json'),
  containerdSocket: path.join(folder, 'containerd.sock'),
  kubeletFolder: path.join(folder, 'kubelet'),
  /** Below each hierarchy of cgroups. */
  cgroup: 'buildless-node',
  bridge: 'buildless0',
  network: 'buildless-node',
  subnet: '10.199.0.0/24',
  nodeName: 'node1',
} as const;
