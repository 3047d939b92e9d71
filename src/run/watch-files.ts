import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { gitLockOf } from './git-lock.ts';

/** What is watched: a file, or a folder with what is in it. */
export interface Watched {
  readonly name: string;
  /** Whether its subfolders are watched as well. */
  readonly recursive: boolean;
}

/**
 * Events of the file system say when to look; modification times say what has changed. Network file systems and the mounts
 * of containers give no events: it looks once in a while without any.
 */
const LOOK_MILLISECONDS = 1000;
/** An editor may write in several steps, and a checkout writes many files: nothing has to happen for so long. */
const QUIET_MILLISECONDS = 25;
/** A file that is empty now is most likely being written. */
const QUIET_IF_EMPTY_MILLISECONDS = 250;
/** Something else writes all the time, such as a log. */
const LONGEST_MILLISECONDS = 3000;
/** Thousands of files that others made. */
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__']);
/** A folder with more is not somebody's Function. */
const MOST_ENTRIES = 20_000;

/** Sees that files change: one change for all that is written at a time. */
export class FileWatch {
  readonly #watched: readonly Watched[];
  /** Elsewhere: a kustomization may take files of other folders. */
  #included: readonly string[] = [];
  readonly #gitLock: string | undefined;
  readonly #watchers = new Map<string, FSWatcher>();
  #seen = '';
  /** Files have been included that the last look did not look at. */
  #unseen = false;
  #wake: (() => void) | undefined;
  #event = false;

  private constructor(watched: readonly Watched[], gitLock: string | undefined) {
    this.#watched = watched;
    this.#gitLock = gitLock;
  }

  /** From now on changes are seen. */
  static async open(watched: readonly Watched[]): Promise<FileWatch> {
    const opened = new FileWatch(watched, await gitLockOf(path.dirname(path.resolve(watched[0]?.name ?? '.', 'x'))));
    opened.#seen = await opened.#look();
    return opened;
  }

  /** @returns when something has changed since the last call, and is quiet; or when `stop` came */
  async untilChanged(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      let now = await this.#look();
      if (this.#unseen) this.#seen = now;
      this.#unseen = false;
      if (now !== this.#seen) {
        const began = performance.now();
        const mayChange = (): boolean => !stop.aborted && performance.now() - began < LONGEST_MILLISECONDS;
        while (mayChange()) {
          await pause(emptied(now, this.#seen) ? QUIET_IF_EMPTY_MILLISECONDS : QUIET_MILLISECONDS);
          const before = now;
          now = await this.#look();
          if (now === before && !(await this.#gitWorks())) break;
        }
        this.#seen = now;
        return;
      }
      await this.#untilEvent(stop);
    }
  }

  /** Watches these files as well, wherever they are; what they are now is known. */
  include(files: Iterable<string>): void {
    const inside = this.#watched.filter(({ recursive }) => recursive).map(({ name }) => path.resolve(name) + path.sep);
    const included = [...files].filter((file) => !inside.some((folder) => file.startsWith(folder)));
    if (included.join('\n') !== this.#included.join('\n')) this.#unseen = true;
    this.#included = included;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  /** A string that changes with any of the files. */
  async #look(): Promise<string> {
    this.#event = false;
    const seen: string[] = [];
    const folders = new Set<string>();
    for (const { name, recursive } of this.#watched) {
      folders.add(path.dirname(name));
      await lookAt(name, recursive, { seen, folders, top: true });
    }
    for (const name of this.#included) {
      folders.add(path.dirname(name));
      await lookAt(name, false, { seen, folders, top: true });
    }
    this.#follow(folders);
    return seen.join('\n');
  }

  #follow(folders: ReadonlySet<string>): void {
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.#watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, () => {
          this.#event = true;
          this.#wake?.();
        });
        // The folder is gone, or the system has no more watches: the next look tells.
        watcher.on('error', () => {
          watcher.close();
          this.#watchers.delete(folder);
        });
        this.#watchers.set(folder, watcher);
      } catch {
        // As above.
      }
    }
  }

  async #gitWorks(): Promise<boolean> {
    return this.#gitLock !== undefined && (await stat(this.#gitLock).catch(() => undefined)) !== undefined;
  }

  async #untilEvent(stop: AbortSignal): Promise<void> {
    if (this.#event) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        stop.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, LOOK_MILLISECONDS);
      stop.addEventListener('abort', done);
      this.#wake = done;
    });
  }
}

interface Look {
  readonly seen: string[];
  readonly folders: Set<string>;
  readonly top: boolean;
}

async function lookAt(name: string, recursive: boolean, look: Look): Promise<void> {
  const facts = await stat(name).catch(() => undefined);
  if (facts?.isDirectory() !== true) {
    const state = facts === undefined ? 'none' : `${facts.ino} ${facts.mtimeMs} ${facts.size || 'empty'}`;
    look.seen.push(`${name} ${state}`);
    return;
  }
  if (!look.top && !recursive) return;
  look.folders.add(name);
  for (const entry of (await readdir(name).catch(() => [])).sort()) {
    if (LEFT_OUT.has(entry) || look.seen.length >= MOST_ENTRIES) continue;
    await lookAt(path.join(name, entry), recursive, { ...look, top: false });
  }
}

/** Whether a file is empty that was not, or that did not exist. */
function emptied(now: string, before: string): boolean {
  const known = new Set(before.split('\n'));
  return now.split('\n').some((line) => line.endsWith(' empty') && !known.has(line));
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
