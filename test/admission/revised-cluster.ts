import { createOfflineJudge } from '../../src/admission/judgement.ts';
import type { NotStored, Revisions } from '../../src/admission/revisions.ts';
import type { ReviewContext } from '../../src/admission/review-context.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import { DEFAULT_CONFIGURATION } from '../../src/config/defaults.ts';
import { sourceOfConfigMaps, type ConfigMapSource } from '../../src/function/config-maps.ts';
import { digestOf, filesOfConfigMap, type SourceFiles } from '../../src/function/files.ts';
import { NAMESPACE_ENABLED, NAMESPACE_LABEL } from '../../src/function/keys.ts';
import { revisionName } from '../../src/function/revision-name.ts';
import { revisionObject, type RevisionObject } from '../../src/revision/snapshot.ts';
import { contentOf, type StoredLock } from '../../src/revision/stored-lock.ts';
import { storedFiles, storedLock, type StoredObject } from '../../src/revision/stored.ts';

/** Keys of a ConfigMap and texts. */
export type Texts = Readonly<Record<string, string>>;

const filesOf = (name: string, texts: Texts): SourceFiles => {
  const read = filesOfConfigMap(name, { data: texts });
  if ('findings' in read) throw new Error(`${name} is not a source`);
  return read.files;
};

/** What a revision of a ConfigMap is called. */
export const revisionOf = (name: string, texts: Texts): string => revisionName(name, digestOf(filesOf(name, texts)));

/** One namespace of a cluster with a controller, all of it in memory; a test changes what it likes. */
export class RevisedCluster {
  /** Sources, by name. */
  readonly configMaps = new Map<string, Texts>();
  readonly refreshes = new Map<string, number>();
  /** Revisions, by name. */
  readonly stored = new Map<string, Pick<RevisionObject, 'metadata' | 'immutable' | 'data' | 'binaryData'>>();
  configuration: Configuration = DEFAULT_CONFIGURATION;
  labels: Readonly<Record<string, string>> = {};
  /** Whether somebody holds the Lease. */
  followed = true;
  /** Whether the API server answers. */
  reachable = true;
  /** What was asked. */
  readonly asked: string[] = [];

  /** @returns its name */
  storeFiles(name: string, texts: Texts): string {
    const digest = digestOf(filesOf(name, texts));
    return this.#store(revisionName(name, digest), 'files', digest, { data: texts });
  }

  storeLock(name: string, lock: StoredLock): string {
    return this.#store(name, 'lock', `sha256:${'0'.repeat(64)}`, contentOf(lock) ?? {});
  }

  #store(
    name: string,
    holds: 'files' | 'lock',
    digest: string,
    content: Parameters<typeof revisionObject>[0]['content'],
  ): string {
    this.stored.set(name, revisionObject({ namespace: 'default', name, holds, digest, owners: [], content }));
    return name;
  }

  get context(): ReviewContext {
    return {
      configuration: () => this.configuration,
      namespaceLabels: () => Promise.resolve({ [NAMESPACE_LABEL]: NAMESPACE_ENABLED, ...this.labels }),
      readSource: (_, reference) => {
        if (reference.type !== 'configmap') return Promise.resolve({ type: 'opaque' });
        return Promise.resolve(sourceOfConfigMaps(reference.names.map((name) => this.#read(name))));
      },
      revisions: this.#revisions(),
      judge: createOfflineJudge(),
    };
  }

  #read(name: string): ConfigMapSource {
    this.asked.push(`source ${name}`);
    if (!this.reachable) return { type: 'unreachable', reason: 'no answer in 2 s' };
    const texts = this.configMaps.get(name);
    if (texts === undefined) return { type: 'missing', name };
    const read = filesOfConfigMap(name, { data: texts });
    if ('findings' in read) return { type: 'invalid', findings: read.findings };
    const { files } = read;
    return {
      type: 'files',
      name,
      files,
      digest: digestOf(files),
      labelled: true,
      refresh: this.refreshes.get(name) ?? 0,
    };
  }

  #revisions(): Revisions {
    const read = <Wanted>(
      what: string,
      name: string,
      parse: (name: string, object: StoredObject) => Wanted | NotStored,
    ): Promise<Wanted | NotStored> => {
      this.asked.push(`${what} ${name}`);
      if (!this.reachable) return Promise.resolve({ type: 'unreachable', reason: 'no answer in 2 s' });
      const object = this.stored.get(name);
      if (object === undefined) return Promise.resolve({ type: 'missing' });
      const { metadata, immutable, data = {}, binaryData = {} } = object;
      return Promise.resolve(parse(name, { labels: metadata.labels, immutable, data, binaryData }));
    };
    return {
      isFollowed: () => this.followed,
      files: (_, name) => read('files', name, storedFiles),
      lock: (_, name) => read('lock', name, storedLock),
    };
  }
}
