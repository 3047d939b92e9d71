/** A kustomization as the objects that it makes. */
import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { groupOf, isList, isObject, kindOf, nameOf, type KubernetesObject } from '../../kubernetes/object.ts';
import { inKibibytes, LARGEST_CONFIG_MAP } from '../../manifests/config-map-size.ts';
import { parseManifests, type ManifestDocument, type Origin } from '../../manifests/documents.ts';
import { decodeManifest } from '../../manifests/encoding.ts';
import { replaceParts } from '../../manifests/edit.ts';
import type { Problem } from '../../outcome/problem.ts';
import { KUSTOMIZATION_FILES } from '../classify.ts';
import { textOf } from '../config-maps.ts';
import { GeneratedDocument } from '../generated.ts';
import { codeOf, fileIn } from '../paths.ts';
import { generatedConfigMap } from './generate.ts';
import { kubectlKustomize } from './kubectl.ts';
import { parseKustomization, type ConfigMapGenerator, type Kustomization } from './parse.ts';

interface Findings {
  readonly findings: readonly Problem[];
}

/** Kinds with a namespace, into which kustomize writes it without regard to anything else. */
const NAMESPACED: readonly (readonly [group: string, kind: string])[] = [
  ['', 'ConfigMap'],
  ['', 'Pod'],
  ['', 'Secret'],
  ['', 'Service'],
  ['apps', 'DaemonSet'],
  ['apps', 'Deployment'],
  ['apps', 'StatefulSet'],
  ['batch', 'CronJob'],
  ['batch', 'Job'],
];

/** @param folder as the command line names it */
export async function readKustomization(
  folder: string,
): Promise<{ readonly documents: readonly ManifestDocument[] } | Findings> {
  const names = KUSTOMIZATION_FILES.filter((name) =>
    statSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile(),
  );
  const [name = '', other] = names;
  const file = fileIn(folder, name);
  if (other !== undefined)
    return {
      findings: [{ file: folder, problem: `the folder has ${name} and ${other}`, fix: 'remove one of the two' }],
    };
  const text = textOf(readFileSync(path.join(folder, name)));
  if (text === undefined)
    return { findings: [{ file, problem: 'the file is not valid UTF-8', fix: 'save it as UTF-8' }] };
  const kustomization = parseKustomization(text, file);
  if ('findings' in kustomization) return kustomization;
  const own = kustomization.beyond ?? evaluate(kustomization, folder, file);
  return typeof own === 'string' ? await byKubectl(kustomization, folder, file, own) : own;
}

/** @returns what is beyond it, if only the files show that */
function evaluate(
  { namespace, resources, generators }: Kustomization,
  folder: string,
  file: string,
): { readonly documents: readonly ManifestDocument[] } | Findings | string {
  const findings: Problem[] = [];
  const authored: ManifestDocument[] = [];
  for (const resource of resources) {
    const content = contentOf(folder, resource);
    if (content === 'elsewhere') return `the resource "${resource}"`;
    if ('problem' in content) findings.push({ file: fileIn(folder, resource), ...content });
    else {
      const parsed = parseManifests(decodeManifest(content.bytes) ?? '', fileIn(folder, resource));
      if ('findings' in parsed) findings.push(...parsed.findings);
      else authored.push(...parsed.documents);
    }
  }
  const generated: { readonly object: KubernetesObject; readonly origin: Origin }[] = [];
  for (const generator of generators) {
    const contents = new Map<string, Uint8Array>();
    for (const entry of generator.files) {
      const content = contentOf(folder, entry.file);
      if (content === 'elsewhere') return `the file "${entry.file}"`;
      if ('problem' in content) findings.push({ file: fileIn(folder, entry.file), ...content });
      else contents.set(entry.file, content.bytes);
    }
    const origin = { file, files: originsOf(generator, folder) };
    generated.push({ object: generatedConfigMap(generator, contents, namespace), origin });
  }
  if (findings.length > 0) return { findings };
  const beyond = beyondOf(
    [...authored, ...generated].map(({ object }) => object),
    namespace,
  );
  if (beyond !== undefined) return beyond;
  return {
    documents: [
      ...generated.map(({ object, origin }, index) => new GeneratedDocument(object, index + 1, origin)),
      ...authored.map((document) => (namespace === undefined ? document : inNamespace(document, namespace))),
    ],
  };
}

const originsOf = ({ files }: ConfigMapGenerator, folder: string): ReadonlyMap<string, string> =>
  new Map(files.map(({ key, file }) => [key, fileIn(folder, file)]));

/** A plain file of the folder; what lies outside of it, behind a link or at an address is for kustomize to decide. */
function contentOf(
  folder: string,
  file: string,
): { readonly bytes: Uint8Array } | { readonly problem: string; readonly fix: string } | 'elsewhere' {
  if (file.includes('://') || path.isAbsolute(file) || file.split('/').includes('..')) return 'elsewhere';
  const where = path.join(folder, file);
  try {
    const real = realpathSync(where);
    if (real !== path.join(realpathSync(folder), path.normalize(file))) return 'elsewhere';
    const facts = lstatSync(real);
    if (facts.isDirectory()) return 'elsewhere';
    if (!facts.isFile()) return { problem: 'it is not a plain file', fix: 'name a file' };
    if (facts.size > LARGEST_CONFIG_MAP) {
      const size = `the file has ${inKibibytes(facts.size)}`;
      const limit = inKibibytes(LARGEST_CONFIG_MAP);
      return { problem: `${size}, and a ConfigMap may have ${limit}`, fix: 'take it out of the kustomization' };
    }
    return { bytes: readFileSync(real) };
  } catch (error) {
    const code = codeOf(error);
    // `github.com/org/repo` is an address without a scheme.
    if (code === 'ENOENT' && /^[^/]*\.[a-z]+\/|\?ref=/.test(file)) return 'elsewhere';
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? {
          problem: 'the kustomization names this file, and it does not exist',
          fix: 'create it, or take it out of the kustomization',
        }
      : { problem: `it cannot be read (${code})`, fix: 'name a file that may be read' };
  }
}

/** Objects that kustomize changes or refuses. */
function beyondOf(objects: readonly KubernetesObject[], namespace: string | undefined): string | undefined {
  const seen = new Set<string>();
  for (const object of objects) {
    const [group, kind, name] = [groupOf(object), kindOf(object), nameOf(object)];
    if (isList(object)) return `a ${kind}`;
    const known = NAMESPACED.some(([eachGroup, eachKind]) => group === eachGroup && kind === eachKind);
    if (namespace !== undefined && !known) return `a namespace for ${kind} ${name}`;
    const id = `${group}/${kind}/${name}`;
    if (name === '' || name.endsWith('*') || seen.has(id)) return `two objects ${kind} ${name}`;
    seen.add(id);
  }
  return undefined;
}

/** The document with its namespace written into it; places stay those of the author's text. */
function inNamespace(document: ManifestDocument, namespace: string): ManifestDocument {
  const metadata = isObject(document.object.metadata) ? document.object.metadata : {};
  const edited = replaceParts(document, [{ path: ['metadata'], template: { ...metadata, namespace } }]);
  const origin = { file: document.file, files: new Map<string, string>(), document };
  const object = 'object' in edited ? edited.object : { ...document.object, metadata: { ...metadata, namespace } };
  return new GeneratedDocument(object, document.index, origin, 'text' in edited ? edited.text : undefined);
}

async function byKubectl(
  { generators }: Kustomization,
  folder: string,
  file: string,
  because: string,
): Promise<{ readonly documents: readonly ManifestDocument[] } | Findings> {
  const output = await kubectlKustomize(folder, file, because);
  if (typeof output !== 'string') return { findings: [output] };
  const parsed = parseManifests(output, file);
  if ('findings' in parsed) return parsed;
  return {
    documents: parsed.documents.map(
      (document) =>
        new GeneratedDocument(document.object, document.index, {
          file,
          files: filesOf(document.object, generators, folder),
        }),
    ),
  };
}

/** The author's files in a ConfigMap that kustomize made: those of the generator of its name, if they have the same content. */
function filesOf(
  object: KubernetesObject,
  generators: readonly ConfigMapGenerator[],
  folder: string,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (groupOf(object) !== '' || kindOf(object) !== 'ConfigMap') return found;
  const { data, binaryData } = object;
  for (const generator of generators.filter(({ name }) => name !== '' && nameOf(object).includes(name))) {
    for (const { key, file } of generator.files) {
      const content = contentOf(folder, file);
      if (typeof content === 'string' || 'problem' in content) continue;
      const isSame =
        (isObject(data) && data[key] === textOf(content.bytes)) ||
        (isObject(binaryData) &&
          typeof binaryData[key] === 'string' &&
          Buffer.from(binaryData[key], 'base64').equals(content.bytes));
      if (isSame) found.set(key, fileIn(folder, file));
    }
  }
  return found;
}
