import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';

/** Bytes of the file behind a disk; it has holes, so that only what is written takes room. */
const SIZE = 40 * 1024 ** 3;

/**
 * Mounts a disk at a folder: ext4 with a journal, as nodes have it. ext4 without one
 * looks at every inode that was deleted in the last minutes before it makes a file: 450 us for each file where Pods
 * with node_modules have just ended, against 30 us with a journal (docs/performance.md).
 *
 * @param file is made, and holds the disk
 * @param say told why the folder stays on the disk of the machine, where a file cannot be mounted
 */
export function mountDisk(file: string, folder: string, say: (line: string) => void): void {
  mkdirSync(folder, { recursive: true });
  if (!existsSync('/dev/loop-control')) {
    say(`no loop devices here: ${folder} is on the disk of the machine`);
    return;
  }
  writeFileSync(file, '');
  truncateSync(file, SIZE);
  try {
    run('mkfs.ext4', '-q', file);
    run('mount', '-o', 'loop', file, folder);
  } catch (error) {
    rmSync(file);
    say(`${folder} is on the disk of the machine: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Takes it away again, with what is on it. */
export function removeDisk(file: string, folder: string): void {
  if (existsSync(file)) run('umount', '--lazy', folder);
  rmSync(file, { force: true });
  rmSync(folder, { recursive: true, force: true });
}

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
