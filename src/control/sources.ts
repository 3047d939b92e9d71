import type { ApiServer } from '../api-server/api-server.ts';
import { sourceOfConfigMaps, type ConfigMapFiles } from '../function/config-maps.ts';
import type { ConfigMapData } from '../function/files.ts';
import type { ConfigMapReference } from '../function/source.ts';
import { formatFinding } from '../outcome/finding.ts';
import type { SourceState } from '../function/source-state.ts';
import { readConfigMap, sizeOfContent, sourceOf } from './config-maps.ts';
import type { KnownSource } from './decision.ts';
import type { GitSources } from './git-sources.ts';
import type { Holder } from './holder.ts';
import type { ReadSource, Unread } from './read-source.ts';
import { RecentValues } from './recent-values.ts';
import { referenceOf } from './reference.ts';
import type { View } from './view.ts';

/** What is remembered of a ConfigMap: never its content. */
interface KnownPart {
  /** The version that was followed when it was read, and the one that came. */
  readonly seen: string;
  readonly version: string;
  readonly digest: string;
  readonly refresh: number;
  readonly problems: readonly string[];
}

interface Content {
  readonly source: ConfigMapFiles;
  readonly content: ConfigMapData;
}

/** Content that was read just now: several workloads of one source, and the judgement and the snapshot of one. */
const RECENT_BYTES = 32 * 1024 * 1024;

/** Reads sources: their state when it may have changed, and their content when it is rolled out. */
export class Sources {
  private readonly parts = new Map<string, KnownPart>();
  private readonly recent = new RecentValues<Content>(RECENT_BYTES);

  constructor(
    private readonly options: { readonly server: ApiServer; readonly view: View; readonly git: GitSources | undefined },
  ) {}

  /**
   * @param again called when more is known
   * @throws if the API server does not answer
   */
  async known(holder: Holder, again: () => void, signal: AbortSignal): Promise<KnownSource> {
    const reference = referenceOf(holder);
    switch (reference?.type) {
      case 'configmap':
        return this.knownConfigMaps(holder.namespace, reference, signal);
      case 'git':
        return this.options.git?.known(holder, reference, again) ?? { type: 'unknown' };
      case 'image':
      case undefined:
        return { type: 'unknown' };
    }
  }

  /** The content of a state that was known. */
  async read(holder: Holder, state: SourceState, again: () => void, signal: AbortSignal): Promise<ReadSource | Unread> {
    const reference = referenceOf(holder);
    if (state.code.type === 'commit') {
      if (reference?.type !== 'git' || this.options.git === undefined) return { type: 'later' };
      const read = this.options.git.read(holder, reference, state.code.commit, again);
      return read.type === 'files' ? { ...read, state, parts: [] } : read;
    }
    const contents: Content[] = [];
    for (const { name, digest } of state.code.parts) {
      const content = await this.content(holder.namespace, name, signal);
      if (content?.source.digest !== digest) return { type: 'later' };
      contents.push(content);
    }
    const source = sourceOfConfigMaps(contents.map((each) => each.source));
    switch (source.type) {
      case 'files':
        return {
          type: 'files',
          state,
          files: source.files,
          digest: source.digest,
          parts: contents.map(({ content, source: { name, digest } }) => ({ name, digest, content })),
        };
      case 'invalid':
        return source;
      case 'missing':
      case 'opaque':
      case 'revision-missing':
      case 'unreachable':
        return { type: 'later' };
    }
  }

  /** The ConfigMap as it is now, if it is a source; for a revision that is missing. */
  async content(namespace: string, name: string, signal: AbortSignal): Promise<Content | undefined> {
    const seen = this.options.view.configMaps.get(namespace, name);
    if (seen === undefined) return undefined;
    const known = this.partNow(namespace, name);
    const recent = known === undefined ? undefined : this.recent.get(`${namespace}/${name}@${known.version}`);
    return recent ?? this.fetch(namespace, name, seen.version, signal);
  }

  /** A ConfigMap that was read just now, if it has not changed since; without a request. */
  recentNow(namespace: string, name: string): ConfigMapFiles | undefined {
    const known = this.partNow(namespace, name);
    return known === undefined ? undefined : this.recent.get(`${namespace}/${name}@${known.version}`)?.source;
  }

  /** Digests of the ConfigMaps of a source as it is now, without a request. @returns undefined if they are not known */
  digestsNow(namespace: string, { names }: ConfigMapReference): readonly string[] | undefined {
    const digests = names.flatMap((name) => {
      const known = this.partNow(namespace, name);
      return known?.problems.length === 0 ? known.digest : [];
    });
    return digests.length === names.length ? digests : undefined;
  }

  forget(namespace: string, name: string): void {
    this.parts.delete(`${namespace}/${name}`);
  }

  /** What is known of a ConfigMap, unless the watch has brought another version since. */
  private partNow(namespace: string, name: string): KnownPart | undefined {
    const seen = this.options.view.configMaps.get(namespace, name);
    const known = this.parts.get(`${namespace}/${name}`);
    return seen !== undefined && (known?.seen === seen.version || known?.version === seen.version) ? known : undefined;
  }

  private async knownConfigMaps(
    namespace: string,
    { names }: ConfigMapReference,
    signal: AbortSignal,
  ): Promise<KnownSource> {
    const parts: KnownPart[] = [];
    let since = -Infinity;
    for (const name of names) {
      const key = `${namespace}/${name}`;
      const missing: KnownSource = {
        type: 'missing',
        what: `the ConfigMap ${name} does not exist`,
        fix: 'create it, and it is rolled out',
      };
      const seen = this.options.view.configMaps.get(namespace, name);
      if (seen === undefined) {
        this.forget(namespace, name);
        return missing;
      }
      let known = this.partNow(namespace, name);
      if (known === undefined) {
        await this.fetch(namespace, name, seen.version, signal);
        known = this.parts.get(key);
      }
      if (known === undefined) return missing;
      parts.push(known);
      since = Math.max(since, seen.since);
    }
    const problems = parts.flatMap((part) => part.problems);
    if (problems.length > 0) return { type: 'invalid', problems };
    return {
      type: 'known',
      state: {
        code: { type: 'files', parts: parts.map(({ digest }, index) => ({ name: names[index] ?? '', digest })) },
        refresh: parts.reduce((sum, { refresh }) => sum + refresh, 0),
      },
      milliseconds: performance.now() - since,
    };
  }

  private async fetch(
    namespace: string,
    name: string,
    seen: string,
    signal: AbortSignal,
  ): Promise<Content | undefined> {
    const key = `${namespace}/${name}`;
    const read = await readConfigMap(this.options.server, namespace, name, signal);
    if (read === undefined) {
      this.parts.delete(key);
      return undefined;
    }
    const source = sourceOf(read);
    const { version } = read;
    switch (source.type) {
      case 'files': {
        this.parts.set(key, { seen, version, digest: source.digest, refresh: source.refresh, problems: [] });
        const content = { source, content: read.content };
        this.recent.set(`${key}@${version}`, content, sizeOfContent(read.content));
        return content;
      }
      case 'invalid': {
        const problems = source.findings.map(formatFinding);
        this.parts.set(key, { seen, version, digest: '', refresh: 0, problems });
        return undefined;
      }
      case 'missing':
      case 'unreachable':
        return undefined;
    }
  }
}
