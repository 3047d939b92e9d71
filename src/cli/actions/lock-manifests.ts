import { sourceOf, type WantedSource } from '../../admission/judge-pod.ts';
import { languagesOf } from '../../admission/kinds/config-map.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { SourceFiles } from '../../function/files.ts';
import { FUNCTION_LABEL } from '../../function/keys.ts';
import { LANGUAGES, type Language } from '../../function/languages.ts';
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
import { isObject, labelsOf, type KubernetesObject } from '../../manifests/object.ts';
import { surroundingsOf } from '../../manifests/resources.ts';
import { findTemplates } from '../../manifests/templates.ts';
import { writeYaml } from '../../manifests/write.ts';
import type { LockOptions } from '../commands/lock.ts';
import { versionFor, type ChosenRuntime, type Locked } from './lock.ts';

/** Of all annotations together; `kubectl apply` keeps a copy of the object in one. */
const LARGEST_ANNOTATIONS = 256 * 1024;

/** Locks the sources that are ConfigMaps of the input, and writes the locks into them. */
export async function lockManifests(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  runtime: ChosenRuntime,
  options: LockOptions,
): Promise<readonly Locked[]> {
  const surroundings = surroundingsOf(documents, configuration, options.namespace);
  const users = usersOf(documents, configuration, options.namespace);
  const failures: Locked[] = [];
  const replacements = new Map<ManifestDocument, Replacement[]>();
  const locks = new Map<string, LockedSource[]>();
  for (const object of locateObjects(documents, options.namespace).all('ConfigMap')) {
    const wanted = users.get(`${object.namespace}/${object.name}`) ?? [];
    if (wanted.length === 0 && !(FUNCTION_LABEL in labelsOf(object.object))) continue;
    const where = `${object.document.file}: ConfigMap ${object.name}`;
    const source = await surroundings.readSource(object.namespace, { type: 'configmap', name: object.name });
    if (source.type === 'invalid') {
      failures.push(...source.findings.map(({ problem, fix }) => ({ problem, fix, where, wrongInput: true })));
    }
    if (source.type !== 'files') continue;
    const locked: LockedSource[] = [];
    for (const target of targetsOf(wanted, source.files, runtime)) {
      const result = isFailure(target)
        ? { ...target, wrongInput: true }
        : await lockSource(
            {
              name: object.name,
              files: source.files,
              platforms: options.platform,
              ...target,
              builds: target.builds || options.installScripts,
            },
            configuration.dependencies,
          );
      if (result === undefined) continue;
      if (isFailure(result)) failures.push({ ...result, where });
      else locked.push(result);
    }
    if (locked.length === 0) continue;
    const template = withLocks(object.object, locked);
    const size = sizeOfConfigMap(template);
    if (size > LARGEST_CONFIG_MAP) {
      failures.push({
        where,
        problem: `with its lock the ConfigMap has ${inKibibytes(size)}, and Kubernetes allows ${inKibibytes(LARGEST_CONFIG_MAP)}`,
        fix: 'need fewer packages, or move the source into a Git repository (buildless.dev/source)',
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

/** Functions by namespace and name of the ConfigMap that they are made of. */
function usersOf(
  documents: readonly ManifestDocument[],
  configuration: Configuration,
  defaultNamespace: string,
): ReadonlyMap<string, readonly WantedSource[]> {
  const users = new Map<string, WantedSource[]>();
  for (const template of documents.flatMap(({ object }) => findTemplates(object))) {
    const parsed = parsePod(template.template);
    const wanted = 'pod' in parsed ? sourceOf(parsed.pod, { configuration: () => configuration }) : undefined;
    if (wanted?.reference.type !== 'configmap') continue;
    const key = `${template.namespace ?? defaultNamespace}/${wanted.reference.name}`;
    users.set(key, [...(users.get(key) ?? []), wanted]);
  }
  return users;
}

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
        problem: `Functions of ${LANGUAGES[language].title} ${version ?? ''} and ${other} share it, and one lock is for one version`,
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
