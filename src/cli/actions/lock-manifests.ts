import { sourceOf, type WantedSource } from '../../admission/judge-pod.ts';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { SourceFiles } from '../../function/files.ts';
import { pathOfKey } from '../../function/files.ts';
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { LANGUAGES, type Language } from '../../function/languages.ts';
import { formatSource, type ConfigMapReference } from '../../function/source.ts';
import { parsePod } from '../../function/pod-shape.ts';
import { isFailure, type LockFailure } from '../../lock/lock.ts';
import { lockSource, type LockedSource } from '../../lock/lock-source.ts';
import { inKibibytes, LARGEST_CONFIG_MAP, sizeOfConfigMap } from '../../manifests/config-map-size.ts';
import type { ManifestDocument } from '../../manifests/documents.ts';
import {
  isJson,
  replaceTemplates,
  type EditedDocument,
  type Replacement,
  type Unwritable,
} from '../../manifests/edit.ts';
import { locateObjects, type LocatedObject } from '../../manifests/located-objects.ts';
import { isObject, labelsOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { surroundingsOf } from '../../admission/offline.ts';
import { strayKeys } from '../../manifests/stray-keys.ts';
import { findTemplates } from '../../manifests/templates.ts';
import { writeYaml } from '../../manifests/write.ts';
import { printFindings } from '../terminal.ts';
import { describe } from './input.ts';
import { versionFor, type ChosenRuntime } from './chosen-runtime.ts';
import type { Locked } from './locked.ts';
import type { LockOptions } from '../options/lock.ts';

/** Of all annotations together; `kubectl apply` keeps a copy of the object in one. */
const LARGEST_ANNOTATIONS = 256 * 1024;

/** Locks the sources that are ConfigMaps of the input, and writes the locks into them. */
export async function lockManifests(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  runtime: ChosenRuntime,
  options: LockOptions,
): Promise<readonly Locked[]> {
  for (const document of documents) printFindings('warning', strayKeys(document.object), describe(document));
  const surroundings = surroundingsOf(documents, configuration, options.namespace);
  const objects = locateObjects(documents, options.namespace);
  const failures: Locked[] = [];
  const locksOf = new Map<LocatedObject, LockedSource[]>();
  for (const { namespace, reference, users } of sourcesOf(documents, objects, configuration, options.namespace)) {
    const source = await surroundings.readSource(namespace, reference);
    const parts = reference.names.flatMap((name) => objects.find('ConfigMap', namespace, name) ?? []);
    const [first] = parts;
    if (first === undefined) continue;
    const where = `${first.document.file}: ConfigMap ${reference.names.join('+')}`;
    if (source.type === 'invalid') {
      failures.push(...source.findings.map(({ problem, fix }) => ({ problem, fix, where, wrongInput: true })));
    }
    if (source.type !== 'files') continue;
    for (const target of targetsOf(users, source.files, runtime)) {
      if (isFailure(target)) {
        failures.push({ ...target, wrongInput: true, where });
        continue;
      }
      const builds = target.builds || options.installScripts;
      const result = await lockSource(
        {
          name: first.name,
          files: source.files,
          platforms: options.platform,
          ...target,
          builds,
          fresh: options.refresh,
        },
        configuration.dependencies,
      );
      if (result === undefined) continue;
      if (isFailure(result)) {
        failures.push({ ...result, where });
        continue;
      }
      const holder = holderOf(parts, [result.file, ...LANGUAGES.of(target.language).dependencyFiles]) ?? first;
      const known = locksOf.get(holder) ?? [];
      const other = known.find(({ file }) => file === result.file);
      if (other === undefined) locksOf.set(holder, [...known, result]);
      else if (other.text !== result.text) failures.push({ ...twoLocks(holder, result), where });
    }
  }
  const replacements = new Map<ManifestDocument, Replacement[]>();
  const locks = new Map<string, LockedSource[]>();
  for (const [object, locked] of locksOf) {
    const template = withLocks(object.object, locked);
    const size = sizeOfConfigMap(template);
    if (size > LARGEST_CONFIG_MAP) {
      failures.push({
        where: `${object.document.file}: ConfigMap ${object.name}`,
        problem: `with its lock the ConfigMap has ${inKibibytes(size)}, and Kubernetes allows ${inKibibytes(LARGEST_CONFIG_MAP)}`,
        fix: 'need fewer packages, divide the source (buildless.dev/source: configmap:A+B), or move it into a Git repository',
      });
      continue;
    }
    const { document } = object;
    replacements.set(document, [...(replacements.get(document) ?? []), { path: object.path, template }]);
    locks.set(document.file, [
      ...(locks.get(document.file) ?? []),
      ...locked.map((lock) => ({ ...lock, notes: [...lock.notes, ...adviceOn(size, object)] })),
    ]);
  }
  const files = [...locks].map(([file, lockedHere]) => {
    const own = documents.filter((document) => document.file === file);
    const edited = own.map((document) => edit(document, replacements.get(document) ?? []));
    const unwritable = edited.find((each) => 'unwritable' in each);
    if (unwritable !== undefined) return { where: file, wrongInput: true, ...unwritable.unwritable };
    const written = edited.filter((each) => 'text' in each);
    return { file, before: writeYaml(own), after: writeYaml(written), locks: lockedHere };
  });
  return [...files, ...failures];
}

/** What is locked as one: the ConfigMaps of one reference, and the Functions that are made of them. */
interface LockableSource {
  readonly namespace: string;
  readonly reference: ConfigMapReference;
  readonly users: readonly WantedSource[];
}

/** Every source of the input's Functions, and each labelled ConfigMap that no Function of the input names, in the input's order. */
function sourcesOf(
  documents: readonly ManifestDocument[],
  objects: ReturnType<typeof locateObjects>,
  configuration: Configuration,
  defaultNamespace: string,
): readonly LockableSource[] {
  const sources = new Map<string, LockableSource>();
  const named = new Set<string>();
  for (const template of documents.flatMap(({ object }) => findTemplates(object))) {
    const parsed = parsePod(template.template);
    const wanted = 'pod' in parsed ? sourceOf(parsed.pod, { configuration: () => configuration }) : undefined;
    if (wanted?.reference.type !== 'configmap') continue;
    const { reference } = wanted;
    const namespace = template.namespace ?? defaultNamespace;
    const key = `${namespace}/${formatSource(reference)}`;
    sources.set(key, { namespace, reference, users: [...(sources.get(key)?.users ?? []), wanted] });
    for (const name of reference.names) named.add(`${namespace}/${name}`);
  }
  const alone = objects.all('ConfigMap').flatMap(({ namespace, name, object }): readonly LockableSource[] => {
    if (named.has(`${namespace}/${name}`) || !(FUNCTION_LABEL in labelsOf(object))) return [];
    return [{ namespace, reference: { type: 'configmap', names: [name] }, users: [] }];
  });
  const order = new Map(objects.all('ConfigMap').map(({ namespace, name }, index) => [`${namespace}/${name}`, index]));
  const placeOf = ({ namespace, reference: { names } }: LockableSource): number =>
    Math.min(...names.map((name) => order.get(`${namespace}/${name}`) ?? Infinity));
  return [...sources.values(), ...alone].sort((one, other) => placeOf(one) - placeOf(other));
}

/** The first ConfigMap that has one of the files, the first file before the others. */
const holderOf = (parts: readonly LocatedObject[], files: readonly string[]): LocatedObject | undefined =>
  files.flatMap((file) => parts.find(({ object }) => hasFile(object, file)) ?? [])[0];

const hasFile = ({ data, binaryData }: KubernetesObject, file: string): boolean =>
  [data, binaryData].some((map) => isObject(map) && Object.keys(map).some((key) => pathOfKey(key) === file));

const twoLocks = ({ name }: LocatedObject, { file }: LockedSource): LockFailure => ({
  problem: `two sources share the ConfigMap ${name}, and each needs another ${file} in it`,
  fix: 'give each source a ConfigMap of its own for its dependencies',
});

interface Target {
  readonly language: Language;
  readonly version: string;
  readonly builds: boolean;
}

/** What a ConfigMap is to be locked for: each language once. */
function targetsOf(
  users: readonly WantedSource[],
  files: SourceFiles,
  runtime: ChosenRuntime,
): readonly (Target | LockFailure)[] {
  const languages = users.length === 0 ? languagesOf(files) : [...new Set(users.map(({ language }) => language))];
  return languages.map((language) => {
    const own = users.filter((user) => user.language === language);
    const builds = own.some(({ installScripts }) => installScripts);
    const [version, other] = [...new Set(own.map((user) => user.version))];
    if (language === 'python' && other !== undefined) {
      return {
        problem: `Functions of ${LANGUAGES.of(language).title} ${version ?? ''} and ${other} share it, and one lock is for one version`,
        fix: 'give each a ConfigMap of its own, or one runtime to both',
      };
    }
    const known = version ?? versionFor(language, runtime);
    return typeof known === 'string' ? { language, version: known, builds } : known;
  });
}

function withLocks(configMap: KubernetesObject, locks: readonly LockedSource[]): KubernetesObject {
  const data = isObject(configMap.data) ? configMap.data : {};
  return { ...configMap, data: { ...data, ...Object.fromEntries(locks.map(({ file, text }) => [file, text])) } };
}

const adviceOn = (size: number, { name }: LocatedObject): readonly string[] =>
  size <= LARGEST_ANNOTATIONS
    ? []
    : [`the ConfigMap ${name} has ${inKibibytes(size)}: "kubectl apply" needs --server-side for it`];

/** JSON stays JSON; YAML keeps what surrounds the lock as it is. */
function edit(document: ManifestDocument, replacements: readonly Replacement[]): EditedDocument | Unwritable {
  const edited = replaceTemplates(document, replacements);
  if ('unwritable' in edited || edited.text === document.text || !isJson(document.text)) return edited;
  const indent = /^\{\r?\n([ \t]+)/.exec(document.text.trimStart())?.[1];
  return { ...edited, text: `${JSON.stringify(edited.object, null, indent)}\n` };
}
