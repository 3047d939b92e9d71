import { readFileSync } from 'node:fs';
import path from 'node:path';
import { withFile } from '../../../folders/kustomization/add-file.ts';
import { pathOfKey } from '../../../function/files.ts';
import { LANGUAGES } from '../../../function/languages.ts';
import { isObject, type KubernetesObject } from '../../../kubernetes/object.ts';
import type { LockFailure } from '../../../lock/lock.ts';
import type { LockedSource } from '../../../lock/lock-source.ts';
import { inKibibytes, LARGEST_CONFIG_MAP, sizeOfConfigMap } from '../../../manifests/config-map-size.ts';
import { fileOfKey, type ManifestDocument } from '../../../manifests/documents.ts';
import {
  isJson,
  replaceParts,
  type EditedDocument,
  type Replacement,
  type Unwritable,
} from '../../../manifests/edit.ts';
import type { LocatedObject } from '../../../manifests/located-objects.ts';
import { writeYaml } from '../../../manifests/write.ts';
import type { LockedTarget } from './lock-targets.ts';
import { decodeManifest } from '../../../manifests/encoding.ts';
import type { Locked, LockedFile, NotLocked } from './outcome.ts';

/** Of all annotations together; `kubectl apply` keeps a copy of the object in one. */
const LARGEST_ANNOTATIONS = 256 * 1024;

/** Locks, and the ConfigMaps of the input that they belong into; also other files that have changed. */
export class ConfigMapLocks {
  readonly #locks = new Map<LocatedObject, LockedSource[]>();
  readonly #files = new Map<LocatedObject, Map<string, Uint8Array>>();

  /**
   * Takes a lock for the ConfigMap that has the old lock, else for the one that has the dependency file.
   *
   * @param parts ConfigMaps of the source
   * @returns why it cannot be taken
   */
  add({ target, lock }: LockedTarget, parts: readonly [LocatedObject, ...LocatedObject[]]): LockFailure | undefined {
    const holder = holderOf(parts, [lock.file, ...LANGUAGES.of(target.language).dependencyFiles]) ?? parts[0];
    const known = this.#locks.get(holder) ?? [];
    const other = known.find(({ file }) => file === lock.file);
    if (other === undefined) this.#locks.set(holder, [...known, lock]);
    return other === undefined || other.text === lock.text ? undefined : twoVersions(holder, lock.file);
  }

  /**
   * Takes the new content of a file that a ConfigMap of the source has.
   *
   * @returns why it cannot be taken
   */
  edit(
    file: string,
    content: Uint8Array,
    parts: readonly [LocatedObject, ...LocatedObject[]],
  ): LockFailure | undefined {
    const holder = holderOf(parts, [file]) ?? parts[0];
    const files = this.#files.get(holder) ?? new Map<string, Uint8Array>();
    const known = files.get(file);
    this.#files.set(holder, files.set(file, content));
    return known === undefined || Buffer.from(known).equals(content) ? undefined : twoVersions(holder, file);
  }

  /** The files of the input that have such ConfigMaps, with the locks in them. */
  writtenInto(documents: readonly ManifestDocument[]): readonly Locked[] {
    const replacements = new Map<ManifestDocument, Replacement[]>();
    const locks = new Map<string, LockedSource[]>();
    const failures: NotLocked[] = [];
    const besides: Locked[] = [];
    const kustomizations = new Map<string, LockedFile>();
    for (const object of new Set([...this.#locks.keys(), ...this.#files.keys()])) {
      const own = this.#locks.get(object) ?? [];
      const edited = this.#files.get(object) ?? new Map<string, Uint8Array>();
      if (object.document.origin !== undefined) {
        besides.push(...[...edited].map((file) => authoredFile(object, file)));
        besides.push(...own.map((lock) => lockBeside(object, lock, kustomizations)));
        continue;
      }
      const template = withLocks(withFiles(object.object, edited), own);
      const size = sizeOfConfigMap(template);
      if (size > LARGEST_CONFIG_MAP) {
        failures.push(tooLarge(object, size));
        continue;
      }
      const { document } = object;
      const advised = own.map((lock) => ({ ...lock, notes: [...lock.notes, ...adviceOn(size, object)] }));
      replacements.set(document, [...(replacements.get(document) ?? []), { path: object.path, template }]);
      locks.set(document.file, [...(locks.get(document.file) ?? []), ...advised]);
    }
    const files = [...locks].map(([file, own]) => {
      const before = documents.filter((document) => document.file === file);
      const edited = before.map((document) => edit(document, replacements.get(document) ?? []));
      const unwritable = edited.find((each) => 'unwritable' in each);
      if (unwritable !== undefined) return { where: file, wrongInput: true, ...unwritable.unwritable };
      const after = edited.filter((each) => 'text' in each);
      return { file, before: writeYaml(before), after: writeYaml(after), locks: own };
    });
    return [...files, ...besides, ...kustomizations.values(), ...failures];
  }
}

/** The first ConfigMap that has one of the files, the first file before the others. */
const holderOf = (parts: readonly LocatedObject[], files: readonly string[]): LocatedObject | undefined =>
  files.flatMap((file) => parts.find(({ object }) => hasFile(object, file)) ?? [])[0];

const hasFile = ({ data, binaryData }: KubernetesObject, file: string): boolean =>
  [data, binaryData].some((map) => isObject(map) && Object.keys(map).some((key) => pathOfKey(key) === file));

const twoVersions = ({ name }: LocatedObject, file: string): LockFailure => ({
  problem: `two sources share the ConfigMap ${name}, and each needs another ${file} in it`,
  fix: 'give each source a ConfigMap of its own for its dependencies',
});

const tooLarge = ({ document, name }: LocatedObject, size: number): NotLocked => ({
  where: `${document.file}: ConfigMap ${name}`,
  problem: `with its lock the ConfigMap has ${inKibibytes(size)}, and Kubernetes allows ${inKibibytes(LARGEST_CONFIG_MAP)}`,
  fix: 'need fewer packages, divide the source (buildless.dev/source: configmap:A+B), or move it into a Git repository',
});

function withFiles(configMap: KubernetesObject, files: ReadonlyMap<string, Uint8Array>): KubernetesObject {
  const entriesOf = (field: 'data' | 'binaryData'): Record<string, unknown> => {
    const entries = configMap[field];
    if (!isObject(entries)) return {};
    const edited = Object.entries(entries).map(([key, value]): [string, unknown] => {
      const content = files.get(pathOfKey(key) ?? '');
      return [key, content === undefined ? value : Buffer.from(content).toString(field === 'data' ? 'utf8' : 'base64')];
    });
    return { [field]: Object.fromEntries(edited) };
  };
  return { ...configMap, ...entriesOf('data'), ...entriesOf('binaryData') };
}

function withLocks(configMap: KubernetesObject, locks: readonly LockedSource[]): KubernetesObject {
  if (locks.length === 0) return configMap;
  const data = isObject(configMap.data) ? configMap.data : {};
  return { ...configMap, data: { ...data, ...Object.fromEntries(locks.map(({ file, text }) => [file, text])) } };
}

const adviceOn = (size: number, { name }: LocatedObject): readonly string[] =>
  size <= LARGEST_ANNOTATIONS
    ? []
    : [`the ConfigMap ${name} has ${inKibibytes(size)}: "kubectl apply" needs --server-side for it`];

/** JSON stays JSON; YAML keeps what surrounds the lock as it is. */
function edit(document: ManifestDocument, replacements: readonly Replacement[]): EditedDocument | Unwritable {
  const edited = replaceParts(document, replacements);
  if ('unwritable' in edited || edited.text === document.text || !isJson(document.text)) return edited;
  const indent = /^\{\r?\n([ \t]+)/.exec(document.text.trimStart())?.[1];
  return { ...edited, text: `${JSON.stringify(edited.object, null, indent)}\n` };
}

/** A file that a generated ConfigMap has comes from a file of the author. */
function authoredFile(
  { object, document, name }: LocatedObject,
  [file, content]: readonly [string, Uint8Array],
): Locked {
  const [field, key] = ['data', 'binaryData'].flatMap((map) => {
    const entries = object[map];
    const found = isObject(entries) ? Object.keys(entries).find((each) => pathOfKey(each) === file) : undefined;
    return found === undefined ? [] : [[map, found] as const];
  })[0] ?? ['data', file];
  const authored = fileOfKey(document, [field, key]);
  const entries = object[field];
  const before = isObject(entries) ? entries[key] : undefined;
  if (authored === undefined || typeof before !== 'string') {
    return {
      where: `${document.file}: ConfigMap ${name}`,
      wrongInput: true,
      problem: `${file} is not a file that the kustomization names`,
      fix: 'write it as a file, and name it in configMapGenerator',
    };
  }
  const decoded = field === 'data' ? before : Buffer.from(before, 'base64').toString('utf8');
  return { file: authored, before: decoded, after: Buffer.from(content).toString('utf8'), locks: [] };
}

/**
 * A generated ConfigMap gets its lock from a file: next to the list of dependencies, and named in the kustomization.
 *
 * @param kustomizations gets the kustomization, if it has to name the file
 */
function lockBeside(located: LocatedObject, lock: LockedSource, kustomizations: Map<string, LockedFile>): Locked {
  const { object, document, name } = located;
  const { origin } = document;
  const kept = origin?.files.get(lock.file);
  const beside = LANGUAGES.values()
    .flatMap(({ dependencyFiles }) => dependencyFiles)
    .flatMap((file) => origin?.files.get(file) ?? [])[0];
  const file = kept ?? (beside === undefined ? undefined : path.posix.join(path.posix.dirname(beside), lock.file));
  if (file === undefined) {
    return {
      where: `${document.file}: ConfigMap ${name}`,
      wrongInput: true,
      problem: 'its dependencies are not a file that the kustomization names',
      fix: 'run "buildless lock -f FOLDER" on the folder that has them',
    };
  }
  const value = isObject(object.data) ? object.data[lock.file] : undefined;
  const written = { file, before: typeof value === 'string' ? value : '', after: lock.text };
  if (kept !== undefined || beside === undefined) return { ...written, locks: [lock] };
  const naming = withName(located, beside, file, kustomizations.get(document.file));
  if (naming !== undefined) {
    kustomizations.set(document.file, naming);
    return { ...written, locks: [lock] };
  }
  const missing = `add ${lock.file} to the files of configMapGenerator "${name}": without it, the lock is not in the ConfigMap`;
  return { ...written, locks: [{ ...lock, notes: [...lock.notes, missing] }] };
}

/**
 * The kustomization with a new file in the list that has its neighbour.
 *
 * @param edited what has become of it already
 * @returns undefined if it must be written by hand
 */
function withName(
  { document, name }: LocatedObject,
  beside: string,
  file: string,
  edited: LockedFile | undefined,
): LockedFile | undefined {
  const folder = path.posix.dirname(document.file);
  const entryOf = (each: string): string => path.posix.relative(folder, each);
  const before = edited?.before ?? decodeManifest(readFileSync(document.file));
  if (before === undefined) return undefined;
  const added = { configMap: name, beside: entryOf(beside), entry: entryOf(file) };
  const after = withFile(edited?.after ?? before, added);
  const became = edited === undefined ? `names ${added.entry}` : `${edited.became ?? ''} and ${added.entry}`;
  return after === undefined ? undefined : { file: document.file, before, after, locks: [], became };
}
