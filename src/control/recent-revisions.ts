import type { ApiServer } from '../api-server/api-server.ts';
import { configMapOf, readConfigMap, sizeOfContent, type ReadConfigMap } from './config-maps.ts';
import type { KnownRevision } from './known-revision.ts';
import { RecentValues } from './recent-values.ts';

export interface RecentRevisionsOptions {
  readonly server: Pick<ApiServer, 'get'>;
  /** As the watch shows it. */
  readonly seen: (namespace: string, name: string) => Pick<KnownRevision, 'uid' | 'version'> | undefined;
}

/** Of the revisions of a few seconds: the report and the search for denied versions come soon after a rollout. */
const RECENT_BYTES = 16 * 1024 * 1024;

/** Reads ConfigMaps; those of revisions that were made or read just now are known, as long as the watch shows the same version. */
export class RecentRevisions {
  private readonly recent = new RecentValues<ReadConfigMap>(RECENT_BYTES);

  constructor(private readonly options: RecentRevisionsOptions) {}

  /** @returns undefined if it does not exist. @throws if the API server does not answer */
  async read(namespace: string, name: string, signal: AbortSignal): Promise<ReadConfigMap | undefined> {
    const seen = this.options.seen(namespace, name);
    const known = seen === undefined ? undefined : this.recent.get(keyOf(seen));
    if (known !== undefined) return known;
    const read = await readConfigMap(this.options.server, namespace, name, signal);
    if (seen !== undefined && read !== undefined) this.keep(read);
    return read;
  }

  /** @param object a revision, as the API server answered when it was made */
  made(object: unknown, name: string): void {
    if (typeof object === 'object' && object !== null) this.keep(configMapOf(object, name));
  }

  private keep(read: ReadConfigMap): void {
    this.recent.set(keyOf(read), read, sizeOfContent(read.content));
  }
}

/** No two states of an object have the same. */
const keyOf = ({ uid, version }: Pick<ReadConfigMap, 'uid' | 'version'>): string => `${uid}@${version}`;
