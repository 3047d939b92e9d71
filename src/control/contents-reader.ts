/** Reads what a revision, or the source of a workload without one, contains. */
import { sourceOfConfigMaps, type ConfigMapSource } from '../function/config-maps.ts';
import { digestOf, type SourceFiles } from '../function/files.ts';
import type { Stamp } from '../function/stamp.ts';
import { filesOfLockAlone } from '../revision/lock-alone.ts';
import { withLock } from '../revision/stored-lock.ts';
import { storedLockOf } from './config-maps.ts';
import type { Holder } from './holder.ts';
import type { ReadOnce } from './read-once.ts';
import { referenceOf } from './reference.ts';
import type { View } from './view.ts';

export interface ContentsReader {
  /** Stands for the content. */
  readonly key: string;
  /** @returns undefined if it does not exist */
  readonly read: (read: ReadOnce) => Promise<{ readonly files: SourceFiles; readonly digest: string } | undefined>;
}

/** @returns undefined for what nobody but the Pod sees: a commit with its own lock, an image */
export function contentsReader(view: View, workload: Holder, stamp: Stamp | undefined): ContentsReader | undefined {
  const { namespace } = workload;
  const reference = referenceOf(workload);
  const names = stamp === undefined ? [] : stamp.code.type === 'files' ? stamp.code.names : [];
  const live = stamp === undefined && reference?.type === 'configmap' ? reference.names : [];
  const lock = stamp?.lock;
  if (names.length === 0 && live.length === 0 && lock === undefined) return undefined;
  const versions = live.map((name) => `${name}@${view.configMaps.get(namespace, name)?.version ?? ''}`);
  return {
    key: [...names, ...versions, lock ?? ''].join('+'),
    read: async (read) => {
      const files = await filesOf([...names, ...live], read);
      const found = lock === undefined ? undefined : await read.object(namespace, lock);
      const stored = found === undefined ? undefined : storedLockOf(found);
      if (files === undefined) {
        if (stored?.kind !== 'lock') return undefined;
        const alone = filesOfLockAlone(stored);
        return { files: alone, digest: digestOf(alone) };
      }
      const whole = stored === undefined ? files : withLock(files, stored);
      return { files: whole, digest: digestOf(whole) };
    },
  };

  async function filesOf(parts: readonly string[], read: ReadOnce): Promise<SourceFiles | undefined> {
    if (parts.length === 0) return undefined;
    const sources: ConfigMapSource[] = [];
    for (const name of parts) {
      const found = await read.source(namespace, name);
      if (found === undefined) return undefined;
      sources.push(found);
    }
    const source = sourceOfConfigMaps(sources);
    return source.type === 'files' ? source.files : undefined;
  }
}
