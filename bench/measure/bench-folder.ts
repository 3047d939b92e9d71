import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mountDisk, removeDisk } from '../../test/node/machine/disk.ts';
import { progress } from './report.ts';

/** A folder for what a benchmark installs, on a disk like a node's where this user may mount one. */
export function makeBenchFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'buildless-bench-'));
  const disk = `${folder}.ext4`;
  mountDisk(disk, folder, progress);
  return {
    folder,
    remove: () => {
      removeDisk(disk, folder);
    },
  };
}
