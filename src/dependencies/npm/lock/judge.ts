import { findLock, isPinning, type LockProblem, readLock } from './read.ts';
import type { LockNode } from './node.ts';
import { scanLock } from './scan.ts';
import { isSound } from './sound.ts';
import { buildLockTree } from './tree.ts';
import { type LockedSource, walkLock, type WalkedLock } from './walk.ts';

/** Judges the lock that npm would follow; undefined where there is none. */
export function judgeLock(source: LockedSource): WalkedLock | LockProblem | undefined {
  const found = findLock(source.files);
  if (found === undefined) return undefined;
  const { file, content } = found;
  const table = scanLock(content);
  if (table !== undefined && isPinning(table.lockfileVersion) && isSound(table, source)) {
    return soundLock(file, content);
  }
  const lock = readLock(file, content);
  return 'problem' in lock ? lock : walkLock(lock, source);
}

/** A lock without faults is read as a whole only where somebody asks for more. */
function soundLock(file: string, content: Uint8Array): WalkedLock {
  let lock: ReturnType<typeof readLock> | undefined;
  let nodes: ReadonlyMap<string, LockNode> | undefined;
  const read = (): ReturnType<typeof readLock> => (lock ??= readLock(file, content));
  return {
    file,
    faults: [],
    get nodes() {
      const whole = read();
      return (nodes ??= 'problem' in whole ? new Map() : buildLockTree(whole.entries));
    },
    positionOf: (path, part) => {
      const whole = read();
      return 'problem' in whole ? whole : whole.positionOf(path, part);
    },
  };
}
