import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePorts, startComponent, type Component } from '../../cluster/kubernetes/component.ts';
import { PLACE } from './place.ts';

const file = (name: string): string => path.join(PLACE.folder, name);

/**
 * How much CPU all Pods together have beside the tests that run on this machine at the same time, by the file of each version of
 * cgroups: eight times as much as any one process. With the same share, a dozen processes leave all Pods together a thirteenth.
 */
const SHARES: Readonly<Record<string, string>> = { 'cpu.shares': '8192', 'cpu.weight': '800' };

/** The kubelet needs its root cgroup to be there in every hierarchy. */
function makeCgroups(): void {
  const root = '/sys/fs/cgroup';
  const isVersion2 = existsSync(path.join(root, 'cgroup.controllers'));
  const hierarchies = isVersion2 ? [root] : readdirSync(root).map((name) => path.join(root, name));
  for (const hierarchy of hierarchies) {
    try {
      const cgroup = path.join(hierarchy, PLACE.cgroup);
      mkdirSync(cgroup, { recursive: true });
      for (const [name, share] of Object.entries(SHARES)) {
        if (existsSync(path.join(cgroup, name))) writeFileSync(path.join(cgroup, name), share);
      }
    } catch {
      // A link, or an empty mount of version 2 beside version 1.
    }
  }
}

const configuration = (port: number): object => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  containerRuntimeEndpoint: `unix://${PLACE.containerdSocket}`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${PLACE.cgroup}`,
  cgroupsPerQOS: true,
  enforceNodeAllocatable: [],
  failSwapOn: false,
  failCgroupV1: false,
  // With the gate on, kubelet 1.34 dies of a nil pointer in some of these set-ups.
  featureGates: { InPlacePodVerticalScaling: false, ImageVolume: true },
  // It would need file system quotas, so an emptyDir's sizeLimit is not enforced here.
  localStorageCapacityIsolation: false,
  evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
  imageGCHighThresholdPercent: 100,
  oomScoreAdj: 0,
  makeIPTablesUtilChains: false,
  podLogsDir: file('logs'),
  volumePluginDir: file('volume-plugins'),
  resolvConf: '/etc/resolv.conf',
  // There is no DNS of the cluster; names of the world are what Pods ask for.
  clusterDNS: [...readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^nameserver (\S+)$/gm)].map(
    ([, address]) => address,
  ),
  port,
  authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  registerNode: true,
  nodeStatusUpdateFrequency: '5s',
  // 20 Pods at once are not to wait for the client's own limits.
  kubeAPIQPS: 100,
  kubeAPIBurst: 200,
});

export async function startKubelet(program: string, kubeconfig: string): Promise<Component> {
  mkdirSync(PLACE.kubeletFolder, { recursive: true });
  makeCgroups();
  const [port = 0] = await freePorts(1);
  writeFileSync(file('kubelet.json'), JSON.stringify(configuration(port)));
  const args = {
    kubeconfig,
    config: file('kubelet.json'),
    'hostname-override': PLACE.nodeName,
    'root-dir': PLACE.kubeletFolder,
    'cert-dir': file('kubelet-certificates'),
    // The kubelet's moments of each container, to the microsecond; the API has seconds only.
    v: '3',
  };
  const flags = Object.entries(args).map(([key, value]) => `--${key}=${value}`);
  return startComponent('kubelet', program, flags, file('kubelet.log'));
}
