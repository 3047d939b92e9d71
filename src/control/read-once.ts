import type { ConfigMapSource } from '../function/config-maps.ts';
import { sourceOf, type ReadConfigMap } from './config-maps.ts';
import type { RecentRevisions } from './recent-revisions.ts';
import type { Sources } from './sources.ts';

export interface ReadOnceOptions {
  readonly recent: Pick<RecentRevisions, 'read'>;
  /** Which have read a source just now, if it has changed. */
  readonly sources: Pick<Sources, 'recentNow'>;
}

/** Reads ConfigMaps for one piece of work: each once, however many ask for it. */
export class ReadOnce {
  private readonly known = new Map<string, Promise<ReadConfigMap | undefined>>();

  constructor(
    private readonly options: ReadOnceOptions,
    private readonly signal: AbortSignal,
  ) {}

  /** @returns undefined if it does not exist. @throws if the API server does not answer */
  object(namespace: string, name: string): Promise<ReadConfigMap | undefined> {
    const key = `${namespace}/${name}`;
    const reading = this.known.get(key) ?? this.options.recent.read(namespace, name, this.signal);
    this.known.set(key, reading);
    return reading;
  }

  /** As a source, or a part of one; returns and throws as `object`. */
  async source(namespace: string, name: string): Promise<ConfigMapSource | undefined> {
    const recent = this.options.sources.recentNow(namespace, name);
    if (recent !== undefined) return recent;
    const found = await this.object(namespace, name);
    return found === undefined ? undefined : sourceOf(found);
  }
}
