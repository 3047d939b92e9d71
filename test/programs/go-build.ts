import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { setPriority } from 'node:os';
import path from 'node:path';

export interface GoBuild {
  /** Folder of the go.mod. */
  readonly module: string;
  /** Package to build. */
  readonly package: string;
  readonly linkerFlags: string;
  /** Folder that comes into being with the program in it, or not at all. */
  readonly folder: string;
  /** File name of the program. */
  readonly name: string;
  /** Adds to the folder before it is in its place. */
  readonly finish?: (unfinished: string) => void;
}

/**
 * Builds a program in Go. Minutes with a cold build cache of Go, seconds with a warm one.
 *
 * @throws where `go build` fails; its own output is on the terminal then
 */
export async function goBuild({ module, package: target, linkerFlags, folder, name, finish }: GoBuild): Promise<void> {
  mkdirSync(path.dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    const args = ['build', '-trimpath', `-ldflags=${linkerFlags}`, '-o', path.join(unfinished, name), target];
    const child = spawn('go', args, {
      cwd: module,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    // Both cores for ten minutes, on a machine where somebody works.
    if (child.pid !== undefined) setPriority(child.pid, 10);
    const status = await ended;
    if (status !== 0) throw new Error(`go build of ${target} ended with ${status ?? 'a signal'} in ${module}`);
    finish?.(unfinished);
    // Another run may have been as far first: then its result is as good.
    if (!existsSync(path.join(folder, name))) renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
