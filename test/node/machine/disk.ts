import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { PLACE } from './place.ts';

/** Bytes of the file behind the disk; it has holes, so that only what is written takes room. */
const SIZE = 40 * 1024 ** 3;

/**
 * Gives the node a disk of its own: ext4 with a journal, as nodes have it. Virtual machines for tests often have ext4 without one,
 * which looks at every inode that was deleted in the last minutes before it makes a file: 450 us for each file where Pods
 * with node_modules have just ended, against 30 us with a journal (docs/performance.md).
 *
 * @param say told where the machine cannot mount a file, and the node uses the disk that is there
 */
export function mountDisk(say: (line: string) => void): void {
  mkdirSync(PLACE.folder, { recursive: true });
  if (!existsSync('/dev/loop-control')) {
    say('no loop devices here: the node uses the disk of the machine');
    return;
  }
  writeFileSync(PLACE.disk, '');
  truncateSync(PLACE.disk, SIZE);
  try {
    run('mkfs.ext4', '-q', PLACE.disk);
    run('mount', '-o', 'loop', PLACE.disk, PLACE.folder);
  } catch (error) {
    rmSync(PLACE.disk);
    say(`the node uses the disk of the machine: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const run = (program: string, ...args: readonly string[]): string =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
