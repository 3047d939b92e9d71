import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../files/tree.ts';

/**
 * The folders below `--root`. Everything comes into being in one hidden folder and is renamed into place when it is
 * complete, so that a program killed anywhere leaves nothing behind that looks finished.
 */
export interface Workspace {
  /** Where the source is put together. */
  readonly source: string;
  /** Where the language's programs are. */
  readonly programs: string;
  /** Where Git works. */
  readonly clone: string;
  /** Shows the source, to be run or to be installed. */
  readonly publish: (as: 'function' | 'staging') => Promise<void>;
  /** Shows the programs, when all else is done. */
  readonly publishPrograms: () => Promise<void>;
  /** Where a staged source is, once it is published. */
  readonly staging: string;
  /** Empty folder beside it for an installer's own files. */
  readonly scratch: string;
  /** Shows a staged source, with its dependencies, as the Function. */
  readonly finish: () => Promise<void>;
}

const HIDDEN = '.preparing';

/** Where an installer keeps its temporary files; install.py has the same name. */
const INSTALLER_SCRATCH = '.installing';

/** Removes what an earlier run left, finished or not, and makes room for this one. */
export async function openWorkspace(root: string): Promise<Workspace> {
  const hidden = path.join(root, HIDDEN);
  for (const name of [HIDDEN, INSTALLER_SCRATCH]) await rm(path.join(root, name), { recursive: true, force: true });
  await mkdir(root, { recursive: true });
  await makeFolder(hidden);
  // Renamed before they are removed: a removal that is killed half-way leaves half a Function.
  for (const name of ['function', 'staging', 'runtime']) {
    const old = path.join(hidden, `old-${name}`);
    if (await moved(path.join(root, name), old)) await rm(old, { recursive: true, force: true });
  }
  const source = path.join(hidden, 'source');
  const programs = path.join(hidden, 'programs');
  return {
    source,
    programs,
    clone: path.join(hidden, 'clone'),
    staging: path.join(root, 'staging'),
    scratch: path.join(root, INSTALLER_SCRATCH),
    finish: async () => {
      await rename(path.join(root, 'staging'), path.join(root, 'function'));
    },
    publish: async (as) => {
      await rename(source, path.join(root, as));
    },
    publishPrograms: async () => {
      await rename(programs, path.join(root, 'runtime'));
      await rm(hidden, { recursive: true, force: true });
    },
  };
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
