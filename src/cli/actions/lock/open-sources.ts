/** The sources of the input, each with the place that its changed files go to. */
import path from 'node:path';
import { offlineContext } from '../../../admission/offline.ts';
import type { Configuration } from '../../../config/configuration.ts';
import { DEPENDENCIES } from '../../../dependencies/languages.ts';
import type { SourceFiles } from '../../../function/files.ts';
import { FUNCTION_LABEL } from '../../../function/keys.ts';
import { isFailure, type LockFailure } from '../../../lock/lock.ts';
import type { ManifestDocument } from '../../../manifests/documents.ts';
import { locateObjects } from '../../../manifests/located-objects.ts';
import { strayKeys } from '../../../manifests/stray-keys.ts';
import { formatPlace } from '../../../outcome/place.ts';
import { releaseRules } from '../../../release-rules/rules.ts';
import type { FileOptions } from '../../options/files.ts';
import { printFindings } from '../../terminal.ts';
import { exceptionsToday } from '../exceptions-today.ts';
import { describe } from '../input.ts';
import { rulesIn } from '../rules-in.ts';
import type { ChosenRuntime } from './chosen-runtime.ts';
import { ConfigMapLocks } from './config-map-locks.ts';
import type { LockedTarget } from './lock-targets.ts';
import { readLockInput } from './lock-input.ts';
import type { LockUser } from './lock-user.ts';
import { sourcesOf } from './manifest-sources.ts';
import type { Locked, NotLocked } from './outcome.ts';
import { targetsOf, type Target } from './targets.ts';
import type { SourceFolder } from '../source-folder.ts';

/** A source whose dependencies are locked, or move. */
export interface OpenSource {
  /** As messages name it, e.g. `shop.yaml: ConfigMap shop`. */
  readonly where: string;
  readonly name: string;
  readonly files: SourceFiles;
  readonly targets: readonly (Target | LockFailure)[];
  /** Whose Pods install by its locks. */
  readonly users: readonly LockUser[];
  /**
   * Takes files that have changed, and locks.
   *
   * @returns why they cannot be taken
   */
  readonly take: (files: SourceFiles, locks: readonly LockedTarget[]) => LockFailure | undefined;
}

export interface OpenSources {
  readonly configuration: Configuration;
  readonly sources: readonly OpenSource[];
  readonly failures: readonly NotLocked[];
  /** The files of the input that hold what the sources have taken. */
  readonly changed: () => readonly Locked[];
}

interface SourceOptions extends FileOptions {
  readonly namespace: string;
  readonly config?: string;
}

/** @returns undefined if the input is wrong, which is printed */
export async function openSources(options: SourceOptions): Promise<OpenSources | undefined> {
  const input = await readLockInput(options);
  if (input === undefined) return undefined;
  const { configuration, documents, runtime } = input;
  const folders = input.folders.map(({ folder, runtime: own }) => folderSource(folder, own, configuration));
  const inManifests = await manifestSources(documents, configuration, runtime, options.namespace);
  const sources = [...folders.map(({ source }) => source), ...inManifests.sources].map(withUnreadable);
  return {
    configuration,
    sources: sources.flatMap(({ source, failures }) => (failures.length > 0 ? [] : [source])),
    failures: [...inManifests.failures, ...sources.flatMap(({ failures }) => failures)],
    changed: () => [...folders.flatMap(({ changed }) => changed), ...inManifests.changed()],
  };
}

/** A source with what is wrong with its lists of dependencies, which no tool explains as well. */
function withUnreadable(source: OpenSource): { readonly source: OpenSource; readonly failures: readonly NotLocked[] } {
  const languages = source.targets.flatMap((target) => (isFailure(target) ? [] : [target.language]));
  const findings = languages.flatMap((language) => DEPENDENCIES.of(language).unreadable(source.files));
  return {
    source,
    failures: findings.map(({ problem, fix, ...place }) => ({
      problem,
      fix,
      where: `${source.where}: ${formatPlace(place)}`,
    })),
  };
}

function folderSource(
  { folder, files }: SourceFolder,
  runtime: ChosenRuntime,
  { dependencies }: Configuration,
): { readonly source: OpenSource; readonly changed: readonly Locked[] } {
  const changed: Locked[] = [];
  const textOf = (content: Uint8Array = new Uint8Array()): string => new TextDecoder().decode(content);
  const source: OpenSource = {
    where: folder === '' ? '.' : folder,
    name: path.basename(path.resolve(folder)),
    files,
    targets: targetsOf([], files, runtime),
    users: [{ namespace: '', name: undefined, rules: releaseRules(dependencies) }],
    take: (edited, locks) => {
      const written = [...edited].map(([file, content]) => ({ file, after: textOf(content), locks: [] }));
      const locked = locks.map(({ lock }) => ({ file: lock.file, after: lock.text, locks: [lock] }));
      changed.push(
        ...[...written, ...locked].map((each) => ({
          ...each,
          file: path.posix.join(folder, each.file),
          before: textOf(files.get(each.file)),
        })),
      );
      return undefined;
    },
  };
  return { source, changed };
}

async function manifestSources(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  runtime: ChosenRuntime,
  namespace: string,
): Promise<Omit<OpenSources, 'configuration'>> {
  for (const document of documents) printFindings('warning', strayKeys(document.object), describe(document));
  const context = offlineContext(documents, configuration, namespace, exceptionsToday(configuration));
  const objects = locateObjects(documents, namespace);
  const configMaps = new ConfigMapLocks();
  const failures: NotLocked[] = [];
  const sources: OpenSource[] = [];
  for (const { namespace: own, reference, users, labels } of sourcesOf(documents, objects, configuration, namespace)) {
    const source = await context.readSource(own, reference);
    const [first, ...others] = reference.names.flatMap((name) => objects.find('ConfigMap', own, name) ?? []);
    if (first === undefined) continue;
    const where = `${first.document.file}: ConfigMap ${reference.names.join('+')}`;
    if (source.type === 'invalid') {
      failures.push(...source.findings.map(({ problem, fix }) => ({ problem, fix, where, wrongInput: true })));
    }
    if (source.type !== 'files') continue;
    sources.push({
      where,
      name: first.name,
      files: source.files,
      targets: targetsOf(users, source.files, runtime),
      users: await Promise.all(
        labels.map(async (each) => ({
          namespace: own,
          name: each[FUNCTION_LABEL],
          rules: await rulesIn(own, each, context),
        })),
      ),
      take: (edited, locks) => {
        const refused = [
          ...[...edited].map(([file, content]) => configMaps.edit(file, content, [first, ...others])),
          ...locks.map((lock) => configMaps.add(lock, [first, ...others])),
        ];
        return refused.find((each) => each !== undefined);
      },
    });
  }
  return { sources, failures, changed: () => configMaps.writtenInto(documents) };
}
