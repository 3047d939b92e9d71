import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PLACE } from './place.ts';

/** Removes whatever a node leaves on the machine, also one that was killed: processes, mounts, network, cgroups, files. */
export async function sweep(): Promise<void> {
  await killProcesses();
  unmountAll();
  removeNetwork();
  removeCgroups();
  removeLogLinks();
  rmSync(PLACE.folder, { recursive: true, force: true, maxRetries: 5 });
  rmSync(PLACE.disk, { force: true });
}

/** Ours are those that name our folder (containerd, what starts it again, its shims, the kubelet), and those in our cgroups. */
async function killProcesses(): Promise<void> {
  for (let round = 0; round < 50; round += 1) {
    const found = [...processesNaming(`${PLACE.folder}/`), ...processesInCgroups()];
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    await delay(100);
  }
}

function processesNaming(text: string): readonly number[] {
  const programs = /^(containerd|containerd-shim-runc-v2|kubelet|kube-scheduler|runc|sh)$/;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      const [program = '', ...args] = fileText(`/proc/${pid}/cmdline`).split('\0');
      return programs.test(path.basename(program)) && args.some((arg) => arg.includes(text));
    })
    .map(Number);
}

/** A process may be gone by the time that it is looked at. */
function fileText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Our folders in all hierarchies: one for each controller in version 1, a single one in version 2. */
function cgroupFolders(): readonly string[] {
  const root = '/sys/fs/cgroup';
  if (!existsSync(root)) return [];
  const hierarchies = [root, ...readdirSync(root).map((name) => path.join(root, name))];
  return [...new Set(hierarchies.map((folder) => path.join(folder, PLACE.cgroup)))].filter((folder) =>
    existsSync(folder),
  );
}

/** All cgroups below a folder, the innermost first. */
function cgroupsBelow(folder: string): readonly string[] {
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap((entry) => cgroupsBelow(path.join(folder, entry.name))), folder];
}

const processesInCgroups = (): readonly number[] =>
  cgroupFolders()
    .flatMap(cgroupsBelow)
    .flatMap((folder) => fileText(path.join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number));

function removeCgroups(): void {
  for (const folder of cgroupFolders().flatMap(cgroupsBelow)) {
    try {
      rmdirSync(folder);
    } catch {
      // Some process is still dying in it; the next run finds it.
    }
  }
}

function unmountAll(): void {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => `${point}/`.startsWith(`${PLACE.folder}/`));
  for (const point of points.reverse()) spawnSync('umount', ['--lazy', point.replaceAll('\\040', ' ')]);
}

/** The bridge with its addresses, and the rules by which CNI's bridge plugin masquerades; they carry the network's name. */
function removeNetwork(): void {
  spawnSync('ip', ['link', 'delete', PLACE.bridge]);
  const rules = spawnSync('iptables-save', ['-t', 'nat'], { encoding: 'utf8' }).stdout;
  const ours = rules.split('\n').filter((line) => line.startsWith('-A') && line.includes(PLACE.network));
  const chains = new Set(ours.map((line) => / (CNI-[0-9a-f]+)/.exec(line)?.[1]).filter((chain) => chain !== undefined));
  for (const line of ours.filter((rule) => !rule.startsWith('-A CNI-'))) {
    execFileSync('sh', ['-c', `iptables -t nat ${line.replace(/^-A/, '-D')}`]);
  }
  for (const chain of chains) {
    spawnSync('iptables', ['-t', 'nat', '-F', chain]);
    spawnSync('iptables', ['-t', 'nat', '-X', chain]);
  }
  // What CNI remembers of each attachment.
  const results = '/var/lib/cni/results';
  if (!existsSync(results)) return;
  for (const name of readdirSync(results).filter((result) => result.startsWith(`${PLACE.network}-`))) {
    rmSync(path.join(results, name));
  }
}

/** The kubelet links its Pods' logs from /var/log/containers, wherever they are. */
function removeLogLinks(): void {
  const folder = '/var/log/containers';
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const file = path.join(folder, name);
    if (lstatSync(file).isSymbolicLink() && readlinkSync(file).startsWith(`${PLACE.folder}/`)) rmSync(file);
  }
}
