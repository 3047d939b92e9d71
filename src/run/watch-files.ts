import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** Between two looks: an edit is noticed at once for a person, and an idle run costs nothing. */
const INTERVAL_MILLISECONDS = 250;

/**
 * Looks at files, and the files of folders, again and again until one of them changes. It asks for modification times
 * instead of events: editors replace files, and network file systems and containers' mounts give no events.
 *
 * @param seen what `fingerprint` gave before
 * @returns when something is other than it was and has been quiet for a moment; or when `stop` came
 */
export async function untilChanged(names: readonly string[], seen: string, stop: AbortSignal): Promise<void> {
  let last = seen;
  while (!stop.aborted) {
    await pause(stop);
    const now = await fingerprint(names);
    // An editor may write in several steps.
    if (now !== seen && now === last) return;
    last = now;
  }
}

/** A text that changes with any of the files. */
export async function fingerprint(names: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const name of names) {
    const entries = await readdir(name).catch(() => []);
    for (const file of [name, ...entries.sort().map((entry) => path.join(name, entry))]) {
      const facts = await stat(file).catch(() => undefined);
      if (facts?.isDirectory() === true) continue;
      parts.push(`${file} ${facts === undefined ? 'none' : `${facts.ino} ${facts.size} ${facts.mtimeMs}`}`);
    }
  }
  return parts.join('\n');
}

async function pause(stop: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, INTERVAL_MILLISECONDS);
    stop.addEventListener('abort', done);
  });
}
